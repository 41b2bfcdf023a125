"""Whether the portal can be read, and the right place found, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage


@pytest.fixture
def plain(new_page: NewPage) -> Page:
    """A page in a browser that runs no script."""
    return new_page(width=375, java_script_enabled=False)


def test_every_place_can_be_read(plain: Page) -> None:
    plain.goto("/shelters/")
    assert plain.locator("[data-kind=site] .facility__part:visible").count() == 177
    assert plain.locator("[data-kind=shelter]:visible").count() == 64


def test_nothing_is_shown_that_would_not_work(plain: Page) -> None:
    plain.goto("/shelters/")
    expect(plain.get_by_role("button")).to_have_count(0)
    expect(plain.locator("shelter-map")).to_be_hidden()
    expect(plain.locator("input")).to_be_hidden()


def test_the_right_places_are_found_by_danger(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("link", name="洪水").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("洪水のときの避難場所")
    assert plain.locator(".facility__part:visible").count() == 100
    plain.get_by_role("navigation", name="何から逃げますか").get_by_role("link", name="地震").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("地震のときの避難場所")
    assert plain.locator(".facility__part:visible").count() == 77


def test_the_language_can_be_changed(plain: Page) -> None:
    plain.goto("/shelters/stay/")
    plain.locator(".language-menu__summary").click()
    plain.get_by_role("link", name="English").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Evacuation shelters (to stay a while)")


def test_the_ways_in_say_what_signing_in_needs(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("banner").get_by_role("link", name="ログイン").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("ログイン")
    # By element: Playwright's text search passes over <noscript>.
    expect(plain.locator("noscript p")).to_be_visible()
    expect(plain.locator("noscript p")).to_contain_text("JavaScriptを有効にしてください")
    expect(plain.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/mypage/", "/account/", "/account/history/", "/register/", "/reset-password/", "/welcome/"]
)
def test_a_page_that_needs_scripts_says_so_and_shows_nothing_that_would_not_work(
    plain: Page, path: str
) -> None:
    plain.goto(path)
    expect(plain.locator("noscript p").first).to_contain_text("JavaScriptを有効にしてください")
    expect(plain.get_by_role("main").get_by_role("button")).to_have_count(0)
    expect(plain.get_by_role("main").locator("input:visible")).to_have_count(0)


def test_the_terms_can_be_read(plain: Page) -> None:
    plain.goto("/terms/")
    expect(plain.get_by_role("heading", name="第12条（退会）")).to_be_visible()


def test_a_failed_log_in_still_says_something(plain: Page) -> None:
    plain.goto("/auth/failed/?reason=cancelled")
    expect(plain.locator("failure-reason p:visible")).to_have_text(
        "ログインの途中で問題が起きました。もう一度お試しください。"
    )


def test_an_address_that_does_not_exist_shows_the_page_for_it(plain: Page) -> None:
    response = plain.goto("/no/such/page")
    assert response is not None
    assert response.status == 404
    expect(plain.get_by_role("heading", level=1)).to_have_text("ページが見つかりません")
    plain.get_by_role("link", name="Page not found").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Page not found")
