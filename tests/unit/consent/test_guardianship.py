"""Who may act for a child, until when, and who ends it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from machi.consent.guardians import Guardians, end_all_of
from machi.consent.guardianship import (
    MAX_GUARDIANS,
    Approval,
    EndedBy,
    Evidence,
    Guardianship,
    GuardianshipRefused,
    GuardianshipState,
    Power,
    handed_over,
)
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId
from tests.unit.consent.memory import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOTHER, CHILD = CitizenId("mother"), CitizenId("child")
EVERYTHING = frozenset(Power)
BORN = date(2015, 4, 2)
SEEN = Approval("staff-1", Evidence.FAMILY_REGISTER, BORN)


@dataclass
class MemoryGuardianships:
    kept: dict[tuple[CitizenId, CitizenId], tuple[Guardianship, int]] = field(default_factory=dict)
    lost_races: int = 0
    looks: list[tuple[str, Power, datetime]] = field(default_factory=list)

    def find(self, guardian: CitizenId, child: CitizenId) -> tuple[Guardianship, int] | None:
        return self.kept.get((guardian, child))

    def identified(self, guardianship: str) -> Guardianship | None:
        return next((found for found, _ in self.kept.values() if found.id == guardianship), None)

    def note_look(self, guardianship: Guardianship, power: Power, at: datetime) -> None:
        self.looks.append((guardianship.id, power, at))

    def of_child(self, child: CitizenId) -> "Sequence[Guardianship]":
        return [found for (_, of), (found, _) in self.kept.items() if of == child]

    def of_guardian(self, guardian: CitizenId) -> "Sequence[Guardianship]":
        return [found for (by, _), (found, _) in self.kept.items() if by == guardian]

    def save(self, guardianship: Guardianship, *, before: int | None) -> None:
        key = (guardianship.guardian, guardianship.child)
        current = self.kept.get(key)
        if self.lost_races or (current and current[1]) != before:
            self.lost_races = max(self.lost_races - 1, 0)
            raise Conflict("somebody else was first")
        self.kept[key] = (guardianship, (before or 0) + 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept() -> MemoryGuardianships:
    return MemoryGuardianships()


@pytest.fixture
def guardians(kept: MemoryGuardianships, clock: Clock) -> Guardians:
    return Guardians(kept, child_age=16, clock=clock)


def test_nothing_is_allowed_before_staff_have_seen_the_evidence(guardians: Guardians) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    with pytest.raises(NotFound):
        guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)


def test_then_the_guardian_acts_and_is_named_as_one(guardians: Guardians) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    guardians.approve(MOTHER, CHILD, SEEN)
    actor = guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)
    assert (actor.citizen, actor.is_guardian) == (MOTHER, True)


def test_only_the_powers_asked_for(guardians: Guardians) -> None:
    guardians.request(MOTHER, CHILD, frozenset({Power.HISTORY}))
    guardians.approve(MOTHER, CHILD, SEEN)
    guardians.actor_for(MOTHER, CHILD, Power.HISTORY)
    with pytest.raises(NotFound):
        guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)


def test_it_ends_on_the_birthday(guardians: Guardians, clock: Clock) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    guardians.approve(MOTHER, CHILD, SEEN)
    clock.now = datetime(2031, 4, 1, 14, 59, 59, tzinfo=UTC)
    guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)
    clock.now = datetime(2031, 4, 1, 15, 0, tzinfo=UTC)  # midnight in Japan
    with pytest.raises(NotFound):
        guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)


def test_it_ends_earlier_where_the_evidence_says_so(guardians: Guardians, clock: Clock) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    seen = Approval("staff-1", Evidence.COURT_DECISION, BORN, expires_on=date(2026, 12, 1))
    assert guardians.approve(MOTHER, CHILD, seen).until == datetime(2026, 11, 30, 15, tzinfo=UTC)
    clock.passes(timedelta(days=10))
    with pytest.raises(NotFound):
        guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)


def test_nobody_born_on_a_leap_day_is_handed_over_early() -> None:
    assert handed_over(date(2008, 2, 29), 16) == datetime(2024, 2, 28, 15, tzinfo=UTC)
    assert handed_over(date(2008, 2, 29), 17) == datetime(2025, 2, 28, 15, tzinfo=UTC)


def test_who_is_old_enough_gets_no_guardian(guardians: Guardians) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    with pytest.raises(GuardianshipRefused):
        guardians.approve(MOTHER, CHILD, Approval("staff-1", Evidence.FAMILY_REGISTER, date(2010, 1, 1)))


@pytest.mark.parametrize("by", [EndedBy.CHILD, EndedBy.GUARDIAN, EndedBy.STAFF])
def test_either_side_and_staff_cut_it_off_at_once(guardians: Guardians, by: EndedBy) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    guardians.approve(MOTHER, CHILD, SEEN)
    assert guardians.end(MOTHER, CHILD, by).ended_by is by
    assert guardians.end(MOTHER, CHILD, EndedBy.STAFF).ended_by is by
    with pytest.raises(NotFound):
        guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)


def test_a_protected_child_is_not_there_for_that_guardian(guardians: Guardians) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    guardians.approve(MOTHER, CHILD, SEEN)
    guardians.protect(MOTHER, CHILD)
    assert guardians.of_guardian(MOTHER) == []
    assert [found.guardian for found in guardians.of_child(CHILD)] == [MOTHER]
    with pytest.raises(NotFound):
        guardians.actor_for(MOTHER, CHILD, Power.PROFILE)


def test_a_decision_is_made_once_and_by_somebody_else(guardians: Guardians) -> None:
    guardians.request(MOTHER, CHILD, EVERYTHING)
    with pytest.raises(GuardianshipRefused):
        guardians.approve(MOTHER, CHILD, Approval(MOTHER, Evidence.FAMILY_REGISTER, BORN))
    guardians.refuse(MOTHER, CHILD, "staff-1")
    steps: list[Callable[[], object]] = [
        lambda: guardians.approve(MOTHER, CHILD, SEEN),
        lambda: guardians.refuse(MOTHER, CHILD, "staff-2"),
        lambda: guardians.protect(MOTHER, CHILD),
        lambda: guardians.end(MOTHER, CHILD, EndedBy.STAFF),
    ]
    for late in steps:
        with pytest.raises(GuardianshipRefused):
            late()
    assert guardians.request(MOTHER, CHILD, EVERYTHING).state is GuardianshipState.REQUESTED


def test_asking_again_changes_nothing(guardians: Guardians) -> None:
    assert guardians.request(MOTHER, CHILD, EVERYTHING) == guardians.request(MOTHER, CHILD, EVERYTHING)
    with pytest.raises(GuardianshipRefused):
        guardians.request(CHILD, CHILD, EVERYTHING)
    with pytest.raises(GuardianshipRefused):
        guardians.request(CitizenId("father"), CHILD, frozenset())


def test_a_child_has_only_so_many_guardians(guardians: Guardians) -> None:
    for number in range(MAX_GUARDIANS):
        guardians.request(CitizenId(f"relative-{number}"), CHILD, EVERYTHING)
    with pytest.raises(GuardianshipRefused):
        guardians.request(MOTHER, CHILD, EVERYTHING)


def test_a_lost_race_is_tried_again(guardians: Guardians, kept: MemoryGuardianships) -> None:
    kept.lost_races = 2
    guardians.request(MOTHER, CHILD, EVERYTHING)
    kept.lost_races = 2
    assert guardians.approve(MOTHER, CHILD, SEEN).state is GuardianshipState.ACTIVE
    kept.lost_races = 9
    with pytest.raises(Conflict):
        guardians.end(MOTHER, CHILD, EndedBy.CHILD)


def test_who_leaves_is_no_guardian_and_has_none(
    guardians: Guardians, kept: MemoryGuardianships, clock: Clock
) -> None:
    leaving, other = CitizenId("leaving"), CitizenId("other")
    guardians.request(leaving, CHILD, EVERYTHING)
    guardians.approve(leaving, CHILD, SEEN)
    guardians.request(MOTHER, leaving, EVERYTHING)
    guardians.request(other, leaving, EVERYTHING)
    guardians.refuse(other, leaving, "staff-1")
    guardians.request(MOTHER, CHILD, EVERYTHING)

    for _ in range(2):
        end_all_of(kept, leaving, clock)

    states = {pair: (found.state, found.ended_by) for pair, (found, _) in kept.kept.items()}
    assert states == {
        (leaving, CHILD): (GuardianshipState.ENDED, EndedBy.GUARDIAN),
        (MOTHER, leaving): (GuardianshipState.ENDED, EndedBy.CHILD),
        (other, leaving): (GuardianshipState.REFUSED, None),
        (MOTHER, CHILD): (GuardianshipState.REQUESTED, None),
    }
