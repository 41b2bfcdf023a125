"""The consent page in Chromium: without script, on a narrow phone, with axe, in every language."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from machi.core.language import Language
from tests.integration.partners.people import Newcomer
from tests.platform import Platform

PATIENCE = 60_000  # milliseconds; functions start cold
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
_SMALLEST_TARGET = 24  # CSS pixels, WCAG 2.2 success criterion 2.5.8


@contextmanager
def at_consent(chromium: Browser, citizen: Newcomer, kencom: str, *, scripts: bool) -> Iterator[Page]:
    """The consent page of kencom at 320 px."""
    context = chromium.new_context(
        locale="ja-JP", viewport={"width": 320, "height": 640}, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{kencom}/sign-in")
    page.fill("input[name=username]", citizen.account.email)
    page.fill("input[name=password]", citizen.account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/connect/consent?**")
    yield page
    context.close()


@pytest.fixture
def page(chromium: Browser, citizen: Newcomer, kencom: str) -> Iterator[Page]:
    """In a browser that runs no script of the page's."""
    with at_consent(chromium, citizen, kencom, scripts=False) as page:
        yield page


@pytest.fixture
def examined(chromium: Browser, citizen: Newcomer, kencom: str) -> Iterator[Page]:
    """In one that lets axe look around."""
    with at_consent(chromium, citizen, kencom, scripts=True) as page:
        yield page


def test_the_page_works_without_script_by_keyboard_alone(page: Page, kencom: str) -> None:
    page.focus("input[value=ward]")
    page.keyboard.press("Space")
    page.focus("button[value=give]")
    page.keyboard.press("Enter")

    page.wait_for_url(f"{kencom}/")
    assert '"signedIn":true' in page.content().replace(" ", "")
    assert '"ward":"miyanishi"' in page.content().replace(" ", "")


def test_nothing_is_ticked_and_the_two_buttons_are_the_same_size(page: Page) -> None:
    assert page.locator("input:checked").count() == 0
    give, deny = (page.locator(f"button[value={value}]").bounding_box() for value in ("give", "deny"))

    assert give is not None
    assert deny is not None
    assert (give["width"], give["height"]) == (deny["width"], deny["height"])


@pytest.mark.parametrize("language", Language)
def test_it_fits_a_narrow_phone_and_breaks_no_rule_of_accessibility(
    examined: Page, language: Language
) -> None:
    page = examined
    page.goto(f"{page.url}&lang={language.value}")
    overflow = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    targets = page.locator("a, button, input:not([type=hidden])").evaluate_all(
        "found => found.map(each => each.getBoundingClientRect()).map(box => [box.width, box.height])"
    )

    report = Axe().run(page, options=RULES)

    assert report.response["violations"] == [], report.generate_report()
    assert overflow == 0
    assert all(min(size) >= _SMALLEST_TARGET for size in targets), targets


def test_the_pages_of_errors_are_accessible_too(chromium: Browser, platform: Platform) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    answer = page.goto(f"{platform.outputs.connect_url}/authorize?client_id=unknown", timeout=PATIENCE)

    assert answer is not None
    assert (answer.status, urlsplit(page.url).path) == (400, "/connect/authorize")
    assert Axe().run(page, options=RULES).response["violations"] == []
    context.close()
