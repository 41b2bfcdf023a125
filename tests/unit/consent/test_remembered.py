"""Seconds are remembered, and no more."""

from machi.applications import ApplicationState
from machi.consent.remembered import FRESH, RememberedAgreements, RememberedStates
from machi.core.ids import ApplicationId
from tests.unit.consent.builders import KENCOM, agreement
from tests.unit.consent.memory import MemoryAgreements, MemoryStates


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_state_is_read_again_after_five_seconds() -> None:
    seconds, kept = Seconds(), MemoryStates({KENCOM: ApplicationState.PRODUCTION})
    states = RememberedStates(kept, seconds=seconds)
    assert states.state_of(KENCOM) is ApplicationState.PRODUCTION
    kept.states[KENCOM] = ApplicationState.SUSPENDED
    assert states.state_of(KENCOM) is ApplicationState.PRODUCTION
    seconds.now = FRESH
    assert states.state_of(KENCOM) is ApplicationState.SUSPENDED
    assert states.state_of(ApplicationId("unknown")) is None


def test_an_agreement_is_read_again_after_five_seconds() -> None:
    seconds, kept = Seconds(), MemoryAgreements()
    agreements = RememberedAgreements(kept, seconds=seconds)
    assert agreements.current(KENCOM) is None
    agreements.add(agreement(1))
    assert (agreements.current(KENCOM), agreements.find(KENCOM, 1)) == (None, agreement(1))
    seconds.now = FRESH
    assert agreements.current(KENCOM) == agreements.latest(KENCOM) == agreement(1)
    agreements.add(agreement(2, approver=None))
    agreements.decide(agreement(2))
    assert agreements.current(KENCOM) == agreement(1)
    seconds.now = 2 * FRESH
    assert agreements.current(KENCOM) == agreement(2)
