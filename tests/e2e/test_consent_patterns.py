"""The consent screen of the front door, and the centre, favour no answer, in any of six languages."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from machi.core.language import Language
from portal_site.locales import LOCALES, Locale
from tests.e2e.centre import EVERY_LANGUAGE, opened
from tests.e2e.dark_patterns import PUSHING, Pair, faults_of_boxes, faults_of_pair, faults_of_words
from tests.e2e.test_accessibility import violations
from tests.unit.connect.builders import API
from tests.unit.front_door.house import House

Contexts = Callable[..., BrowserContext]
SMALL = {"width": 320, "height": 640}
WIDTHS = (375, 1280)


@pytest.fixture
def small(new_context: Contexts) -> Iterator[Page]:
    """A small phone."""
    page = new_context(width=SMALL["width"]).new_page()
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    yield page
    page.close()


def drawn(language: Language) -> tuple[str, str]:
    """The front door's page and its content policy, as the function answers."""

    def answer() -> tuple[str, str]:
        house = House()
        browser = house.browser(language.value)
        with closing(asyncio.new_event_loop()) as loop:
            asyncio.set_event_loop(loop)
            waiting = house.consent_page(browser).form.hidden["request"]
            found = browser.get(f"/connect/consent?request={waiting}&lang={language.value}")
        return found.text, found.header("content-security-policy") or ""

    # The browser's driver has this thread's loop running, and the function wants one for itself.
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(answer).result()


def show_screen(page: Page, language: Language) -> None:
    """The page as a citizen gets it."""
    text, policy = drawn(language)
    page.route(
        f"{API}/**",
        lambda route: route.fulfill(
            body=text,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy},
        ),
    )
    page.goto(f"{API}/connect/consent")


def screen_pair(page: Page) -> Pair:
    return Pair(page.locator("button[value=give]"), page.locator("button[value=deny]"))


@pytest.mark.parametrize("language", Language)
def test_the_consent_screen_favours_no_answer(small: Page, language: Language) -> None:
    show_screen(small, language)

    assert faults_of_pair(small, screen_pair(small)) == []
    assert faults_of_boxes(small.locator("form")) == []
    assert faults_of_words(small.locator("body").inner_text(), language.value) == []
    assert small.locator("form input[type=checkbox]").count() == 1, "the optional item, on its own"
    assert small.locator("script, [role=timer], progress, marquee").count() == 0


@pytest.mark.parametrize("language", Language)
def test_the_consent_screen_keeps_its_order_and_is_accessible(small: Page, language: Language) -> None:
    show_screen(small, language)

    assert small.locator("h2").evaluate_all("(found) => found.map((each) => each.id)") == [
        *("purpose", "benefit", "items", "parties", "frequency", "until", "refusal", "withdrawal"),
    ]
    buttons = small.locator("form button").evaluate_all("(found) => found.map((each) => each.value)")
    assert buttons == ["give", "deny"]
    for width in WIDTHS:
        small.set_viewport_size({"width": width, "height": 900})
        # The tool's own style is not of the page, which allows none but its own.
        assert violations(small) == []


@EVERY_LANGUAGE
def test_the_centre_favours_no_answer(new_context: Contexts, locale: Locale) -> None:
    page, _ = opened(new_context(width=SMALL["width"]), "consents/", locale)
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    for waiting in page.locator("[data-role=unfinished] .service").all():
        waiting.locator("[data-action=open]").click()
        form = waiting.locator("form")
        expect(form).to_be_visible()
        assert (
            faults_of_pair(page, Pair(form.locator("[data-action=give]"), form.locator("[data-action=deny]")))
            == []
        )
        assert faults_of_boxes(form) == []
        order = form.locator("button:visible").evaluate_all(
            "(found) => found.map((each) => each.dataset.action)"
        )
        assert order[:2] == ["give", "deny"], "in the order of the consent screen"
    assert faults_of_words(page.locator("main").inner_text(), locale.code) == []


@EVERY_LANGUAGE
def test_stopping_is_asked_about_without_pushing(new_context: Contexts, locale: Locale) -> None:
    page, _ = opened(new_context(width=SMALL["width"]), "consents/", locale)
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    for place, act in (("[data-role=services] .service", "withdraw"), ("[data-role=stop-section]", "stop")):
        steps = page.locator(f"{place} [data-two-steps]")
        steps.locator("[data-action=ask]").click()
        pair = Pair(steps.locator("[data-action=no]"), steps.locator(f"[data-action={act}]"))
        assert faults_of_pair(page, pair) == []
        assert faults_of_words(steps.inner_text(), locale.code) == []


def test_ending_takes_no_more_presses_than_giving(new_context: Contexts) -> None:
    page, _ = opened(new_context(width=375), "consents/")
    news = page.locator("[data-role=news]")

    def presses(*actions: str) -> int:
        for action in actions:
            page.locator(f"{action}:visible").first.click()
        expect(news).not_to_have_text("")
        return len(actions)

    given = presses("[data-role=unfinished] [data-action=open]", "[data-action=give]")
    ended = presses("[data-role=services] [data-action=ask]", "[data-action=withdraw]")
    everything = presses("[data-role=stop-section] [data-action=ask]", "[data-action=stop]")

    assert ended <= given
    assert everything <= given


def test_my_page_leads_to_the_centre(new_context: Contexts) -> None:
    page, _ = opened(new_context(width=375), "consents/")
    page.goto("/mypage/")
    page.get_by_role("link", name="同意センター").click()
    expect(page.locator("[data-role=services] [data-action=ask]")).to_be_visible()


# ---- the measures themselves


def test_an_unfair_screen_is_found(small: Page) -> None:
    show_screen(small, Language.JAPANESE)
    small.evaluate(
        """() => {
          const give = document.querySelector('button[value=give]');
          const deny = document.querySelector('button[value=deny]');
          Object.assign(give.style, { backgroundColor: '#0017c1', color: '#ffffff', minHeight: '5rem' });
          Object.assign(deny.style, { color: '#cccccc' });
          document.querySelector('input[type=checkbox]').checked = true;
          document.querySelector('input[type=checkbox]').value = 'ward,address';
          const gap = document.createElement('div');
          gap.style.minHeight = '2000px';
          deny.before(gap);
          document.querySelector('.buttons').style.display = 'block';
        }"""
    )

    found = " ".join(faults_of_pair(small, screen_pair(small)))
    assert re.search(r"sizes.*looks.*hard to read.*out of sight", found), found
    assert len(faults_of_boxes(small.locator("form"))) == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "本当にやめますか。残念です"),
        ("ja-easy", "ほんとうに やめますか"),
        ("en", "Are you sure? You will miss out. 00:09:59"),
        ("pt-BR", "Tem certeza? Que pena"),
        ("zh-CN", "您真的要停止吗？太可惜了"),
        ("vi", "Bạn có chắc không? Thật đáng tiếc"),
    ],
)
def test_words_that_push_are_found(language: str, words: str) -> None:
    assert len(faults_of_words(words, language)) >= (1 if language == "ja-easy" else 2)


def test_every_language_has_its_list() -> None:
    assert set(PUSHING) == {locale.code for locale in LOCALES}
