"""Partners are told of sign-outs in a form that an unmodified OpenID client accepts, and nobody else is."""

from dataclasses import replace
from typing import Any

import jwt
import pytest
from joserfc import jwt as jose
from joserfc.jwk import ECKey

from machi.applications import SignIn
from machi.notices import Notice, NoticeKind, new_notice
from machi.outbound import OutboundFailed
from machi.signing.jws import verified
from tests.unit.notification_sender.doubles import BACK_CHANNEL, HANAKO, ISSUER, NOW, World

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
PURGED = "https://schemas.openid.net/secevent/risc/event-type/account-purged"


def notice(application: str = "kencom", **values: str) -> Notice:
    return new_notice(NoticeKind.BACK_CHANNEL_LOGOUT, HANAKO, NOW, application=application, **values)


def tokens(world: World) -> list[dict[str, Any]]:
    keys = {world.signer.key_id: world.signer.public_jwk()}
    return [verified(form["logout_token"], keys, typ="logout+jwt") for _, form in world.posted]


def test_each_client_of_the_partner_gets_a_token_of_its_own() -> None:
    world = World()

    assert world.delivers(notice()) == []

    assert [url for url, _ in world.posted] == [BACK_CHANNEL] * 2
    assert [list(form) for _, form in world.posted] == [["logout_token"]] * 2
    assert [token["aud"] for token in tokens(world)] == ["web-client", "phone-client"]
    assert len({token["jti"] for token in tokens(world)}) == 2


def test_the_token_is_what_the_specification_wants() -> None:
    world = World()

    world.delivers(notice())

    token = tokens(world)[0]
    assert token.pop("jti").startswith("lgt_")
    assert token == {
        "iss": ISSUER,
        "sub": HANAKO,
        "aud": "web-client",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 120,
        "events": {LOGOUT: {}},
    }
    header = jwt.get_unverified_header(world.posted[0][1]["logout_token"])
    assert header == {"alg": "ES256", "kid": world.signer.key_id, "typ": "logout+jwt"}


def test_another_library_verifies_it() -> None:
    world = World()

    world.delivers(notice())

    key = ECKey.import_key(dict(world.signer.public_jwk()))
    read = jose.decode(world.posted[0][1]["logout_token"], key, algorithms=["ES256"])
    rules = jose.JWTClaimsRegistry(
        now=int(NOW.timestamp()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": "web-client"},
        events={"essential": True},
    )
    rules.validate(read.claims)
    assert "nonce" not in read.claims


def test_a_partner_learns_that_an_account_is_gone_for_good() -> None:
    world = World()

    world.delivers(notice(event="closed"))

    assert tokens(world)[0]["events"] == {LOGOUT: {}, PURGED: {}}


def test_a_partner_that_registered_no_address_is_not_called() -> None:
    world = World()
    kencom = world.applications["kencom"]
    assert kencom.sign_in is not None
    silent = SignIn(kencom.sign_in.clients, kencom.sign_in.sector)
    world.applications["kencom"] = replace(kencom, sign_in=silent)

    assert world.delivers(notice(), notice("unheard-of")) == []
    assert world.posted == []


@pytest.mark.parametrize(
    "answer", [500, 503, 400, 404, 302, OutboundFailed("no usable answer"), TimeoutError()]
)
def test_a_partner_that_does_not_confirm_is_told_again_with_a_fresh_token(answer: int | Exception) -> None:
    world = World(replies=[answer])
    told = notice()

    assert world.delivers(told) == ["0"]
    assert world.delays == [("handle-0", 30)]
    assert world.delivers(told, attempt=2) == []

    first, *again = tokens(world)
    assert first["jti"] not in {token["jti"] for token in again}
    assert [token["aud"] for token in again] == ["web-client", "phone-client"]


def test_the_second_client_is_told_again_too_if_only_it_failed() -> None:
    world = World(replies=[200, 500])
    told = notice()

    assert world.delivers(told) == ["0"]
    assert world.delivers(told) == []

    assert [token["aud"] for token in tokens(world)] == ["web-client", "phone-client"] * 2


def test_no_content_is_an_answer_too() -> None:
    world = World(replies=[204, 204])

    assert world.delivers(notice()) == []
