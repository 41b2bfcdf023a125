"""Signing in and out through the hosted log-in, and every way in which it can fail."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import CLIENT
from tests.e2e.login import Login, ProfileApi, choose_own_log_in


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A browser profile."""
    return new_context()


@pytest.fixture
def login(context: BrowserContext) -> Login:
    """The log-in of that profile."""
    ProfileApi(context)
    return Login(context)


@pytest.fixture
def page(context: BrowserContext, login: Login) -> Page:
    """A page in it."""
    return context.new_page()


def sign_in(page: Page, name: str = "ログイン") -> None:
    page.get_by_role("banner").get_by_role("link", name=name).click()
    choose_own_log_in(page)


def kept(page: Page) -> list[str]:
    """What the tab remembers of log-ins."""
    return [str(key) for key in page.evaluate("Object.keys(sessionStorage)") if key != "machi.position"]


def test_the_portal_asks_for_a_code_with_pkce_state_and_nonce(page: Page, login: Login) -> None:
    page.goto("/shelters/flood/")
    sign_in(page)
    expect(page.get_by_role("button", name="ログアウト")).to_be_visible()
    asked = login.authorization
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/auth/callback/")
    rights = [
        f"machi/{area}.{way}" for area in ("profile", "account", "consents") for way in ("read", "write")
    ]
    assert asked["scope"].split(" ") == ["openid", "email", "profile", *rights]
    assert asked["lang"] == "ja"
    assert len(asked["nonce"]) == 32
    assert len(asked["state"]) >= 20


def test_no_two_log_ins_share_a_nonce(page: Page, login: Login) -> None:
    nonces = set()
    for _ in range(2):
        page.goto("/")
        sign_in(page)
        expect(page.get_by_role("button", name="ログアウト")).to_be_visible()
        nonces.add(login.authorization["nonce"])
        page.get_by_role("button", name="ログアウト").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("ログアウトしました")
    assert len(nonces) == 2


def test_the_citizen_comes_back_to_the_page_and_place_they_left(page: Page) -> None:
    page.goto("/en/shelters/?from=test#use-title")
    sign_in(page, "Sign in")
    page.wait_for_url("**/en/shelters/?from=test#use-title")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "/auth/callback/",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(page: Page, elsewhere: str) -> None:
    page.add_init_script(
        f"""if (location.pathname === '/auth/callback/') {{
          sessionStorage.setItem('machi.way', JSON.stringify({{ returnTo: {elsewhere!r}, language: 'ja' }}));
        }}"""
    )
    page.goto("/contact/")
    sign_in(page)
    page.wait_for_url(re.compile(r"^http://localhost:\d+/$"))


def test_tokens_live_in_the_tab_only(page: Page, context: BrowserContext) -> None:
    page.goto("/")
    sign_in(page)
    expect(page.get_by_role("button", name="ログアウト")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []
    assert context.cookies() == []
    assert "token" not in page.evaluate("location.href")
    other = context.new_page()
    other.goto("/")
    expect(other.get_by_role("banner").get_by_role("link", name="ログイン")).to_be_visible()


@pytest.mark.parametrize("name", ["iss", "aud", "nonce"])
def test_an_id_token_that_is_not_for_us_is_refused(page: Page, login: Login, name: str) -> None:
    login.claims = {name: "somebody-else"}
    page.goto("/")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("ログインできませんでした")
    assert not [key for key in kept(page) if "user" in key]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"error": "access_denied"}, "ログインが取り消されました。"),
        ({"error": "server_error", "error_description": "<b>oops</b>"}, "ログインの画面で問題が起きました。"),
    ],
)
def test_what_the_log_in_refuses_is_said_in_words(
    page: Page, login: Login, answer: dict[str, str], message: str
) -> None:
    login.answer = answer
    page.goto("/")
    sign_in(page)
    expect(page.locator("failure-reason p:visible")).to_contain_text(message)
    assert "oops" not in page.content()


def test_a_failed_log_in_is_explained_in_the_reader_s_language(page: Page, login: Login) -> None:
    login.answer = {"error": "access_denied"}
    page.goto("/vi/")
    sign_in(page, "Đăng nhập")
    page.wait_for_url("**/vi/auth/failed/?reason=cancelled")
    expect(page.get_by_role("heading", level=1)).to_have_text("Không đăng nhập được")


def test_a_forged_answer_is_refused(page: Page, login: Login) -> None:
    page.goto("/auth/callback/?code=stolen&state=forged")
    page.wait_for_url("**/auth/failed/?reason=expired")
    assert login.calls("/oauth2/token") == []


def test_an_answer_works_once(page: Page, login: Login) -> None:
    page.goto("/")
    answers: list[str] = []
    page.on(
        "request", lambda request: answers.append(request.url) if "/auth/callback/?" in request.url else None
    )
    sign_in(page)
    expect(page.get_by_role("button", name="ログアウト")).to_be_visible()
    page.goto(answers[0])
    page.wait_for_url("**/auth/failed/?reason=expired")
    assert len(login.calls("/oauth2/token")) == 1


def test_a_log_in_out_of_reach_is_said_in_words(page: Page, context: BrowserContext) -> None:
    page.goto("/")
    context.route("**/config.json", lambda route: route.abort())
    sign_in(page)
    expect(page.locator("failure-reason p:visible")).to_contain_text("通信できませんでした")


def test_signing_out_forgets_everything_and_ends_the_hosted_log_in(page: Page, login: Login) -> None:
    page.goto("/mypage/")
    sign_in(page)
    expect(page.get_by_label("姓", exact=True)).to_have_value("一宮")
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ログアウトしました")
    (out,) = login.calls("/logout")
    assert out["client_id"] == CLIENT
    assert out["logout_uri"].endswith("/auth/signed-out/")
    (revoked,) = login.calls("/oauth2/revoke")
    assert revoked["token"].startswith("refresh-")
    page.wait_for_function("() => sessionStorage.length === 0")
    page.goto("/mypage/")
    expect(page.get_by_role("heading", name="ログインしてください")).to_be_visible()


def test_a_reader_of_another_language_is_told_so_in_it(page: Page) -> None:
    page.goto("/zh-CN/")
    sign_in(page, "登录")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/zh-CN/auth/signed-out/")
    expect(page.get_by_role("heading", level=1)).to_have_text("已退出登录")


def test_signing_out_in_one_tab_signs_out_the_others(page: Page, context: BrowserContext) -> None:
    page.goto("/mypage/")
    sign_in(page)
    expect(page.get_by_label("姓", exact=True)).to_have_value("一宮")
    other = context.new_page()
    other.goto("/")
    sign_in(other)
    other.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", name="もう一度ログインしてください")).to_be_visible()
    assert kept(page) == []
    expect(page.get_by_role("banner").get_by_role("link", name="ログイン")).to_be_visible()
