"""`/public/v1/receipts`: whether a consent receipt is genuine, for whoever was shown one."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from machi.http.errors import UnsupportedMediaType
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note
from machi.http.requests import json_body, media_type
from machi.http.responses import json_response
from machi.identity.faults import fault

MAX_LENGTH = 100_000
"""Characters; a receipt with fifty items has about 8,000."""

Keys = Callable[[], Mapping[str, Mapping[str, str]]]
"""The platform's public keys by `kid`, retired ones too."""


def receipt_routes(keys: Keys) -> Handlers[Request]:
    """The route."""
    routes = Handlers("/public/v1", plain)

    @routes.post("/receipts/verification")
    async def verify(request: Request) -> Response:
        """What a genuine receipt says, but for who it is about; it may have been withdrawn since."""
        # Here, because who asks after the platform's health need not wait for cryptography.
        from machi.consent.receipt import checked_receipt  # noqa: PLC0415
        from machi.signing.jws import SignatureRefused  # noqa: PLC0415

        if media_type(request) != "application/json":
            raise UnsupportedMediaType("send application/json")
        receipt = _read(await json_body(request))
        try:
            said = checked_receipt(receipt, keys())
        except SignatureRefused:
            note(request, valid=False)
            return json_response({"valid": False})
        note(request, valid=True)
        return json_response({"valid": True, **_shown(said)})

    return routes


def _read(submitted: object) -> str:
    receipt = submitted.get("receipt") if isinstance(submitted, Mapping) else None
    if not isinstance(receipt, str):
        raise fault("receipt", "not-text")
    text = "".join(receipt.split())  # a mail or a printout breaks lines
    if len(text) > MAX_LENGTH:
        raise fault("receipt", "too-long")
    return text


def _shown(said: Mapping[str, Any]) -> dict[str, object]:
    """Written by `machi.consent.receipt.receipt_of`, and unchanged since: so every member is there."""
    (event,) = said["events"]
    parties = {each["party_id"]: each for each in said["party_identification"]}
    city, recipient = parties["city"], parties["recipient"]
    processing = said["pii_processing"]
    notice = processing["privacy_notice"]
    return {
        "issuedAt": said["receipt_metadata"]["created"],
        "issuer": said["iss"],
        "receipt": said["jti"],
        "state": event["event_state"],
        "since": event["valid_from"],
        "until": event["valid_until"],
        "language": notice["language"],
        "agreement": {"revision": notice["revision"], "sha256": notice["sha256"]},
        "controller": {"name": city["party_name"], "contact": city["party_contact"]},
        "recipient": {
            "application": recipient["application"],
            "name": recipient["party_name"],
            "contact": recipient["party_contact"],
            "country": recipient["party_country"],
        },
        "purposes": [_purpose(each) for each in processing["purposes"]],
    }


def _purpose(said: Mapping[str, Any]) -> dict[str, object]:
    return {
        "text": said["purpose"],
        "code": said["purpose_type"],
        "items": [
            {"item": each["pii_attribute_id"], "label": each["pii_type"], "optional": each["pii_optional"]}
            for each in said["pii_information"]
        ],
        "onRefusal": said["consequences_of_refusal"],
        "onWithdrawal": said["consequences_of_withdrawal"],
    }
