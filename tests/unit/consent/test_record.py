"""Consent records: the steps a record can take, and what it covers."""

from datetime import timedelta

import pytest

from machi.consent.record import (
    Actor,
    Consent,
    ConsentRefused,
    ConsentState,
    EventKind,
    changed,
    denied,
    expired,
    given,
    requested,
    superseded,
    withdrawn,
)
from machi.core.language import Language
from tests.unit.consent.builders import HANAKO, NOON, YEAR, agreement, asks, choice, consent_to, items

LATER = NOON + timedelta(hours=1)


def test_a_request_waits_and_covers_nothing() -> None:
    waiting, event = requested(agreement(), HANAKO, NOON)
    assert waiting.state is ConsentState.REQUESTED
    assert event.kind is EventKind.REQUESTED
    assert not waiting.covers(asks("name"), LATER)


def test_a_consent_records_what_was_shown_and_chosen() -> None:
    waiting, _ = requested(agreement(), HANAKO, NOON)
    consent, event = given(
        waiting, agreement(), choice("name", "birthDate", language=Language.VIETNAMESE), NOON
    )
    assert consent.items == event.items == items("name", "birthDate")
    assert consent.text_hash == event.text_hash == agreement().shown_in(Language.VIETNAMESE)
    assert event.actor == Actor(HANAKO)
    assert consent.valid is not None
    assert consent.valid.end == NOON + YEAR


def test_a_consent_covers_what_was_agreed_to_until_its_end() -> None:
    consent = consent_to(agreement(), "name", "birthDate")
    assert consent.covers(asks("name"), NOON)
    assert consent.covers(asks("name", "birthDate"), NOON + YEAR - timedelta(seconds=1))
    assert not consent.covers(asks("name"), NOON + YEAR)
    assert not consent.covers(asks("name"), NOON - timedelta(seconds=1))
    assert not consent.covers(asks("name", "ward"), NOON)
    assert not consent.covers(asks("name", purpose="advertising"), NOON)
    assert not consent.covers(asks(), NOON)


def test_what_is_required_cannot_be_left_out() -> None:
    waiting, _ = requested(agreement(), HANAKO, NOON)
    with pytest.raises(ConsentRefused):
        given(waiting, agreement(), choice("name"), NOON)


def test_nothing_can_be_chosen_that_was_not_asked_for() -> None:
    waiting, _ = requested(agreement(), HANAKO, NOON)
    with pytest.raises(ConsentRefused):
        given(waiting, agreement(), choice("name", "birthDate", "email"), NOON)


def test_a_consent_cannot_be_given_to_another_revision() -> None:
    waiting, _ = requested(agreement(1), HANAKO, NOON)
    with pytest.raises(ConsentRefused):
        given(waiting, agreement(2), choice("name", "birthDate"), NOON)


def test_items_can_be_changed_without_moving_the_end() -> None:
    consent = consent_to(agreement(), "name", "birthDate", "ward")
    less, event = changed(consent, agreement(), choice("name", "birthDate"), LATER)
    assert less.items == items("name", "birthDate")
    assert less.valid == consent.valid
    assert event.kind is EventKind.CHANGED
    with pytest.raises(ConsentRefused):
        changed(consent, agreement(), choice("name", "birthDate"), NOON + YEAR)


def test_a_withdrawn_consent_covers_nothing_and_cannot_come_back() -> None:
    stopped, event = withdrawn(consent_to(agreement(), "name", "birthDate"), Actor(HANAKO), LATER)
    assert event.kind is EventKind.WITHDRAWN
    assert not stopped.covers(asks("name"), LATER)
    with pytest.raises(ConsentRefused):
        given(stopped, agreement(), choice("name", "birthDate"), LATER)


def test_a_denied_request_is_decided() -> None:
    waiting, _ = requested(agreement(), HANAKO, NOON)
    refused, event = denied(waiting, agreement(), choice(), NOON)
    assert (refused.state, event.kind) == (ConsentState.DENIED, EventKind.DENIED)
    assert refused.items == items()
    with pytest.raises(ConsentRefused):
        given(refused, agreement(), choice("name", "birthDate"), LATER)


def test_a_consent_expires_only_when_its_time_is_over() -> None:
    consent = consent_to(agreement(), "name", "birthDate")
    with pytest.raises(ConsentRefused):
        expired(consent, LATER)
    over, event = expired(consent, NOON + YEAR)
    assert (over.state, event.actor) == (ConsentState.EXPIRED, None)


@pytest.mark.parametrize(
    "make",
    [lambda: requested(agreement(), HANAKO, NOON)[0], lambda: consent_to(agreement(), "name", "birthDate")],
)
def test_a_newer_record_ends_an_older_one(make: object) -> None:
    assert callable(make)
    older: Consent = make()
    after, _ = superseded(older, Actor(HANAKO), LATER)
    assert after.state is ConsentState.SUPERSEDED
    assert not after.covers(asks("name"), LATER)
    with pytest.raises(ConsentRefused):
        superseded(after, None, LATER)
