"""Consent receipts: what a citizen agreed to, signed, to keep and to show to anybody.

Members are those of ISO/IEC TS 27560:2023 (6.3 record, 6.4 receipt). A receipt follows from record and
agreement alone, so it can be had again as long as both are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from machi.consent.agreement import Agreement, Necessity
from machi.consent.record import Consent, ConsentRefused
from machi.core.clock import to_iso
from machi.core.ids import DataItem, new_id
from machi.signing.jws import signed, verified
from machi.signing.signer import Signer

SCHEMA = "ISO/IEC TS 27560:2023"
TYP = "consent-receipt+jwt"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The city, as controller and as signer."""

    url: str
    """Address under which `/connect/jwks.json` gives the keys."""
    name: str
    contact: str
    withdrawal: str
    """Page where the citizen withdraws."""


def receipt_of(
    consent: Consent, agreement: Agreement, labels: Mapping[DataItem, str], issuer: Issuer, at: datetime
) -> dict[str, Any]:
    """The receipt of a consent as it stands.

    Args:
        labels: name of each item in the language of the consent.
        at: when the receipt is made.

    Raises:
        ConsentRefused: nothing was agreed to, or the agreement is not the one that was shown.
    """
    if consent.valid is None:
        raise ConsentRefused("nothing was agreed to")
    if (agreement.application, agreement.revision) != (consent.application, consent.revision):
        raise ConsentRefused("the consent belongs to another agreement")
    return {
        "iss": issuer.url,
        "iat": int(at.timestamp()),
        "jti": new_id("rcp", at),
        "receipt_metadata": {"schema_version": SCHEMA, "created": to_iso(at)},
        "record": {
            "schema_version": SCHEMA,
            "record_id": consent.id,
            "pii_principal_id": consent.subject,
        },
        "pii_processing": {
            "privacy_notice": {
                "language": consent.language,
                "revision": agreement.revision,
                "sha256": consent.text_hash,
            },
            "purposes": [_purpose(consent, agreement, labels, issuer)],
        },
        "party_identification": _parties(agreement, issuer),
        "events": [
            {
                "event_time": to_iso(consent.at),
                "event_type": "explicit",
                "event_state": consent.state,
                "valid_from": to_iso(consent.valid.start),
                "valid_until": to_iso(consent.valid.end),
                "entity_id": consent.subject,
            }
        ],
    }


def signed_receipt(receipt: Mapping[str, object], signer: Signer) -> str:
    """The receipt as compact JWS.

    Raises:
        SigningFailed: nothing was signed.
    """
    return signed(receipt, signer, typ=TYP)


def checked_receipt(token: str, keys: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    """What a receipt says, if it is ours and unchanged. Whether the consent still holds it cannot say.

    Args:
        keys: the platform's public keys by `kid`, retired ones too.

    Raises:
        SignatureRefused: for whichever reason.
    """
    return verified(token, keys, typ=TYP)


def _purpose(
    consent: Consent, agreement: Agreement, labels: Mapping[DataItem, str], issuer: Issuer
) -> dict[str, object]:
    text = agreement.texts[consent.language]
    return {
        "purpose": text.purpose,
        "purpose_type": agreement.purpose,
        "lawful_basis": "consent",
        "pii_information": [
            {
                "pii_type": labels[each.item],
                "pii_attribute_id": each.item,
                "pii_optional": each.necessity is Necessity.OPTIONAL,
            }
            for each in agreement.items
            if each.item in consent.items
        ],
        "pii_controllers": ["city", "recipient"],
        "collection_method": agreement.source,
        "processing_method": agreement.frequency,
        "processing_locations": ["JP"],
        "recipient_third_parties": ["recipient"],
        "consequences_of_refusal": text.on_refusal,
        "consequences_of_withdrawal": text.on_withdrawal,
        "withdrawal_method": issuer.withdrawal,
    }


def _parties(agreement: Agreement, issuer: Issuer) -> list[dict[str, str]]:
    recipient = agreement.recipient
    return [
        {
            "party_id": "city",
            "party_role": "controller",
            "party_name": issuer.name,
            "party_contact": issuer.contact,
        },
        {
            "party_id": "recipient",
            "party_role": "recipient",
            "party_name": recipient.name,
            "party_contact": recipient.contact,
            "party_country": recipient.country,
            "application": agreement.application,
        },
    ]
