"""Out of the front door, the pool, and every partner."""

from urllib.parse import urlencode

import pytest

from machi.core.ids import CitizenId
from tests.unit.applications.builders import KENCOM_CLIENT
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
from tests.unit.front_door.browser import Browser, Page
from tests.unit.front_door.house import House, address_of

BYE = "https://kencom.example/bye"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def browser(house: House) -> Browser:
    """Hanako's, signed in to both partners."""
    browser = house.browser()
    house.agree(browser, house.consent_page(browser))
    second = browser.get(address_of(asked_by_boshimo()))
    house.agree(browser, browser.get(second.location))
    return browser


def id_token(house: House, who: str = HANAKO, **claims: object) -> str:
    """One that kencom has kept, perhaps for long."""
    told: dict[str, object] = {
        "aud": KENCOM_CLIENT,
        "sub": who,
        "token_use": "id",
        "exp": 1_700_000_000,
        **claims,
    }
    return house.city.pool.keys.token(**told)  # type: ignore[arg-type]


def sign_out(browser: Browser, **parameters: str) -> Page:
    return browser.get(f"/connect/sign-out?{urlencode(parameters)}")


def is_signed_in(browser: Browser) -> bool:
    return query_of(browser.get(address_of(asked())).location).get("client_id") == KENCOM_CLIENT


def told(house: House) -> list[tuple[str, CitizenId | None]]:
    """The partners that were told of a sign-out."""
    return [
        (notice.values["application"], notice.subject)
        for notice in house.city.notices.sent
        if notice.kind.value == "back-channel-logout"
    ]


def test_a_citizen_is_asked_and_then_signed_out_everywhere(house: House, browser: Browser) -> None:
    page = sign_out(browser)
    assert page.status == 200
    assert "ログアウトしますか" in page.text
    assert is_signed_in(browser)

    onward = browser.post("/connect/sign-out", page.form.hidden)

    assert without_query(onward.location) == f"{AUTH}/logout"
    assert query_of(onward.location) == {
        "client_id": CONNECT_CLIENT,
        "logout_uri": f"{API}/connect/signed-out",
    }
    assert not is_signed_in(browser)
    assert told(house) == [("kencom", HANAKO)], "boshimo has registered no address to be told at"
    assert "ログアウトしました" in browser.get("/connect/signed-out").text


def test_a_partner_that_knows_the_citizen_signs_out_without_a_question_and_gets_the_browser_back(
    house: House, browser: Browser
) -> None:
    onward = sign_out(
        browser, id_token_hint=id_token(house), post_logout_redirect_uri=BYE, state="a state & more"
    )
    assert without_query(onward.location) == f"{AUTH}/logout"
    assert not is_signed_in(browser)

    back = browser.get("/connect/signed-out")

    assert without_query(back.location) == BYE
    assert query_of(back.location) == {"state": "a state & more"}
    assert browser.get("/connect/signed-out").status == 200, "once"


@pytest.mark.parametrize(
    "claims",
    [
        {"who": TARO},
        {"iss": "https://evil.example"},
        {"token_use": "access"},
        {"headers": {"kid": "another"}},
    ],
)
def test_who_shows_somebody_elses_or_no_token_of_ours_must_ask(
    house: House, browser: Browser, claims: dict[str, object]
) -> None:
    page = sign_out(browser, id_token_hint=id_token(house, **claims))  # type: ignore[arg-type]

    assert page.status == 200
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "parameters",
    [
        {"post_logout_redirect_uri": BYE},
        {"post_logout_redirect_uri": BYE, "client_id": "unknown"},
        {"post_logout_redirect_uri": "https://evil.example/", "client_id": KENCOM_CLIENT},
        {"post_logout_redirect_uri": BYE + "/", "client_id": KENCOM_CLIENT},
        {"post_logout_redirect_uri": BYE, "client_id": "boshimoclient"},
    ],
)
def test_nobody_is_sent_to_an_address_that_the_client_has_not_registered(
    browser: Browser, parameters: dict[str, str]
) -> None:
    page = sign_out(browser, **parameters)

    assert page.status == 400
    assert "location" not in page.headers
    assert is_signed_in(browser)


def test_a_token_of_one_client_opens_no_way_back_for_another(house: House, browser: Browser) -> None:
    page = sign_out(browser, id_token_hint=id_token(house), client_id="boshimoclient")

    assert page.status == 400


def test_the_question_keeps_the_way_back(browser: Browser) -> None:
    page = sign_out(browser, client_id=KENCOM_CLIENT, post_logout_redirect_uri=BYE, state="s")

    browser.post("/connect/sign-out", page.form.hidden)

    assert browser.get("/connect/signed-out").location == f"{BYE}?state=s"


@pytest.mark.parametrize("form_token", ["", "x" * 64, "あ"])
def test_another_site_cannot_sign_anybody_out(house: House, browser: Browser, form_token: str) -> None:
    page = sign_out(browser)

    forged = browser.post("/connect/sign-out", {**page.form.hidden, "form_token": form_token})
    foreign = browser.post("/connect/sign-out", page.form.hidden, origin="https://evil.example")

    assert (forged.status, foreign.status) == (400, 403)
    assert is_signed_in(browser)
    assert told(house) == []


def test_who_is_not_signed_in_is_sent_to_the_pool_at_once(house: House) -> None:
    assert without_query(sign_out(house.browser()).location) == f"{AUTH}/logout"


@pytest.mark.parametrize("held", ["", "e30=", "W10=", "x", "eyJjbGllbnRfaWQiOiAxfQ==", "%%%"])
def test_a_way_back_that_was_made_up_leads_to_our_own_page(house: House, held: str) -> None:
    browser = house.browser()
    browser.cookies["__Host-machi_leaving"] = held

    assert browser.get("/connect/signed-out").status == 200


def test_the_sign_out_page_cannot_be_framed(browser: Browser) -> None:
    page = sign_out(browser)

    assert "frame-ancestors 'none'" in page.header("content-security-policy")
    assert page.header("x-frame-options") == "DENY"
