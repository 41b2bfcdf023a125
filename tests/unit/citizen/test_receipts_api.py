"""A citizen's receipt can be kept and shown, and whoever is shown it can have it checked without log-in."""

import json
from typing import Any

import pytest

from functions.public.app import app as public_app
from machi.consent.record import Actor
from machi.core.ids import CitizenId
from machi.core.principal import ANONYMOUS
from machi.http.lambda_entry import entry
from machi.signing.jws import signed, verified
from machi.signing.signer import SigningFailed
from tests.gateway_double import Answer, Gateway, citizen
from tests.unit.applications.builders import KENCOM
from tests.unit.citizen.desk import ONE, Desk
from tests.unit.connect.builders import API, HANAKO
from tests.unit.http.builders import Log

RECEIPT = f"{ONE}/receipt"


@pytest.fixture
def desk() -> Desk:
    return Desk()


class Counter:
    """Where anybody has receipts checked."""

    def __init__(self, desk: Desk) -> None:
        self.keys: Any = lambda: {desk.signer.key_id: desk.signer.public_jwk()}
        self.log = Log()
        self.api = Gateway(entry(public_app(self._keys, portal_url=None, logger=self.log.logger)))

    def _keys(self) -> Any:  # noqa: ANN401  (whatever the test says)
        return self.keys()

    def asks(self, body: object) -> Answer:
        headers = {"Content-Type": "application/json"}
        return self.api.send(
            "POST",
            "/public/v1/receipts/verification",
            principal=ANONYMOUS,
            headers=headers,
            body=json.dumps(body),
        )


@pytest.fixture
def counter(desk: Desk) -> Counter:
    return Counter(desk)


def test_the_signed_receipt_is_what_the_plain_one_says(desk: Desk) -> None:
    desk.decides(items=["name", "birthdate", "ward"], language="en")
    token, plain = desk.ask("GET", RECEIPT), desk.ask("GET", f"{RECEIPT}?format=json")

    assert (token.status, token.headers["content-type"]) == (200, "application/jose")
    assert token.headers["content-disposition"] == 'attachment; filename="receipt-kencom.jws"'
    assert plain.headers["content-disposition"] == 'attachment; filename="receipt-kencom.json"'
    read = verified(token.text, {desk.signer.key_id: desk.signer.public_jwk()}, typ="consent-receipt+jwt")
    said = plain.json()
    assert read.pop("jti") != said.pop("jti")
    assert read == said
    assert read["iss"] == API
    (purpose,) = read["pii_processing"]["purposes"]
    assert [each["pii_type"] for each in purpose["pii_information"]] == [
        "name in en",
        "birthdate in en",
        "ward in en",
    ]


def test_a_receipt_shows_that_the_consent_was_withdrawn(desk: Desk) -> None:
    desk.decides()
    desk.city.decisions.withdraw(HANAKO, KENCOM, Actor(HANAKO))
    (event,) = desk.ask("GET", f"{RECEIPT}?format=json").json()["events"]
    assert event["event_state"] == "withdrawn"


def test_there_is_none_where_nothing_was_agreed_to(desk: Desk) -> None:
    assert desk.ask("GET", RECEIPT).status == 404
    desk.city.decisions.ask(HANAKO, KENCOM)
    assert desk.ask("GET", RECEIPT).status == 409
    desk.decides(decision="deny", items=[])
    assert desk.ask("GET", RECEIPT).status == 409


def test_nobody_gets_anothers_and_no_format_is_made_up(desk: Desk) -> None:
    desk.decides()
    assert desk.ask("GET", RECEIPT, who=citizen(CitizenId("taro"))).status == 404
    assert desk.ask("GET", f"{RECEIPT}?format=pdf").status == 400


def test_anybody_can_have_it_checked_and_does_not_learn_who_it_is_about(desk: Desk, counter: Counter) -> None:
    desk.decides(items=["name", "birthdate", "ward"])
    answer = counter.asks({"receipt": desk.ask("GET", RECEIPT).text})

    assert answer.status == 200
    said = answer.json()
    assert said["valid"] is True
    assert (said["issuer"], said["state"], said["language"]) == (API, "given", "ja")
    assert said["recipient"]["application"] == "kencom"
    assert said["since"] < said["until"]
    (purpose,) = said["purposes"]
    assert purpose["text"] == "健康の助言"
    assert purpose["items"][2] == {"item": "ward", "label": "ward in ja", "optional": True}
    assert HANAKO not in answer.text
    assert HANAKO not in str(counter.log.lines)


def test_line_breaks_of_a_mail_do_no_harm(desk: Desk, counter: Counter) -> None:
    desk.decides()
    token = desk.ask("GET", RECEIPT).text
    broken = "\n ".join(token[start : start + 70] for start in range(0, len(token), 70))
    assert counter.asks({"receipt": broken}).json()["valid"] is True


def test_what_was_changed_or_signed_for_something_else_or_by_somebody_else_is_not_valid(
    desk: Desk, counter: Counter
) -> None:
    desk.decides()
    token = desk.ask("GET", RECEIPT).text
    head, body, signature = token.split(".")
    other = Desk()
    other.decides()
    false = [
        f"{head}.{body[:-4]}AAAA.{signature}",
        f"{head}.{body}.{signature[:-4]}AAAA",
        signed({"events": []}, desk.signer, typ="logout+jwt"),
        other.ask("GET", RECEIPT).text,
        "not a receipt",
        "",
    ]
    for receipt in false:
        answer = counter.asks({"receipt": receipt})
        assert (answer.status, answer.json()) == (200, {"valid": False}), receipt


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "not-text"),
        ([], "not-text"),
        ({"receipt": 1}, "not-text"),
        ({"receipt": "x" * 100_001}, "too-long"),
    ],
)
def test_what_is_no_receipt_at_all_is_refused_by_name(counter: Counter, body: object, code: str) -> None:
    answer = counter.asks(body)
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": "#/receipt", "code": code}]


def test_while_the_keys_cannot_be_had_there_is_no_verdict(desk: Desk, counter: Counter) -> None:
    desk.decides()
    token = desk.ask("GET", RECEIPT).text

    def fails() -> Any:  # noqa: ANN401  (never returns)
        raise SigningFailed("KMS does not answer")

    counter.keys = fails
    assert counter.asks({"receipt": token}).status == 503


def test_while_the_key_cannot_sign_there_is_no_receipt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.decides()

    def fails(_message: bytes) -> bytes:
        raise SigningFailed("KMS did not sign")

    monkeypatch.setattr(desk.signer, "sign", fails)
    assert desk.ask("GET", RECEIPT).status == 503


def test_the_citizen_sees_how_far_the_recipient_has_got(desk: Desk) -> None:
    desk.decides()
    assert desk.services()[0]["withdrawal"] is None
    desk.ask("POST", f"{ONE}/withdrawal", {})

    told = desk.services()[0]["withdrawal"]

    assert (told["state"], told["extent"], told["items"]) == ("pending", "ended", ["birthdate", "name"])
    assert desk.ask("GET", ONE).json()["withdrawal"] == told
