"""Agreements: what may stand in one, who approves it, and when citizens must be asked again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from machi.consent.agreement import (
    Agreement,
    AgreementInvalid,
    AgreementState,
    ApprovalRefused,
    Frequency,
    Recipient,
)
from machi.core.language import Language
from tests.unit.consent.builders import YEAR, agreement


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": 0},
        {"purpose": ""},
        {"items": ()},
        {"validity": timedelta(0)},
        {"validity": timedelta(days=1200)},
        {"texts": {}},
        {"recipient": Recipient("", "x")},
        {"recipient": Recipient("x", "")},
    ],
)
def test_an_agreement_that_breaks_a_rule_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(AgreementInvalid):
        replace(agreement(), **wrong)


def test_an_item_is_asked_for_once() -> None:
    with pytest.raises(AgreementInvalid):
        agreement(required=("name", "name"))


def test_an_empty_sentence_is_no_text() -> None:
    first = agreement()
    texts = {**first.texts, Language.ENGLISH: replace(first.texts[Language.ENGLISH], on_withdrawal=" ")}
    with pytest.raises(AgreementInvalid):
        replace(first, texts=texts)


def test_two_people_are_needed_to_approve() -> None:
    proposed = agreement(approver=None)
    with pytest.raises(ApprovalRefused):
        proposed.approved_by("staff-1")
    approved = proposed.approved_by("staff-2")
    assert approved.state is AgreementState.APPROVED
    assert approved.approver == "staff-2"


def test_a_decided_revision_cannot_be_decided_again() -> None:
    rejected = agreement(approver=None).rejected_by("staff-2")
    with pytest.raises(ApprovalRefused):
        rejected.approved_by("staff-3")
    with pytest.raises(ApprovalRefused):
        agreement().rejected_by("staff-3")


@pytest.mark.parametrize(
    "later",
    [
        agreement(2, optional=("ward", "interests")),
        agreement(2, required=("name", "birthDate", "ward"), optional=()),
        agreement(2, purpose="advertising"),
        agreement(2, recipient="another company"),
        agreement(2, source="clinic"),
        agreement(2, validity=2 * YEAR),
        agreement(2, frequency=Frequency.CONTINUOUS),
    ],
)
def test_a_revision_that_asks_for_more_needs_a_new_consent(later: Agreement) -> None:
    assert later.asks_for_more_than(agreement())


@pytest.mark.parametrize(
    "later",
    [
        agreement(2),
        agreement(2, optional=()),
        agreement(2, required=("name",), optional=("birthDate", "ward")),
        agreement(2, validity=YEAR / 2),
        agreement(2, frequency=Frequency.ONCE),
    ],
)
def test_a_revision_that_asks_for_less_does_not(later: Agreement) -> None:
    assert not later.asks_for_more_than(agreement())


def test_the_hash_tells_apart_what_was_shown() -> None:
    first = agreement()
    shown = {first.shown_in(language) for language in Language}
    assert len(shown) == len(Language)
    assert agreement(2).shown_in(Language.JAPANESE) not in shown
    assert first.shown_in(Language.JAPANESE) == agreement().shown_in(Language.JAPANESE)
    text = replace(first.texts[Language.JAPANESE], benefit="別の利点")
    other = replace(first, texts={**first.texts, Language.JAPANESE: text})
    assert other.shown_in(Language.JAPANESE) not in shown
