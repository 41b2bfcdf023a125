"""Recipients are told what a citizen took back by a Security Event Token that any library verifies."""

import logging
from dataclasses import replace
from typing import Any

import jwt
import pytest
from joserfc import jwt as jose
from joserfc.jwk import ECKey

from machi.applications import SignIn
from machi.connect.withdrawals import notice_of
from machi.consent.withdrawal_notice import Extent, Withdrawal, WithdrawalId, WithdrawalState
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem
from machi.notices import Notice
from machi.outbound import OutboundFailed
from machi.signing.jws import verified
from tests.unit.notification_sender.doubles import CONSENT_EVENTS, HANAKO, ISSUER, NOW, World

EVENT = "https://my.example.jp/events/consent-withdrawn"
ID = WithdrawalId("wdr_1")


def owing(*replies: int | Exception) -> World:
    """A city that owes kencom a notice."""
    world = World(replies=list(replies))
    world.withdrawals.kept[ID] = Withdrawal(
        ID,
        HANAKO,
        ApplicationId("kencom"),
        ConsentId("con_1"),
        frozenset({DataItem("birthdate"), DataItem("ward")}),
        Extent.ENDED,
        asked_at=NOW,
        state=WithdrawalState.PENDING,
        at=NOW,
        look_at=NOW,
    )
    return world


def notice(world: World) -> Notice:
    return notice_of(world.withdrawals.kept[ID])


def claims(world: World, place: int = 0) -> dict[str, Any]:
    keys = {world.signer.key_id: world.signer.public_jwk()}
    return verified(world.delivered[place][1], keys, typ="secevent+jwt")


def test_the_recipient_gets_a_security_event_token_and_is_noted_to_have_it() -> None:
    world = owing()

    assert world.delivers(notice(world)) == []

    ((url, token, media_type),) = world.delivered
    assert (url, media_type) == (CONSENT_EVENTS, "application/secevent+jwt")
    assert jwt.get_unverified_header(token) == {
        "alg": "ES256",
        "kid": world.signer.key_id,
        "typ": "secevent+jwt",
    }
    assert claims(world) == {
        "iss": ISSUER,
        "aud": ["web-client", "phone-client"],
        "iat": int(NOW.timestamp()),
        "jti": "wdr_1",
        "sub_id": {"format": "opaque", "id": f"{HANAKO} at kencom.example"},
        "events": {
            EVENT: {
                "withdrawal": "wdr_1",
                "consent": "con_1",
                "items": ["birthdate", "ward"],
                "extent": "ended",
                "request": "delete",
                "withdrawn_at": "2026-11-25T03:00:00.000Z",
                "acknowledge_by": "2026-12-09T03:00:00.000Z",
                "acknowledgement": "/partner/v1/withdrawals/wdr_1/acknowledgement",
            }
        },
    }
    assert world.withdrawals.kept[ID].state is WithdrawalState.RECEIVED
    assert world.sent == []


def test_another_library_verifies_it() -> None:
    world = owing()
    world.delivers(notice(world))
    key = ECKey.import_key(dict(world.signer.public_jwk()))
    read = jose.decode(world.delivered[0][1], key, algorithms=["ES256"])
    jose.JWTClaimsRegistry(
        now=int(NOW.timestamp()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": "phone-client"},
        events={"essential": True},
    ).validate(read.claims)
    assert "sub" not in read.claims, "the platform's own name of a citizen is no partner's business"
    assert "exp" not in read.claims, "what has happened does not expire (RFC 8417, 2.2)"


@pytest.mark.parametrize("answer", [200, 204, 400, 404, 500, 503, OutboundFailed("no"), TimeoutError()])
def test_anything_but_accepted_is_tried_again_with_the_same_token_id(answer: int | Exception) -> None:
    world = owing(answer)
    told = notice(world)

    assert world.delivers(told) == ["0"]
    assert world.withdrawals.kept[ID].state is WithdrawalState.PENDING
    assert world.delays == [("handle-0", 30)]
    assert world.delivers(told, attempt=2) == []

    assert claims(world, 0) == claims(world, 1)
    assert world.withdrawals.kept[ID].state is WithdrawalState.RECEIVED


def test_a_message_delivered_twice_tells_once() -> None:
    world = owing()
    told = notice(world)
    world.delivers(told)
    assert world.delivers(told) == []
    assert len(world.delivered) == 1


def test_what_the_recipient_knows_already_is_not_told_in_a_later_round() -> None:
    world = owing()
    later = replace(world.withdrawals.kept[ID], round=3)
    world.delivers(notice(world))
    assert world.delivers(notice_of(later)) == []
    assert len(world.delivered) == 1


def test_received_and_not_noted_is_told_again() -> None:
    world = owing()
    world.withdrawals.lost_races = 99
    told = notice(world)
    assert world.delivers(told) == ["0"]
    world.withdrawals.lost_races = 0
    assert world.delivers(told, attempt=2) == []
    assert claims(world, 0) == claims(world, 1)


def test_a_recipient_without_an_address_is_left_to_the_staff() -> None:
    world = owing()
    kencom = world.applications["kencom"]
    assert kencom.sign_in is not None
    silent = SignIn(kencom.sign_in.clients, kencom.sign_in.sector)
    world.applications["kencom"] = replace(kencom, sign_in=silent)
    assert world.delivers(notice(world)) == []
    assert world.delivered == []
    assert world.withdrawals.kept[ID].state is WithdrawalState.PENDING


def test_a_notice_about_nobody_or_of_somebody_else_tells_nothing() -> None:
    world = owing()
    told = notice(world)
    strange = [
        replace(told, id="1", subject=CitizenId("taro")),
        replace(told, id="2", values={**told.values, "withdrawal": "wdr_0"}),
    ]
    assert world.delivers(*strange) == []
    assert world.delivered == []


def test_the_log_names_neither_citizen_nor_items(caplog: pytest.LogCaptureFixture) -> None:
    world = owing(500)
    with caplog.at_level(logging.INFO):
        world.delivers(notice(world))
    (line,) = [vars(record) for record in caplog.records if record.getMessage() == "notice"]
    assert (line["kind"], line["outcome"], line["error"]) == (
        "withdrawal",
        "failed",
        "PartnerRefused: the partner answered 500",
    )
    for secret in (HANAKO, "birthdate", "con_1", "wdr_1"):
        assert secret not in str(line)
