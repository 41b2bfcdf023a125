"""What citizens and staff do with guardianships, and whether somebody may act for a child now."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from machi.consent.guardianship import (
    MAX_GUARDIANS,
    Approval,
    EndedBy,
    Guardianship,
    GuardianshipRefused,
    GuardianshipState,
    Power,
    approved,
    ended,
    protected,
    refused,
    requested,
)
from machi.consent.record import Actor
from machi.core.clock import Clock
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId

_ATTEMPTS = 5
_OPEN = {GuardianshipState.REQUESTED, GuardianshipState.ACTIVE}

Step = Callable[[Guardianship, datetime], Guardianship]
"""One change of a guardianship at a moment; the same object where nothing changes."""


class GuardianshipRepository(Protocol):
    """Guardianships, found from either side; each change is noted in both histories."""

    def find(self, guardian: CitizenId, child: CitizenId) -> tuple[Guardianship, int] | None:
        """The guardianship with its version, strongly consistent."""

    def identified(self, guardianship: str) -> Guardianship | None:
        """The guardianship with an id."""

    def of_child(self, child: CitizenId) -> Sequence[Guardianship]:
        """Every guardianship of a child."""

    def of_guardian(self, guardian: CitizenId) -> Sequence[Guardianship]:
        """Every guardianship of a guardian."""

    def save(self, guardianship: Guardianship, *, before: int | None) -> None:
        """Keep it on both sides with an event in both histories, or nothing.

        Raises:
            Conflict: it is not in version `before` (None: there is none).
        """

    def note_look(self, guardianship: Guardianship, power: Power, at: datetime) -> None:
        """Put a look of the guardian into both histories, unless one of this hour is there."""


class Guardians:
    """The operations on guardianships. Each is one transaction; a lost race is tried again."""

    def __init__(self, kept: GuardianshipRepository, *, child_age: int, clock: Clock) -> None:
        self._kept, self._child_age, self._clock = kept, child_age, clock

    def request(self, guardian: CitizenId, child: CitizenId, powers: frozenset[Power]) -> Guardianship:
        """Ask to act for a child. Repeatable while it waits.

        Raises:
            GuardianshipRefused: for oneself, for nothing, or of a child with too many guardians.
        """
        for _ in range(_ATTEMPTS):
            before = self._kept.find(guardian, child)
            if before is not None and before[0].state in _OPEN:
                return before[0]
            open_ones = [each for each in self._kept.of_child(child) if each.state in _OPEN]
            if len(open_ones) >= MAX_GUARDIANS:
                raise GuardianshipRefused("the child has as many guardians as there may be")
            asked = requested(guardian, child, powers, self._clock())
            if _saved(self._kept, asked, None if before is None else before[1]):
                return asked
        raise Conflict("the guardianship is being changed elsewhere")

    def approve(self, guardian: CitizenId, child: CitizenId, approval: Approval) -> Guardianship:
        """Staff have seen the evidence.

        Raises:
            NotFound: nothing was asked.
            GuardianshipRefused: decided already, by one of the two, or the child is too old.
        """
        return self._change(
            guardian, child, lambda found, at: approved(found, approval, child_age=self._child_age, at=at)
        )

    def refuse(self, guardian: CitizenId, child: CitizenId, approver: str) -> Guardianship:
        """Staff do not accept the evidence.

        Raises:
            NotFound, GuardianshipRefused: nothing was asked, or it is decided.
        """
        return self._change(guardian, child, lambda found, at: refused(found, approver, at))

    def end(self, guardian: CitizenId, child: CitizenId, by: EndedBy) -> Guardianship:
        """Either side or staff cut it off; it counts no more from the next request on.

        Raises:
            NotFound: there is none.
        """
        return self._change(guardian, child, lambda found, at: ended(found, by, at))

    def protect(self, guardian: CitizenId, child: CitizenId) -> Guardianship:
        """Staff hide the child from this guardian.

        Raises:
            NotFound, GuardianshipRefused: there is none in force.
        """
        return self._change(guardian, child, protected)

    def actor_for(self, guardian: CitizenId, child: CitizenId, power: Power) -> Actor:
        """Who acts if a guardian uses a power for a child now.

        Raises:
            NotFound: there is no such guardianship, to this guardian.
        """
        found = self._kept.find(guardian, child)
        if found is None or not found[0].allows(power, self._clock()):
            raise NotFound("there is no such child to act for")
        return Actor(guardian, is_guardian=True)

    def acting(self, guardian: CitizenId, guardianship: str, power: Power) -> tuple[CitizenId, Actor]:
        """The child of a guardianship of the guardian's own, and who acts if the power is used now.

        Raises:
            NotFound: there is no such guardianship, to this guardian.
        """
        for each in self._kept.of_guardian(guardian):
            if each.id == guardianship:
                return each.child, self.actor_for(guardian, each.child, power)
        raise NotFound("there is no such child to act for")

    def note_look(self, guardian: CitizenId, child: CitizenId, power: Power) -> None:
        """Put a look of the guardian into both histories before anything is shown.

        Raises:
            NotFound: the guardian may not look, or no longer.
        """
        found, now = self._kept.find(guardian, child), self._clock()
        if found is None or not found[0].allows(power, now):
            raise NotFound("there is no such child to act for")
        self._kept.note_look(found[0], power, now)

    def identified(self, guardianship: str) -> Guardianship:
        """One guardianship, for staff, as the child's side has it.

        Raises:
            NotFound: there is none.
        """
        named = self._kept.identified(guardianship)
        found = None if named is None else self._kept.find(named.guardian, named.child)
        if found is None or found[0].id != guardianship:
            raise NotFound("there is no such guardianship")
        return found[0]

    def of_guardian(self, guardian: CitizenId) -> Sequence[Guardianship]:
        """What a guardian is told: protected children are not there."""
        return [each for each in self._kept.of_guardian(guardian) if not each.is_protected]

    def of_child(self, child: CitizenId) -> Sequence[Guardianship]:
        """What a child is told: everybody who acts or acted for it."""
        return self._kept.of_child(child)

    def _change(self, guardian: CitizenId, child: CitizenId, step: Step) -> Guardianship:
        return _changed(self._kept, guardian, child, step, self._clock)


def end_all_of(kept: GuardianshipRepository, citizen: CitizenId, clock: Clock) -> None:
    """Somebody leaves: nobody acts for them any more, and they for nobody. Repeatable.

    Raises:
        Conflict: one is being changed elsewhere.
    """
    for each in [*kept.of_child(citizen), *kept.of_guardian(citizen)]:
        if each.state in _OPEN:
            by = EndedBy.CHILD if each.child == citizen else EndedBy.GUARDIAN
            _changed(kept, each.guardian, each.child, partial(_ended_by, by), clock)


def _ended_by(by: EndedBy, found: Guardianship, at: datetime) -> Guardianship:
    return ended(found, by, at)


def _changed(
    kept: GuardianshipRepository, guardian: CitizenId, child: CitizenId, step: Step, clock: Clock
) -> Guardianship:
    for _ in range(_ATTEMPTS):
        before = kept.find(guardian, child)
        if before is None:
            raise NotFound("there is no such guardianship")
        after = step(before[0], clock())
        if after is before[0] or _saved(kept, after, before[1]):
            return after
    raise Conflict("the guardianship is being changed elsewhere")


def _saved(kept: GuardianshipRepository, guardianship: Guardianship, before: int | None) -> bool:
    try:
        kept.save(guardianship, before=before)
    except Conflict:
        return False
    return True
