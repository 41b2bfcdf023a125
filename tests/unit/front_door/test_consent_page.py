"""The consent page: what it shows, in which order, and what it takes for a decision."""

import base64
import re
from hashlib import sha256
from html import unescape

import pytest

from machi.consent.record import ConsentState
from machi.core.language import Language
from machi.identity import data_items
from tests.unit.applications.builders import KENCOM, KENCOM_CALLBACK
from tests.unit.connect.builders import API, AUTH, HANAKO, asked, query_of, without_query
from tests.unit.consent.builders import agreement
from tests.unit.front_door.browser import Browser, Page
from tests.unit.front_door.house import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def browser(house: House) -> Browser:
    return house.browser()


@pytest.fixture
def page(house: House, browser: Browser) -> Page:
    return house.consent_page(browser)


def words_of(page: Page) -> str:
    """What a person reads, without markup and readings."""
    text = re.sub(r"<(style|title)>.*?</\1>", "", page.text, flags=re.DOTALL)
    text = re.sub(r"<r[pt]>.*?</r[pt]>", "", text)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)))


def test_everything_is_said_in_the_order_in_which_it_matters(page: Page) -> None:
    words = words_of(page)
    in_order = [
        "健康の助言",  # purpose
        "歩数に合う助言",  # benefit
        "お名前",  # items, with values
        "一宮 花子",
        "1950年4月1日",
        "宮西",
        "一宮市 から DeSCヘルスケア株式会社（日本）へ",
        "ログインするたび",  # how often
        "まで。",  # until when
        "助言は届きません",  # refusal
        "助言が止まります",  # withdrawal
        "同意する",
        "同意しない",
    ]

    assert page.status == 200
    places = [words.index(part, words.index("目的")) for part in in_order[:-2]]
    assert places == sorted(places)
    assert words.rindex("助言が止まります") < words.rindex("同意する 同意しない")


def test_nothing_is_ticked_beforehand_and_the_buttons_are_alike(page: Page) -> None:
    form = page.form

    assert [(box["name"], box["value"]) for box in form.boxes] == [("item", "ward")]
    assert all("checked" not in box for box in form.boxes)
    give, deny = form.buttons
    assert (give.pop("value"), deny.pop("value")) == ("give", "deny")
    assert give == deny == {"class": "button", "name": "decision"}


def test_the_page_needs_no_script_and_loads_nothing(page: Page) -> None:
    assert "<script" not in page.text
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", page.text)
    assert re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert all(
        address.startswith(("/connect/", "https://my.example.jp/", "https://kencom.jp/", "data:,"))
        for address in re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    )


