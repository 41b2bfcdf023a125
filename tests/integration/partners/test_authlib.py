"""Authlib, unmodified: the sample relying party of docs/partners."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.integration.partners.people import Newcomer
from tests.integration.partners.relying import sample_of
from tests.integration.partners.visitor import CONSENT, LOG_IN, Visitor
from tests.platform import Platform

NAMES = {"sub", "ppid"}


@pytest.fixture(scope="module")
def boshimo(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the second partner's service, of the same make."""
    folder = tmp_path_factory.mktemp("boshimo")
    with sample_of(platform, platform.outputs.partner("boshimo"), folder) as address:
        yield address


def claims_at(visitor: Visitor, address: str) -> dict[str, object]:
    """What the service knows of the citizen now."""
    answer = visitor.open(f"{address}/").json()
    assert answer["signedIn"], answer
    return dict(answer["claims"])


def test_a_citizen_signs_in_and_the_service_learns_exactly_what_was_agreed_to(
    visitor: Visitor, citizen: Newcomer, kencom: str
) -> None:
    page = visitor.arrive(f"{kencom}/sign-in", "ward")

    assert page.json()["signedIn"]
    assert visitor.asked == [LOG_IN, CONSENT]
    claims = claims_at(visitor, kencom)
    assert set(claims) == NAMES | {"birthdate", "nickname", "ward"}
    assert (claims["birthdate"], claims["nickname"]) == ("1984-05-06", "あらた")
    assert ("disclosed", "kencom") in citizen.history()


def test_at_the_second_partner_there_is_no_password_and_another_name(
    visitor: Visitor, kencom: str, boshimo: str
) -> None:
    visitor.arrive(f"{kencom}/sign-in")

    visitor.arrive(f"{boshimo}/sign-in")
    assert visitor.asked == [CONSENT]
    assert claims_at(visitor, boshimo)["ppid"] != claims_at(visitor, kencom)["ppid"]

    visitor.arrive(f"{kencom}/sign-in")
    assert visitor.asked == [], "and the first one asks for nothing at all"


def test_who_does_not_agree_is_not_signed_in(visitor: Visitor, citizen: Newcomer, kencom: str) -> None:
    page = visitor.arrive(f"{kencom}/sign-in", decision="deny")

    assert page.status_code == 403
    assert page.json() == {"signedIn": False, "error": "access_denied"}
    assert citizen.history()[0] == ("denied", "kencom")


def test_after_the_withdrawal_the_next_userinfo_carries_nothing(
    visitor: Visitor, citizen: Newcomer, kencom: str
) -> None:
    visitor.arrive(f"{kencom}/sign-in", "ward")
    assert "birthdate" in claims_at(visitor, kencom)

    citizen.withdraws("kencom")

    assert set(claims_at(visitor, kencom)) == NAMES
    visitor.arrive(f"{kencom}/sign-in")
    assert visitor.asked == [CONSENT], "and the next sign-in asks anew"


def test_without_a_page_a_service_learns_only_that_a_page_is_needed(visitor: Visitor, kencom: str) -> None:
    assert visitor.arrive(f"{kencom}/sign-in?prompt=none").json()["error"] == "login_required"
    visitor.arrive(f"{kencom}/sign-in")

    assert visitor.arrive(f"{kencom}/sign-in?prompt=none").json()["signedIn"]
    assert visitor.asked == []


def test_a_service_can_have_the_password_asked_for_again(visitor: Visitor, kencom: str) -> None:
    visitor.arrive(f"{kencom}/sign-in")

    visitor.arrive(f"{kencom}/sign-in?prompt=login")

    assert visitor.asked == [LOG_IN]


def test_who_signs_out_at_one_service_is_signed_out_everywhere(
    visitor: Visitor, kencom: str, boshimo: str
) -> None:
    visitor.arrive(f"{kencom}/sign-in")
    visitor.arrive(f"{boshimo}/sign-in")

    page = visitor.open(f"{kencom}/sign-out")

    assert page.json() == {"signedIn": False, "signedOut": True}
    until(lambda: visitor.open(f"{boshimo}/").json() == {"signedIn": False})
    visitor.arrive(f"{kencom}/sign-in")
    assert visitor.asked == [LOG_IN], "the consent still stands, the session does not"


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what a queue brings about."""
    ending = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ending, "the second partner was never told"
        time.sleep(0.5)


def test_the_front_door_publishes_one_document_that_agrees_with_itself(platform: Platform) -> None:
    address = f"{platform.outputs.connect_url}/.well-known/openid-configuration"
    document = httpx.get(address, trust_env=False).json()

    keys = httpx.get(document["jwks_uri"], trust_env=False).json()["keys"]
    assert {key["kty"] for key in keys} == {"RSA", "EC"}, "the pool's keys, and ours for logout tokens"
    for name in ("authorization_endpoint", "end_session_endpoint", "userinfo_endpoint"):
        assert document[name].startswith(platform.outputs.api_url)
