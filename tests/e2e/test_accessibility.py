"""Whether everybody can use every page: axe, narrow screens, large text, keyboard, forced colours."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from machi.datasets import Hazard
from portal_site.locales import LOCALES, Locale
from portal_site.pages import hazard_page
from portal_site.site import Site
from tests.e2e.conftest import NewPage, portal_for

WCAG_22_AA = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # The rest of the report is long, and nobody reads it here.
    "resultTypes": ["violations"],
}

_PASSED_THROUGH = {"auth/callback/", "account/linked/", "terms/accept/"}
"""Pages that lead on at once; the last is looked at in test_account_pages."""
_PAGES = [page for page in portal_for("http://localhost").pages if page.path not in _PASSED_THROUGH]
# The lists by danger differ in nothing but their length; one in each language is enough.
_ONCE = [page for page in _PAGES if page.values.get("show") != "hazard" or page == hazard_page(Hazard.FLOOD)]
_IN_JAPANESE = [f"/{page.path}" for page in _PAGES]
_IN_ENGLISH = [f"/en/{page.path}" for page in _ONCE]
_IN_OTHERS = [
    f"/{code}/{path}"
    for code in ("ja-easy", "pt-BR", "zh-CN", "vi")
    for path in ("", "shelters/stay/", "mypage/", "register/")
]


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds, each with the places."""
    found: list[dict[str, Any]] = Axe().run(page, options=WCAG_22_AA).response["violations"]
    return [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("path", _IN_JAPANESE + _IN_ENGLISH + _IN_OTHERS)
def test_axe_finds_nothing_on_a_page_at_phone_and_laptop_width(new_page: NewPage, path: str) -> None:
    page = new_page(width=375)
    page.goto(path)
    if path not in {"/shelters/", "/shelters/stay/"}:
        # The same entries as there, and axe takes ten seconds for a hundred of them.
        page.evaluate(
            "for (const entry of document.querySelectorAll('.facility:nth-child(n+13)')) entry.remove()"
        )
    assert violations(page) == []
    if path in _IN_JAPANESE:  # at 1280 pixels, other languages differ in their letters only
        page.set_viewport_size({"width": 1280, "height": 900})
        assert violations(page) == []


def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('h1').style.color = '#cccccc'")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert {rule for rule, _ in violations(page)} == {"color-contrast", "html-has-lang"}


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.code)
def test_no_page_scrolls_sideways_at_320_pixels(new_page: NewPage, site: Site, locale: Locale) -> None:
    page = new_page(width=320)
    too_wide = {}
    for each in site.pages:
        if site.has(each, locale) and each.path not in _PASSED_THROUGH:
            page.goto(site.path(each, locale))
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                too_wide[each.path] = width
    assert too_wide == {}


@pytest.mark.parametrize("path", ["/", "/shelters/", "/data/", "/en/mypage/", "/vi/", "/pt-BR/register/"])
def test_text_twice_as_large_still_fits(new_page: NewPage, path: str) -> None:
    page = new_page(width=1280)
    page.goto(path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/shelters/", "/shelters/flood/", "/mypage/", "/data/", "/errors/404.html"),
        *("/register/", "/sign-in/", "/reset-password/"),
    ],
)
def test_what_is_to_be_pressed_is_at_least_24_pixels_in_both_directions(new_page: NewPage, path: str) -> None:
    page = new_page(width=375)
    page.goto(path)
    page.locator(".language-menu__summary").click()
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, input, select')]
          .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== 'inline')
          .filter((element) => !element.matches('.skip-link'))
          .map((element) => [element.textContent.trim() || element.id, element.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24)
          .map(([text]) => text)"""
    )
    assert small == []


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(page: Page) -> None:
    page.goto("/")
    expected = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary')]
          .filter((element) => element.checkVisibility())
          .map((element) => element.textContent.trim())"""
    )
    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached == expected


@pytest.mark.parametrize("path", ["/", "/shelters/flood/", "/mypage/", "/register/"])
@pytest.mark.parametrize("colours", ["none", "active"])
def test_whatever_has_the_focus_shows_it(new_page: NewPage, path: str, colours: str) -> None:
    page = new_page(forced_colors=colours)
    page.goto(path)
    for _ in range(14):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
              const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
              return [document.activeElement.textContent.trim(), outlineStyle, parseFloat(outlineWidth)];
            }"""
        )
        assert focused[1] != "none", focused
        assert focused[2] >= 2, focused


def test_the_first_tab_offers_a_way_past_the_menu(page: Page) -> None:
    page.goto("/shelters/")
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    assert link.evaluate("(element) => element === document.activeElement")
    assert link.evaluate("(element) => getComputedStyle(element).clipPath") == "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_forced_colours_still_tell_the_chosen_filter_and_show_buttons_as_buttons(new_page: NewPage) -> None:
    page = new_page(forced_colors="active")
    page.goto("/shelters/flood/")

    def border(selector: str) -> float:
        width = page.locator(selector).first.evaluate(
            "(element) => parseFloat(getComputedStyle(element).borderTopWidth)"
        )
        return float(width)

    chosen, other = ".hazard-filter__link[aria-current]", ".hazard-filter__link:not([aria-current])"
    assert border(chosen) > border(other) > 0
    assert border(".button--primary") > 0


def test_the_language_menu_closes_with_escape_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/data/")
    page.locator(".language-menu__summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="Tiếng Việt").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Tiếng Việt").is_visible()
    assert page.evaluate("document.activeElement.className") == "language-menu__summary"


def test_nothing_moves_smoothly_for_readers_who_want_no_motion(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
