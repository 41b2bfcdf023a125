"""The decision point: never more than agreed, never without a reason."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from machi.applications import ApplicationState
from machi.consent.decision import Grounds, Reason, decide
from machi.consent.record import Actor, Consent, requested, withdrawn
from machi.core.ids import ApplicationId, CitizenId
from tests.unit.consent.builders import HANAKO, NOON, YEAR, agreement, asks, consent_to, items

AGREED = agreement()
CONSENT = consent_to(AGREED, "name", "birthDate")
GROUNDS = Grounds(ApplicationState.PRODUCTION, AGREED, AGREED, CONSENT)


def test_what_was_agreed_to_may_leave_under_its_consent() -> None:
    decision = decide(asks("name"), GROUNDS, NOON)
    assert decision.items == items("name")
    assert decision.consent == CONSENT.id
    assert decision.is_complete


def test_of_more_than_agreed_only_the_agreed_part_may_leave() -> None:
    decision = decide(asks("name", "ward"), GROUNDS, NOON)
    assert (decision.items, decision.reason) == (items("name"), Reason.NOT_AGREED)
    assert not decision.is_complete


WITHDRAWN, _ = withdrawn(CONSENT, Actor(HANAKO), NOON)
WAITING, _ = requested(AGREED, HANAKO, NOON)


@pytest.mark.parametrize(
    ("grounds", "reason"),
    [
        (replace(GROUNDS, application=None), Reason.APPLICATION_STOPPED),
        (replace(GROUNDS, application=ApplicationState.SUSPENDED), Reason.APPLICATION_STOPPED),
        (replace(GROUNDS, application=ApplicationState.RETIRED), Reason.APPLICATION_STOPPED),
        (replace(GROUNDS, current=None), Reason.NO_AGREEMENT),
        (replace(GROUNDS, current=agreement(approver=None)), Reason.NO_AGREEMENT),
        (replace(GROUNDS, current=agreement(2, purpose="advertising")), Reason.OTHER_PURPOSE),
        (replace(GROUNDS, consent=None), Reason.NO_CONSENT),
        (replace(GROUNDS, consent=WITHDRAWN), Reason.NO_CONSENT),
        (replace(GROUNDS, consent=WAITING), Reason.NO_CONSENT),
        (replace(GROUNDS, consent=replace(CONSENT, subject=CitizenId("taro"))), Reason.NO_CONSENT),
        (replace(GROUNDS, consent=replace(CONSENT, application=ApplicationId("boshimo"))), Reason.NO_CONSENT),
        (replace(GROUNDS, agreed=None), Reason.NEWER_AGREEMENT),
        (replace(GROUNDS, current=agreement(2, optional=("ward", "email"))), Reason.NEWER_AGREEMENT),
    ],
)
def test_whatever_is_missing_or_stopped_means_nothing_leaves(grounds: Grounds, reason: Reason) -> None:
    decision = decide(asks("name"), grounds, NOON)
    assert (decision.items, decision.reason, decision.consent) == (items(), reason, None)


def test_an_expired_consent_opens_nothing_before_anyone_has_noted_it() -> None:
    decision = decide(asks("name"), GROUNDS, NOON + YEAR)
    assert (decision.items, decision.reason) == (items(), Reason.EXPIRED)


def test_an_item_that_the_agreement_dropped_does_not_leave_any_more() -> None:
    grounds = replace(GROUNDS, current=agreement(2, required=("name",), optional=("ward",)))
    assert decide(asks("name", "birthDate"), grounds, NOON).items == items("name")


names = st.sets(st.sampled_from(["name", "birthDate", "ward", "email"])).map(frozenset)


@for_all(
    asked=names,
    chosen=names,
    state=st.sampled_from([None, *ApplicationState]),
    hours=st.integers(-2, 9_000),
    stopped=st.booleans(),
)
def test_nothing_leaves_without_a_consent_that_covers_it_at_that_time(
    asked: frozenset[str], chosen: frozenset[str], state: ApplicationState | None, hours: int, stopped: bool
) -> None:
    at: datetime = NOON + timedelta(hours=hours)
    consent: Consent = replace(CONSENT, items=items(*chosen))
    if stopped:
        consent, _ = withdrawn(consent, Actor(HANAKO), NOON)
    decision = decide(asks(*asked), Grounds(state, AGREED, AGREED, consent), at)
    for item in decision.items:
        assert consent.covers(asks(item), at)
        assert state is not None
        assert state.may_call
        assert item in AGREED.all_items
    assert (decision.consent is None) is (not decision.items)
