"""A receipt says what was agreed to, and anybody can tell that the city said so."""

from datetime import timedelta

import pytest

from machi.consent.receipt import Issuer, checked_receipt, receipt_of, signed_receipt
from machi.consent.record import Actor, ConsentRefused, requested, withdrawn
from machi.core.ids import DataItem
from machi.core.language import Language
from machi.signing.jws import SignatureRefused, signed
from tests.unit.consent.builders import HANAKO, NOON, agreement, consent_to
from tests.unit.signing.local_key import LocalKey

ISSUER = Issuer(
    "https://api.example.jp/connect", "一宮市", "情報推進課", "https://my.example.jp/account/consents/"
)
LABELS = {DataItem("name"): "氏名", DataItem("birthDate"): "生年月日", DataItem("ward"): "連区"}
LATER = NOON + timedelta(hours=1)


def test_it_names_just_what_was_agreed_to() -> None:
    agreed = agreement()
    receipt = receipt_of(consent_to(agreed, "name", "birthDate"), agreed, LABELS, ISSUER, LATER)
    (purpose,) = receipt["pii_processing"]["purposes"]
    assert [entry["pii_type"] for entry in purpose["pii_information"]] == ["氏名", "生年月日"]
    assert purpose["purpose"] == agreed.texts[Language.JAPANESE].purpose
    (event,) = receipt["events"]
    assert (event["event_state"], event["valid_from"], event["valid_until"]) == (
        "given",
        "2026-11-24T03:00:00.000Z",
        "2027-11-24T03:00:00.000Z",
    )


def test_it_carries_the_hash_of_the_text_that_was_shown() -> None:
    agreed = agreement()
    receipt = receipt_of(consent_to(agreed, "name", "birthDate"), agreed, LABELS, ISSUER, LATER)
    notice = receipt["pii_processing"]["privacy_notice"]
    assert notice == {"language": "ja", "revision": 1, "sha256": agreed.shown_in(Language.JAPANESE)}


def test_after_withdrawal_it_says_so() -> None:
    agreed = agreement()
    consent, _ = withdrawn(consent_to(agreed, "name", "birthDate"), Actor(HANAKO), LATER)
    (event,) = receipt_of(consent, agreed, LABELS, ISSUER, LATER)["events"]
    assert (event["event_state"], event["event_time"]) == ("withdrawn", "2026-11-24T04:00:00.000Z")


def test_there_is_none_for_what_was_not_agreed_to() -> None:
    waiting, _ = requested(agreement(), HANAKO, NOON)
    with pytest.raises(ConsentRefused):
        receipt_of(waiting, agreement(), LABELS, ISSUER, LATER)


def test_another_revision_does_not_fit() -> None:
    with pytest.raises(ConsentRefused):
        receipt_of(consent_to(agreement(), "name", "birthDate"), agreement(2), LABELS, ISSUER, LATER)


def test_signed_it_can_be_checked_and_nothing_else_passes() -> None:
    key, agreed = LocalKey(), agreement()
    receipt = receipt_of(consent_to(agreed, "name", "birthDate"), agreed, LABELS, ISSUER, LATER)
    keys = {key.key_id: key.public_jwk()}
    assert checked_receipt(signed_receipt(receipt, key), keys)["jti"] == receipt["jti"]
    for forged in (
        signed_receipt(receipt, LocalKey()),
        signed(receipt, key, typ="logout+jwt"),
        signed_receipt(receipt, key)[:-2],
    ):
        with pytest.raises(SignatureRefused):
            checked_receipt(forged, keys)


def test_a_retired_key_still_proves_an_old_receipt() -> None:
    old, new, agreed = LocalKey(), LocalKey(), agreement()
    receipt = receipt_of(consent_to(agreed, "name", "birthDate"), agreed, LABELS, ISSUER, LATER)
    keys = {key.key_id: key.public_jwk() for key in (new, old)}
    assert checked_receipt(signed_receipt(receipt, old), keys)