def test_no_other_site_can_frame_the_page_or_bend_its_form(page: Page) -> None:
    policy = page.header("content-security-policy")
    found = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert found is not None
    style = base64.b64encode(sha256(unescape(found[1]).encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; "
        f"form-action 'self' {AUTH} https://kencom.example; base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.header("x-frame-options") == "DENY"
    assert page.header("cache-control") == "no-store"
    assert page.header("referrer-policy") == "same-origin"
    assert page.header("x-content-type-options") == "nosniff"
    assert page.header("strict-transport-security") == "max-age=31536000"


@pytest.mark.parametrize("language", Language)
def test_it_speaks_every_language_and_can_be_changed_to_any(
    house: House, browser: Browser, language: Language
) -> None:
    first = house.consent_page(browser)
    links = dict(re.findall(r'href="(/connect/consent\?[^"]+lang=([^"&]+))"', first.text))
    address = next((unescape(link) for link, tag in links.items() if tag == language.value), None)
    if language is Language.JAPANESE:
        assert address is None, "the language it is in is no link"
        return
    assert address is not None

    page = browser.get(address)

    tag = "ja" if language is Language.EASY_JAPANESE else language.value
    assert f'<html lang="{tag}">' in page.text
    assert page.header("content-language") == tag
    assert not re.search(r"\{[a-z_]+\}|\[[^\]]*\|", words_of(page)), "every value is put in"
    assert page.form.hidden["lang"] == language.value
    assert house.agree(browser, page).status == 303
    stored = house.city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.language is language


def test_the_partner_may_say_which_language_its_citizen_reads(house: House, browser: Browser) -> None:
    page = house.consent_page(browser, asked(ui_locales="vi"))

    assert '<html lang="vi">' in page.text


def test_a_value_that_was_never_told_is_said_to_be_missing(house: House, browser: Browser) -> None:
    house.city.agreements.add(agreement(2, required=("phone",), optional=()))

    assert "登録がないので渡りません" in house.consent_page(browser).text


def test_every_item_of_the_catalogue_can_be_shown_in_every_language(house: House, browser: Browser) -> None:
    house.city.agreements.add(agreement(2, required=data_items.WORDED, optional=("ShoeSize.value",)))
    first = house.consent_page(browser)

    def shown(language: Language) -> str:
        address = f"/connect/consent?request={first.form.hidden['request']}&lang={language.value}"
        return words_of(browser.get(address))

    words = shown(Language.ENGLISH)
    for part in ("Female", "hanako@example.jp", "Disasters", "Confirmed with the My Number card", "日本語"):
        assert part in words
    assert "What services have recorded" in words
    assert "ShoeSize.value" in words
    assert "[" not in shown(Language.EASY_JAPANESE), "readings are ruby everywhere"


def test_what_others_wrote_cannot_become_markup(house: House, browser: Browser) -> None:
    house.city.agreements.add(agreement(2, recipient='<img src=x onerror="alert(1)">'))

    page = house.consent_page(browser)

    assert "<img" not in page.text
    assert "&lt;img" in page.text


def test_a_look_at_the_values_is_recorded(house: House, page: Page) -> None:
    assert page.status == 200
    assert house.looks == [(HANAKO, "request-1")]


def test_who_does_not_agree_is_sent_back_and_nothing_is_given(
    house: House, browser: Browser, page: Page
) -> None:
    answer = browser.post("/connect/consent", {**page.form.hidden, "decision": "deny"})

    assert without_query(answer.location) == KENCOM_CALLBACK
    told = query_of(answer.location)
    assert (told["error"], told["state"]) == ("access_denied", "state-of-kencom")
    assert house.city.state(KENCOM) is ConsentState.DENIED


class TestForgedForms:
    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://kencom.example", ""])
    def test_a_form_on_another_site_decides_nothing(
        self, house: House, browser: Browser, page: Page, origin: str
    ) -> None:
        answer = browser.post("/connect/consent", {**page.form.hidden, "decision": "give"}, origin=origin)

        assert answer.status == 403
        assert house.city.state(KENCOM) is ConsentState.REQUESTED

    @pytest.mark.parametrize(
        "changes",
        [
            {"form_token": ""},
            {"form_token": "x" * 43},
            {"form_token": "あ"},
            {"request": "x" * 43},
            {"request": ""},
            {"decision": ""},
            {"decision": "maybe"},
            {"revision": "one"},
            {"revision": "9" * 5000},
        ],
    )
    def test_a_form_that_we_did_not_make_decides_nothing(
        self, house: House, browser: Browser, page: Page, changes: dict[str, str]
    ) -> None:
        answer = browser.post("/connect/consent", {**page.form.hidden, "decision": "give", **changes})

        assert answer.status == 400
        assert house.city.state(KENCOM) is ConsentState.REQUESTED

    def test_a_form_in_a_browser_without_the_session_decides_nothing(self, house: House, page: Page) -> None:
        answer = house.browser().post("/connect/consent", {**page.form.hidden, "decision": "give"})

        assert answer.status == 400
        assert house.city.state(KENCOM) is ConsentState.REQUESTED

    def test_the_same_form_decides_once(self, house: House, browser: Browser, page: Page) -> None:
        assert house.agree(browser, page).status == 303

        again = browser.post("/connect/consent", {**page.form.hidden, "decision": "deny"})

        assert again.status == 400
        assert house.city.state(KENCOM) is ConsentState.GIVEN

    def test_only_a_form_is_read(self, house: House, browser: Browser, page: Page) -> None:
        many = [str(number) for number in range(200)]

        answer = browser.post("/connect/consent", {**page.form.hidden, "decision": "give", "item": many})

        assert answer.status == 400
        assert house.city.state(KENCOM) is ConsentState.REQUESTED

    def test_another_browser_sees_nothing_of_the_page(self, house: House, page: Page) -> None:
        answer = house.browser().get(f"{API}/connect/consent?request={page.form.hidden['request']}")

        assert answer.status == 400
        assert "花子" not in answer.text


def test_an_agreement_that_changed_meanwhile_is_shown_again(
    house: House, browser: Browser, page: Page
) -> None:
    house.city.agreements.add(agreement(2, required=("name", "address"), optional=()))

    again = house.agree(browser, page)

    assert again.status == 409
    assert "内容が変わりました" in again.text
    assert house.city.state(KENCOM) is ConsentState.REQUESTED
    assert house.agree(browser, again).status == 303
    stored = house.city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.revision == 2
