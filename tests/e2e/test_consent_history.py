"""連携履歴: who and why in plain words, filters, reports, files, and what is said when there is nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_site.locales import Locale
from tests.e2e.centre import EVERY_LANGUAGE, open_page, opened
from tests.e2e.centre_api import CentreApi, entry
from tests.e2e.login import Login
from tests.e2e.test_accessibility import violations

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def history(new_context: Contexts) -> tuple[Page, CentreApi]:
    """The page on a phone."""
    return opened(new_context(width=375), "history/")


def test_one_line_tells_who_did_what_and_why(history: tuple[Page, CentreApi]) -> None:
    page, _ = history
    entries = page.locator(".history-entry")
    expect(entries.locator("h3")).to_have_text(
        [
            *("kencom に情報を渡しました", "市の職員が情報を見ました", "kencom に渡すことに同意しました"),
            *("市の職員が、あなたの保護者を認めました", "kencom が、情報を渡すかどうかをたずねました"),
        ]
    )
    expect(entries.nth(0)).to_contain_text("健康づくりの記録を、あなたに合った助言に使うため")
    expect(entries.nth(0)).to_contain_text("サービスからの問い合わせ")
    expect(entries.nth(1)).to_contain_text("窓口での相談のため")
    expect(entries.nth(2)).to_contain_text("保護者が、かわりに行いました")
    expect(page.get_by_text("2026年11月1日 からの記録です。")).to_be_visible()


def test_entries_are_filtered_and_an_empty_result_leads_back(history: tuple[Page, CentreApi]) -> None:
    page, api = history
    page.get_by_label("できごと").select_option("staff-view")
    page.get_by_role("button", name="この条件で見る").click()
    expect(page.locator(".history-entry")).to_have_count(1)

    page.get_by_label("サービス").select_option("bus")
    page.get_by_role("button", name="この条件で見る").click()
    expect(page.get_by_text("この条件に合う記録はありません。")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="すべてを見る").click()
    expect(page.locator(".history-entry")).to_have_count(5)
    assert api.entries


def test_nothing_at_all_is_explained(new_context: Contexts) -> None:
    context = new_context(width=375)
    Login(context)
    CentreApi(context, entries=[])
    page = context.new_page()
    open_page(page, "/history/")

    expect(page.get_by_text("まだ何も記録されていません。")).to_be_visible()


def test_earlier_entries_are_read_page_by_page_and_the_reader_stays_where_they_begin(
    new_context: Contexts,
) -> None:
    context = new_context(width=375)
    Login(context)
    CentreApi(context, entries=[entry(number, "disclosed") for number in range(5)], page_size=3)
    page = context.new_page()
    open_page(page, "/history/")
    expect(page.locator(".history-entry")).to_have_count(3)

    page.get_by_role("button", name="さらに前を見る").click()

    expect(page.locator(".history-entry")).to_have_count(5)
    expect(page.locator(".history-entry").nth(3).locator("h3")).to_be_focused()
    expect(page.get_by_role("button", name="さらに前を見る")).to_be_hidden()


def test_every_entry_can_be_reported_and_gets_a_number(history: tuple[Page, CentreApi]) -> None:
    page, api = history
    assert page.locator(".history-entry summary").count() == page.locator(".history-entry").count()
    look = page.locator(".history-entry").nth(1)
    look.locator("summary").click()

    look.get_by_role("button", name="市に知らせる").click()
    expect(look.get_by_text("書いてから送ってください。")).to_be_visible()
    look.get_by_label("おかしいと思ったこと").fill("窓口には行っていません。")
    look.get_by_role("button", name="市に知らせる").click()

    expect(look.get_by_text("受付番号：R-2026-000123")).to_be_visible()
    (sent,) = api.sent(f"POST /citizen/v1/history/{api.entries[1]['id']}/report")
    assert sent == {"text": "窓口には行っていません。"}


def test_a_report_that_could_not_be_sent_stays_written(history: tuple[Page, CentreApi]) -> None:
    page, api = history
    look = page.locator(".history-entry").nth(1)
    api.refuse[f"POST /citizen/v1/history/{api.entries[1]['id']}/report"] = (0, None)
    look.locator("summary").click()
    look.get_by_label("おかしいと思ったこと").fill("行っていません。")
    look.get_by_role("button", name="市に知らせる").click()

    expect(look.locator("[data-role=status]")).to_contain_text("うまくいきませんでした")
    expect(look.get_by_label("おかしいと思ったこと")).to_have_value("行っていません。")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_history_is_saved_as_a_file(history: tuple[Page, CentreApi], form: str) -> None:
    page, api = history
    with page.expect_download() as download:
        page.locator(f"[data-action=download][data-format={form}]").click()

    assert download.value.suggested_filename == f"machi-history.{form}"
    assert len(json.loads(Path(download.value.path()).read_text())["entries"]) == len(api.entries)


@EVERY_LANGUAGE
def test_the_history_is_accessible_in_every_language(new_context: Contexts, locale: Locale) -> None:
    page, _ = opened(new_context(width=375), "history/", locale)
    page.locator(".history-entry summary").first.click()

    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert "%1" not in page.locator("[data-panel=content]").inner_text()
    assert all(text.strip() for text in page.locator(".history-entry h3").all_inner_texts())
