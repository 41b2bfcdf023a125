"""Receipts checked by anybody, requests under the law, and guardians."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_site.locales import Locale
from tests.e2e.centre import EVERY_LANGUAGE, open_page, opened
from tests.e2e.centre_api import GUARDIANSHIP, CentreApi, guardianship
from tests.e2e.login import Login
from tests.e2e.test_accessibility import violations

Contexts = Callable[..., BrowserContext]

CONTENT: dict[str, Any] = {
    "jti": "rcp_1",
    "receipt_metadata": {"created": "2026-11-10T00:00:00.000Z"},
    "pii_processing": {
        "purposes": [
            {
                "purpose": "健康の助言",
                "pii_information": [{"pii_type": "お名前"}, {"pii_type": "<b>生年月日</b>"}],
                "consequences_of_withdrawal": "消します。",
            }
        ]
    },
    "party_identification": [
        {"party_id": "city", "party_name": "一宮市", "party_contact": "0586-28-8100"},
        {"party_id": "recipient", "party_name": "株式会社ケンコム", "party_contact": "https://kencom.jp/"},
    ],
    "events": [{"valid_from": "2026-11-10T00:00:00.000Z", "valid_until": "2027-11-10T00:00:00.000Z"}],
}


def receipt(content: object = CONTENT) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJFUzI1NiJ9.{payload}.c2ln"


@pytest.fixture
def checking(new_context: Contexts) -> tuple[Page, CentreApi]:
    """The page for receipts, before anybody signed in."""
    context = new_context(width=375)
    api = CentreApi(context)
    page = context.new_page()
    page.goto("/receipts/")
    return page, api


def test_anybody_can_check_a_receipt_and_read_what_it_says(checking: tuple[Page, CentreApi]) -> None:
    page, api = checking
    page.get_by_label("または、控えの文字を貼り付ける").fill(f"{receipt()[:40]}\n{receipt()[40:]}")
    page.get_by_role("button", name="確かめる").click()

    expect(page.get_by_role("heading", name="本物の控えです")).to_be_visible()
    for words in ("株式会社ケンコム", "お名前 / <b>生年月日</b>", "2027年11月10日", "一宮市 (0586-28-8100)"):
        expect(page.locator("[data-role=content]")).to_contain_text(words)
    (sent,) = api.sent("POST /public/v1/receipts/verification")
    assert sent == {"receipt": receipt()}
    assert all("authorization" not in headers for _, _, headers in api.asked)
    assert violations(page) == []


@EVERY_LANGUAGE
def test_a_checked_receipt_is_accessible_in_every_language(new_context: Contexts, locale: Locale) -> None:
    context = new_context(width=375)
    CentreApi(context)
    page = context.new_page()
    page.goto(f"/{locale.prefix}receipts/")
    page.locator("textarea").fill(receipt())
    page.locator("form [type=submit]").click()
    expect(page.locator("[data-role=content]")).to_contain_text("株式会社ケンコム")

    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_receipt_that_is_not_ours_is_said_so_and_its_words_are_not_shown(
    checking: tuple[Page, CentreApi],
) -> None:
    page, api = checking
    api.is_receipt_valid = False
    page.get_by_label("または、控えの文字を貼り付ける").fill(receipt())
    page.get_by_role("button", name="確かめる").click()

    expect(page.get_by_role("heading", name="本物と確かめられませんでした")).to_be_visible()
    expect(page.locator("[data-role=content]")).to_be_hidden()


@pytest.mark.parametrize(
    ("typed", "words"), [("", "ファイルを選ぶか"), ("これは控えではない", "控えとして読めない")]
)
def test_what_is_no_receipt_is_not_sent(checking: tuple[Page, CentreApi], typed: str, words: str) -> None:
    page, api = checking
    page.get_by_label("または、控えの文字を貼り付ける").fill(typed)
    page.get_by_role("button", name="確かめる").click()

    expect(page.locator("[data-role=status]")).to_contain_text(words)
    assert api.asked == []


def test_a_receipt_is_taken_from_a_file(checking: tuple[Page, CentreApi]) -> None:
    page, _ = checking
    page.get_by_label("控えのファイルを選ぶ").set_input_files(
        {"name": "machi-kencom.jws", "mimeType": "application/jose", "buffer": receipt().encode()}
    )
    expect(page.get_by_label("または、控えの文字を貼り付ける")).to_have_value(receipt())


def test_a_request_under_the_law_is_filed_seen_and_taken_back(new_context: Contexts) -> None:
    page, api = opened(new_context(width=375), "requests/")
    expect(page.get_by_text("まだ請求はありません。")).to_be_visible()

    page.get_by_role("button", name="請求を送る").click()
    expect(page.locator("#law-kind-error")).to_be_visible()
    expect(page.locator("#law-text-error")).to_be_visible()
    assert api.sent("POST /citizen/v1/law-requests") == []
    page.get_by_label("訂正").check()
    page.get_by_label("くわしい内容").fill("住所がちがいます。")
    page.get_by_role("button", name="請求を送る").click()

    expect(page.locator("[data-role=news]")).to_have_text("受け付けました。受付番号：L-2026-000001")
    filed = page.locator(".service")
    expect(filed).to_contain_text("2026年12月25日")
    assert api.sent("POST /citizen/v1/law-requests") == [{"kind": "correction", "text": "住所がちがいます。"}]
    filed.get_by_role("button", name="請求を取り下げる").click()
    filed.get_by_role("button", name="取り下げる", exact=True).click()
    expect(page.locator("[data-role=news]")).to_have_text("取り下げました。")


def test_the_decision_on_a_request_is_shown_with_its_reason(new_context: Contexts) -> None:
    context = new_context(width=375)
    Login(context)
    decision = {
        "outcome": "partly-granted",
        "reason": "一部は法第78条により見せられません。",
        "at": "2026-12-20T00:00:00.000Z",
    }
    asked = {
        "number": "L-1",
        "kind": "disclosure",
        "text": "すべて",
        "state": "decided",
        "receivedAt": "2026-11-25T00:00:00.000Z",
        "dueOn": "2026-12-25",
        "extensionReason": None,
        "identityProved": True,
        "decision": decision,
    }
    CentreApi(context, requests=[asked])
    page = context.new_page()
    open_page(page, "/requests/")

    expect(page.locator(".service")).to_contain_text("一部を認めました")
    expect(page.locator(".service")).to_contain_text("一部は法第78条により見せられません。")
    expect(page.get_by_role("button", name="請求を取り下げる")).to_be_hidden()


def test_a_child_shows_a_code_and_the_guardian_asks_with_it(new_context: Contexts) -> None:
    page, api = opened(new_context(width=375), "guardians/")
    page.get_by_role("button", name="コードを出す").click()
    expect(page.locator("[data-role=code]")).to_have_text("AB12-CD34")

    page.get_by_label("お子さんのコード").fill("WRONG")
    page.get_by_label("サービスへの同意").check()
    page.get_by_role("button", name="申し込む").click()
    expect(page.locator("#child-code-error")).to_have_text("コードがちがうか、時間が過ぎています。")
    page.get_by_label("お子さんのコード").fill("AB12-CD34")
    page.get_by_role("button", name="申し込む").click()

    expect(page.locator("[data-role=news]")).to_contain_text("市の窓口で書類を見せてください。")
    expect(page.locator(".service")).to_contain_text("市が確認中")
    assert api.sent("POST /citizen/v1/guardianships")[-1] == {
        "childCode": "AB12-CD34",
        "powers": ["consents"],
    }


def test_no_power_is_ticked_beforehand_and_either_side_ends_it_in_two_steps(new_context: Contexts) -> None:
    context = new_context(width=375)
    Login(context)
    CentreApi(context, guardianships=[guardianship()])
    page = context.new_page()
    open_page(page, "/guardians/")
    assert page.locator("input:checked").count() == 0
    link = page.get_by_role("link", name="お子さんの同意センターを見る")
    expect(link).to_have_attribute("href", f"/consents/?for={GUARDIANSHIP}")

    page.get_by_role("button", name="終わりにする").click()
    page.get_by_role("button", name="終わりにする").click()

    expect(page.locator("[data-role=news]")).to_have_text("終わりにしました。")
    expect(link).to_be_hidden()


def test_a_protected_child_is_told_that_the_guardian_sees_nothing(new_context: Contexts) -> None:
    context = new_context(width=375)
    Login(context)
    CentreApi(context, guardianships=[guardianship(role="child", isProtected=True, name="一宮 太郎")])
    page = context.new_page()
    open_page(page, "/guardians/")

    expect(page.get_by_text("この人には、あなたの情報は見えません")).to_be_visible()
    expect(page.get_by_role("link", name="お子さんの同意センターを見る")).to_be_hidden()


@EVERY_LANGUAGE
@pytest.mark.parametrize("path", ["requests/", "guardians/"])
def test_these_pages_are_accessible_in_every_language(
    new_context: Contexts, locale: Locale, path: str
) -> None:
    context = new_context(width=375)
    Login(context)
    CentreApi(context, guardianships=[guardianship()])
    page = context.new_page()
    open_page(page, f"/{locale.prefix}{path}")
    page.locator("form [type=submit]").first.click()

    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
