"""`/connect/proofing` as a browser sees it, with the service simulated in this process."""

import re
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import pytest

from functions.connect.app import app
from functions.connect.documents import document_routes
from functions.connect.proofing import ProofingCookie, ProofingPages, proofing_routes
from functions.connect.proofing_build import signing_keys
from functions.connect.rendering import Pages
from functions.connect.texts import TAGS
from machi.connect.discovery import Addresses
from machi.core.language import Language
from machi.core.log import logger_for
from machi.http.lambda_entry import entry
from machi.identity.profile import EMPTY_PROFILE
from machi.proofing.proofings import Outcome
from tests.gateway_double import Answer, Gateway
from tests.unit.proofing.world import CALLBACK, HANAKO, PROFILE, World

PORTAL = "http://localhost:8700"
API = "http://localhost:8701"
CITY = dict.fromkeys(Language, "一宮市")


class Browser:
    """Keeps cookies, and goes where it is led."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.cookies: dict[str, str] = {}

    def get(self, path: str, language: str = "ja") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = self._gateway.send("GET", path, headers=headers | {"Accept-Language": language})
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.cookies.pop(name, None)
            if morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
        return answer


@pytest.fixture
def world() -> World:
    return World()


def gateway(world: World, *, is_registered: bool = True, is_local: bool = True) -> Gateway:
    pages = ProofingPages(
        world.proofings if is_registered else None,
        Pages(portal_url=PORTAL, city_names=CITY),
        ProofingCookie(is_local=is_local),
        portal_url=PORTAL,
    )
    addresses = Addresses(
        api=API, auth="http://localhost:8702", portal=PORTAL, issuer="https://issuer.example"
    )
    documents = document_routes(addresses, [signing_keys([world.key])])
    return Gateway(entry(app([documents, proofing_routes(pages)], logger=logger_for("connect"))))


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(gateway(world))


def arrive(world: World, browser: Browser) -> Answer:
    led = browser.get(f"/connect/proofing?ticket={world.ticket()}")
    assert led.status == 303
    assert led.headers["location"] == "/connect/proofing"
    return browser.get("/connect/proofing")


def come_back(world: World, browser: Browser, card: str = "normal") -> Answer:
    page = arrive(world, browser)
    found = re.search(rf'href="({re.escape(world.service.issuer)}[^"]+)"', page.text)
    assert found is not None
    url = found[1].replace("&amp;", "&")
    back = world.browser.post(url, {"card": card})
    location = back.headers["location"]
    assert location.startswith(CALLBACK)
    return browser.get(f"/connect/proofing/callback?{urlsplit(location).query}")


def test_a_ticket_does_not_stay_in_the_address(world: World, browser: Browser) -> None:
    page = arrive(world, browser)

    assert page.status == 200
    assert "ticket" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_ticket_opens_the_page_once(world: World, browser: Browser) -> None:
    ticket = world.ticket()
    browser.get(f"/connect/proofing?ticket={ticket}")

    again = Browser(gateway(world)).get(f"/connect/proofing?ticket={ticket}")

    assert again.status == 400
    assert "set-cookie" in again.headers
    assert "Max-Age=0" in again.headers["set-cookie"]


def test_whoever_comes_without_ticket_or_cookie_sees_nothing(browser: Browser) -> None:
    assert browser.get("/connect/proofing").status == 400


@pytest.mark.parametrize("language", list(Language))
def test_the_start_page_speaks_every_language(world: World, browser: Browser, language: Language) -> None:
    arrive(world, browser)

    page = browser.get(f"/connect/proofing?lang={language.value}")

    assert f'<html lang="{TAGS[language]}">' in page.text
    assert "{" not in re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
    assert 'rel="icon"' in page.text


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_end_has_words_in_every_language(outcome: Outcome, language: Language) -> None:
    page = Pages(portal_url=PORTAL, city_names=CITY).page(
        "proofing_result.html",
        language,
        {
            "outcome": outcome.value,
            "items": [
                ("name", "agrees"),
                ("address", "differs"),
                ("birthdate", "not-told"),
                ("gender", "agrees"),
            ],
            "profile": "",
            "account": "/",
        },
    )

    assert page.status_code == 200


def test_success_is_said_and_the_cookie_goes(world: World, browser: Browser) -> None:
    page = come_back(world, browser)

    assert page.status == 200
    assert "本人確認ができました" in page.text
    assert f"{PORTAL}/account/?proofing=done" in page.text
    assert browser.cookies == {}
    assert HANAKO in world.people.assurances


def test_a_mismatch_names_the_item_and_shows_neither_value(world: World, browser: Browser) -> None:
    page = come_back(world, browser, "mismatch")

    assert "プロフィールと一致しない項目があります" in page.text
    assert f"{PORTAL}/mypage/" in page.text
    assert page.text.count("一致しませんでした") == 4
    told = (PROFILE.given_name or "", PROFILE.street or "", "1990", "尾西", "次郎", "萩原", "1975")
    assert not any(value in page.text for value in told)


def test_a_single_item_that_differs_is_the_only_one_named_so(world: World, browser: Browser) -> None:
    page = come_back(world, browser, "moved")

    assert re.findall(r'class="label">([^<]+)</span> <span class="value">一致しませんでした', page.text) == [
        "住所"
    ]


def test_an_empty_profile_is_asked_for_what_is_missing(world: World, browser: Browser) -> None:
    world.people.profiles[HANAKO] = EMPTY_PROFILE

    page = come_back(world, browser)

    assert "プロフィールに足りない項目があります" in page.text
    assert page.text.count("入力されていません") == 3


@pytest.mark.parametrize(
    ("card", "status", "title"),
    [
        ("cancel", 200, "本人確認を取りやめました"),
        ("timeout", 400, "この手続きは続けられません"),
        ("late", 400, "この手続きは続けられません"),
        ("expired", 200, "このカードは使えません"),
        ("down", 503, "いまは本人確認ができません"),
    ],
)
def test_each_other_end_has_a_page(
    world: World, browser: Browser, card: str, status: int, title: str
) -> None:
    page = come_back(world, browser, card)

    assert page.status == status
    assert f"<h1>{title}</h1>" in page.text
    assert "proofing=" in page.text


def test_another_browser_is_told_so_and_ends_nothing(world: World, browser: Browser) -> None:
    arrive(world, browser)
    (cookie,) = browser.cookies.values()
    answer = world.at_the_service(cookie, "normal")
    path = f"/connect/proofing/callback?state={answer.state}&code={answer.code}"

    elsewhere = Browser(gateway(world)).get(path)

    assert elsewhere.status == 400
    assert "別のブラウザーで開かれました" in elsewhere.text
    assert "本人確認ができました" in browser.get(path).text


@pytest.mark.parametrize(
    "query",
    ["", "state=x", "code=1&state=🦊", "state=a&state=b", "error=<script>alert(1)</script>&state=x", "%ff=1"],
)
def test_a_made_up_callback_ends_on_a_page_that_repeats_nothing(browser: Browser, query: str) -> None:
    page = browser.get(f"/connect/proofing/callback?{query}")

    assert page.status == 400
    assert "alert" not in page.text
    assert "🦊" not in page.text


def test_a_city_that_is_not_registered_says_that_it_cannot(world: World) -> None:
    browser = Browser(gateway(world, is_registered=False))

    assert browser.get(f"/connect/proofing?ticket={world.ticket()}").status == 503
    assert browser.get("/connect/proofing/callback?state=x&code=y").status == 503


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(world: World) -> None:
    on_aws = Browser(gateway(world, is_local=False)).get(f"/connect/proofing?ticket={world.ticket()}")

    cookie = on_aws.headers["set-cookie"]
    assert cookie.startswith("__Host-machi_proofing=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(cookie.split("; "))


def test_pages_load_nothing_and_run_nothing(world: World, browser: Browser) -> None:
    page = arrive(world, browser)

    policies = page.headers["content-security-policy"]
    assert "default-src 'none'" in policies
    assert "frame-ancestors 'none'" in policies
    assert "script-src" not in policies
    assert "<script" not in page.text


def test_our_keys_are_published_without_their_private_part(world: World, browser: Browser) -> None:
    published = browser.get("/connect/jwks.json").json()["keys"]

    assert published == [dict(world.key.public_jwk())]
    assert "d" not in published[0]
