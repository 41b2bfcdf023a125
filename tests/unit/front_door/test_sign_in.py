"""A citizen's way through the front door, seen from the browser."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from machi.applications import ApplicationState
from machi.consent.record import ConsentState
from machi.core.ids import CitizenId
from tests.unit.applications.builders import KENCOM, KENCOM_CALLBACK, KENCOM_CLIENT
from tests.unit.connect.builders import (
    API,
    AUTH,
    CONNECT_CLIENT,
    HANAKO,
    TARO,
    asked,
    asked_by_boshimo,
    query_of,
    without_query,
)
from tests.unit.front_door.house import House, address_of


@pytest.fixture
def house() -> House:
    return House()


def test_a_citizen_signs_in_and_agrees_and_the_pool_is_asked_for_the_partners_code(house: House) -> None:
    browser = house.browser()

    onward = house.agree(browser, house.consent_page(browser), "ward")

    assert without_query(onward.location) == f"{AUTH}/oauth2/authorize"
    assert query_of(onward.location)["client_id"] == KENCOM_CLIENT
    assert query_of(onward.location)["nonce"] == "nonce-of-kencom"
    stored = house.city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.items == {"name", "birthdate", "ward"}


def test_at_the_second_partner_nobody_is_asked_for_a_password(house: House) -> None:
    browser = house.browser()
    house.agree(browser, house.consent_page(browser))

    second = browser.get(address_of(asked_by_boshimo()))
    again = browser.get(address_of(asked()))

    assert second.location.startswith("/connect/consent?")
    assert query_of(again.location)["client_id"] == KENCOM_CLIENT


def test_another_browser_is_asked(house: House) -> None:
    first = house.browser()
    house.agree(first, house.consent_page(first))

    page = house.browser().get(address_of(asked()))

    assert query_of(page.location)["client_id"] == CONNECT_CLIENT


class TestCookies:
    def test_on_aws_they_belong_to_this_host_alone_and_to_no_script(self, house: House) -> None:
        browser = house.browser()
        first = browser.get(address_of(asked()))
        second = house.come_back(browser, first.location)

        assert set(first.cookies) == {"__Host-machi_browser"}
        assert set(second.cookies) == {"__Host-machi_session"}
        for cookie in (*first.cookies.values(), *second.cookies.values()):
            assert (cookie["path"], cookie["domain"]) == ("/", "")
            assert cookie["secure"] is True
            assert cookie["httponly"] is True
            assert cookie["samesite"] == "lax"
        assert second.cookies["__Host-machi_session"]["max-age"] == "3600"
        assert first.cookies["__Host-machi_browser"]["max-age"] == ""

    def test_without_tls_on_this_machine_they_lose_prefix_and_secure_only(self) -> None:
        house = House(is_local=True)
        browser = house.browser()

        page = house.sign_in(browser)

        (cookie,) = page.cookies.values()
        assert cookie.key == "machi_session"
        assert cookie["secure"] == ""
        assert (cookie["httponly"], cookie["samesite"]) == (True, "lax")

    def test_the_name_without_prefix_counts_for_nothing_on_aws(self, house: House) -> None:
        browser = house.browser()
        house.sign_in(browser)
        held = browser.cookies.pop("__Host-machi_session")
        browser.cookies["machi_session"] = held

        assert query_of(browser.get(address_of(asked())).location)["client_id"] == CONNECT_CLIENT

    def test_what_is_held_changes_with_every_sign_in(self, house: House) -> None:
        browser = house.browser()
        house.sign_in(browser)
        before = browser.cookies["__Host-machi_session"]
        house.sign_in(browser, asked(prompt="login"))

        assert browser.cookies["__Host-machi_session"] != before
        browser.cookies["__Host-machi_session"] = before
        assert query_of(browser.get(address_of(asked())).location)["client_id"] == CONNECT_CLIENT

    @pytest.mark.parametrize("held", ["x" * 43, "", "あ", "x" * 5000, "a.b"])
    def test_a_session_that_was_made_up_or_planted_is_never_adopted(self, house: House, held: str) -> None:
        browser = house.browser()
        browser.cookies["__Host-machi_session"] = held

        house.sign_in(browser)

        assert browser.cookies["__Host-machi_session"] != held
        assert len(house.city.kept_sessions.kept) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"client_id": "unknown"}, "登録されていないサービス"),
            ({"redirect_uri": "https://evil.example/"}, "登録と違います"),
        ],
    )
    def test_an_unknown_client_or_address_ends_on_a_page(
        self, house: House, changes: dict[str, str], words: str
    ) -> None:
        page = house.browser().get(address_of(asked(**changes)))

        assert page.status == 400
        assert words in page.text
        assert "location" not in page.headers
        assert "evil.example" not in page.text

    def test_a_suspended_service_ends_on_a_page(self, house: House) -> None:
        house.city.registry.change_state(KENCOM, ApplicationState.SUSPENDED)

        page = house.browser("en").get(address_of(asked()))

        assert page.status == 403
        assert "has been stopped" in page.text

    def test_a_service_that_asks_wrongly_is_told_what_is_wrong(self, house: House) -> None:
        page = house.browser().get(address_of(asked(code_challenge=None)))

        assert without_query(page.location) == KENCOM_CALLBACK
        assert query_of(page.location)["error"] == "invalid_request"

    def test_an_answer_that_comes_twice_ends_on_a_page(self, house: House) -> None:
        browser = house.browser()
        log_in = browser.get(address_of(asked())).location
        back = house.city.pool.signs_in(log_in, HANAKO, at=int(house.city.clock().timestamp()))
        address = f"/connect/callback?{urlencode(back)}"
        assert browser.get(address).status == 303

        again = browser.get(address)

        assert again.status == 400
        assert "途中で切れました" in again.text

    def test_an_answer_in_a_browser_that_did_not_ask_signs_nobody_in(self, house: House) -> None:
        log_in = house.browser().get(address_of(asked())).location
        victim = house.browser()
        victim.get(address_of(asked()))

        page = house.come_back(victim, log_in, TARO)

        assert page.status == 400
        assert page.cookies == {}

    @pytest.mark.parametrize("query", ["", "state=x", "code=x", "state=%FF&code=x", "state=a&state=b&code=c"])
    def test_a_callback_with_nothing_behind_it_ends_on_a_page(self, house: House, query: str) -> None:
        assert house.browser().get(f"/connect/callback?{query}").status == 400

    def test_who_has_no_account_yet_is_led_to_the_portal(self, house: House) -> None:
        house.city.accounts.clear()

        page = house.sign_in(house.browser())

        assert page.status == 403
        assert "利用規約" in page.text

    def test_a_pool_that_does_not_publish_its_keys_makes_no_sign_in(self, house: House) -> None:
        house.city.pool.keys.unreachable = True

        page = house.sign_in(house.browser())

        assert page.status == 503
        assert page.cookies == {}


def test_a_request_that_is_posted_goes_round_once_so_that_the_session_is_seen(house: House) -> None:
    browser = house.browser()

    page = browser.post(
        "/connect/authorize", {k: v[0] for k, v in asked().items()}, origin="https://kencom.example"
    )

    assert urlsplit(page.location).path == "/connect/authorize"
    assert parse_qs(urlsplit(page.location).query) == asked()


def test_the_log_says_what_happened_and_names_nobody(house: House) -> None:
    browser = house.browser()
    house.agree(browser, house.consent_page(browser))

    routes = [(line["route"], line["status"]) for line in house.log.lines]
    assert routes == [
        ("GET /connect/authorize", 303),
        ("GET /connect/callback", 303),
        ("GET /connect/consent", 200),
        ("POST /connect/consent", 303),
    ]
    for secret in (HANAKO, "花子", "nonce-of-kencom", *browser.cookies.values()):
        assert secret not in house.log.text


def test_clients_configure_themselves_from_anywhere(house: House) -> None:
    page = house.browser().get("/connect/.well-known/openid-configuration")

    assert page.header("access-control-allow-origin") == "*"
    assert page.header("cache-control") == "public, max-age=300"
    assert json.loads(page.text)["authorization_endpoint"] == f"{API}/connect/authorize"


def test_the_pools_keys_and_ours_are_published_together(house: House) -> None:
    browser = house.browser()

    page = browser.get("/connect/jwks.json")

    assert [key["kid"] for key in json.loads(page.text)["keys"]] == ["key-1", "ours"]
    assert page.header("access-control-allow-origin") == "*"
    house.city.pool.keys.unreachable = True
    assert browser.get("/connect/jwks.json").status == 200, "kept for a while"


def test_without_any_keys_the_client_is_asked_to_come_again(house: House) -> None:
    house.city.pool.keys.unreachable = True

    page = house.browser().get("/connect/jwks.json")

    assert page.status == 503
    assert page.header("retry-after") == "5"


def test_consent_is_asked_of_each_citizen(house: House) -> None:
    browser = house.browser()
    house.agree(browser, house.consent_page(browser))

    other = house.sign_in(house.browser(), who=TARO)

    assert other.location.startswith("/connect/consent?")
    assert house.city.state(KENCOM, TARO) is ConsentState.REQUESTED
    assert house.city.state(KENCOM, CitizenId("nobody")) is None
