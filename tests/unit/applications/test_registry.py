"""Registering, issuing keys, suspending."""

import pytest

from machi.applications import ApplicationState, Registry, StateChangeRefused, TooManyKeys, digest_of
from machi.core.errors import Conflict, NotFound
from machi.core.ids import ApplicationId
from machi.core.principal import Scope
from tests.unit.applications.builders import KENCOM, NOON, kencom
from tests.unit.applications.memory import MemoryApplications

ELSEWHERE = "a-key-that-was-made-elsewhere"


@pytest.fixture
def kept() -> MemoryApplications:
    return MemoryApplications()


@pytest.fixture
def registry(kept: MemoryApplications) -> Registry:
    return Registry(kept, clock=lambda: NOON)


def test_a_key_opens_the_application_it_was_issued_to(registry: Registry) -> None:
    registry.register(kencom())

    key = registry.issue_key(KENCOM, "web server")

    assert registry.application_of(key) == kencom()
    assert registry.application_of(key + "x") is None


def test_registering_again_changes_nothing(registry: Registry, kept: MemoryApplications) -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "seed")
    before = kept.find(KENCOM)

    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "seed")

    assert kept.find(KENCOM) == before


def test_registering_again_brings_the_entry_up_to_date_and_leaves_keys_and_state(registry: Registry) -> None:
    registry.register(kencom())
    key = registry.issue_key(KENCOM, "web server")
    registry.change_state(KENCOM, ApplicationState.SUSPENDED)

    registry.register(kencom(name="kencom 2", scopes=frozenset(), plan="trial"))

    found = registry.application_of(key)
    assert found == kencom(
        name="kencom 2", scopes=frozenset(), plan="trial", state=ApplicationState.SUSPENDED
    )


def test_a_suspension_shows_at_every_key_at_once(registry: Registry) -> None:
    registry.register(kencom())
    keys = [registry.issue_key(KENCOM, label) for label in ("old", "new")]

    registry.change_state(KENCOM, ApplicationState.SUSPENDED)

    states = [found.state for key in keys if (found := registry.application_of(key))]
    assert states == [ApplicationState.SUSPENDED] * 2


def test_a_step_that_the_life_cycle_does_not_have_is_refused(registry: Registry) -> None:
    registry.register(kencom(state=ApplicationState.RETIRED))

    with pytest.raises(StateChangeRefused):
        registry.change_state(KENCOM, ApplicationState.PRODUCTION)


def test_a_revoked_key_opens_nothing_and_the_others_still_do(registry: Registry) -> None:
    registry.register(kencom())
    old, new = registry.issue_key(KENCOM, "old"), registry.issue_key(KENCOM, "new")

    registry.revoke_key(KENCOM, digest_of(old))
    registry.revoke_key(KENCOM, digest_of(old))

    assert registry.application_of(old) is None
    assert registry.application_of(new) == kencom()


def test_there_are_never_more_than_ten_keys(registry: Registry) -> None:
    registry.register(kencom())
    for number in range(10):
        registry.issue_key(KENCOM, str(number))

    with pytest.raises(TooManyKeys):
        registry.issue_key(KENCOM, "eleventh")


def test_nobody_can_take_over_the_key_of_another(registry: Registry) -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "first")
    registry.register(kencom(id=ApplicationId("boshimo"), scopes=frozenset(Scope)))

    with pytest.raises(Conflict):
        registry.put_key(ApplicationId("boshimo"), ELSEWHERE, "second")

    assert registry.application_of(ELSEWHERE) == kencom()


def test_an_application_that_is_not_registered_gets_no_key(registry: Registry) -> None:
    for act in (
        lambda: registry.issue_key(KENCOM, "x"),
        lambda: registry.revoke_key(KENCOM, "0"),
        lambda: registry.change_state(KENCOM, ApplicationState.SUSPENDED),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_lost_race_is_run_again(registry: Registry, kept: MemoryApplications) -> None:
    kept.races = 2
    registry.register(kencom())
    kept.races = 2
    key = registry.issue_key(KENCOM, "web server")

    assert registry.application_of(key) == kencom()


def test_a_race_lost_again_and_again_is_reported(registry: Registry, kept: MemoryApplications) -> None:
    kept.races = 100

    with pytest.raises(Conflict):
        registry.register(kencom())
