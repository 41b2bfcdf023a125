"""同意センター: what is unfinished, what a service may see, and giving, changing and ending it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from portal_site.locales import Locale
from tests.e2e.centre import EVERY_LANGUAGE, open_page, opened
from tests.e2e.centre_api import GUARDIANSHIP, RECEIPT, CentreApi
from tests.e2e.login import Login
from tests.e2e.test_accessibility import violations

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def centre(new_context: Contexts) -> tuple[Page, CentreApi]:
    """The page on a phone."""
    return opened(new_context(width=375), "consents/")


def card(page: Page, name: str) -> Locator:
    return page.locator(".service").filter(has=page.get_by_role("heading", name=name, exact=True))


def test_unfinished_requests_come_first_and_are_resumed_with_one_tap(centre: tuple[Page, CentreApi]) -> None:
    page, api = centre
    names = page.locator(".service h3")
    expect(names).to_have_text(["母子モ", "図書館の予約", "kencom", "バスのお知らせ"])

    page.get_by_role("button", name="内容を見て決める 母子モ").click()

    form = card(page, "母子モ").locator("form")
    expect(form.get_by_role("checkbox", name="住所")).not_to_be_checked()
    form.get_by_role("button", name="同意する", exact=True).click()
    expect(page.locator("[data-role=news]")).to_have_text("母子モ への提供を始めました。")
    expect(page.locator("[data-role=news]")).to_be_focused()
    assert api.sent("PUT /citizen/v1/consents/boshimo") == [
        {"revision": 1, "items": ["nickname"], "decision": "give", "language": "ja"}
    ]


def test_a_service_shows_what_it_receives_with_present_values_and_when_it_last_did(
    centre: tuple[Page, CentreApi],
) -> None:
    page, _ = centre
    kencom = card(page, "kencom")
    expect(kencom).to_contain_text("お名前 / 生年月日")
    expect(kencom).to_contain_text("2027年11月10日")
    expect(kencom).to_contain_text("2026年11月24日 10:23")

    kencom.get_by_role("button", name="内容を見る・変える").click()

    recorded = ("歩数", "サービスが記録した情報です")
    for value in ("一宮 花子", "1950年4月1日", "宮西", "hanako@example.jp", "防災", *recorded):
        expect(kencom.locator("form")).to_contain_text(value)
    expect(kencom).not_to_contain_text("HealthActivity")
    order = kencom.locator("form h4").all_inner_texts()
    assert order == [
        *("目的", "できるようになること", "渡す情報と、いまの内容", "どこから、どこへ", "渡す頻度"),
        *("いつまで", "同意しない場合", "やめた場合"),
    ]
    expect(kencom.get_by_role("button", name="閉じる")).to_have_attribute("aria-expanded", "true")


def test_values_are_read_only_when_a_service_is_opened(centre: tuple[Page, CentreApi]) -> None:
    _, api = centre
    assert [call for call, _, _ in api.asked] == ["GET /citizen/v1/consents"]


def test_one_item_is_added_without_touching_the_others(centre: tuple[Page, CentreApi]) -> None:
    page, api = centre
    kencom = card(page, "kencom")
    kencom.get_by_role("button", name="内容を見る・変える").click()

    kencom.get_by_role("checkbox", name="連区").check()
    kencom.get_by_role("button", name="選んだ内容を保存する").click()

    expect(page.locator("[data-role=news]")).to_have_text("kencom に渡す情報を変えました。")
    (sent,) = api.sent("PUT /citizen/v1/consents/kencom")
    assert sent["items"] == ["name", "birthdate", "ward"]


def test_withdrawing_says_the_consequences_before_and_the_recipients_answer_after(
    centre: tuple[Page, CentreApi],
) -> None:
    page, api = centre
    kencom = card(page, "kencom")

    kencom.get_by_role("button", name="提供をやめる").click()
    expect(kencom.get_by_text("次の問い合わせから、このサービスには何も渡りません。")).to_be_visible()
    expect(kencom.get_by_text("30日以内に、受け取った情報を消します。")).to_be_visible()
    assert api.sent("POST /citizen/v1/consents/kencom/withdrawal") == []
    kencom.get_by_role("button", name="もどる").click()
    kencom.get_by_role("button", name="提供をやめる").click()
    kencom.get_by_role("button", name="提供をやめる").click()

    expect(page.locator("[data-role=news]")).to_contain_text("kencom への提供をやめました。")
    ended = page.locator("[data-role=ended]")
    expect(ended.locator("h3")).to_have_text(["kencom", "バスのお知らせ"])
    expect(card(page, "kencom")).to_contain_text("やめたことを、サービスに知らせています。")
    expect(card(page, "バスのお知らせ")).to_contain_text("サービスが受け取りました（2026年11月21日")
    expect(page.get_by_text("いま情報を受け取れるサービスはありません。")).to_be_visible()
    assert api.sent("POST /citizen/v1/consents/kencom/withdrawal") == [{}]


def test_everything_is_stopped_at_once_after_the_services_are_named(centre: tuple[Page, CentreApi]) -> None:
    page, api = centre
    stop = page.locator("[data-role=stop-section]")

    stop.get_by_role("button", name="すべてを止める").click()
    expect(stop.get_by_role("listitem")).to_have_text(["図書館の予約", "kencom"])
    assert api.sent("POST /citizen/v1/consents/withdrawal") == []
    stop.get_by_role("button", name="すべてを止める").click()

    expect(page.locator("[data-role=news]")).to_have_text("すべてのサービスへの提供を止めました。")
    expect(stop).to_be_hidden()


def test_what_a_service_asks_for_anew_is_read_again_with_nothing_ticked(
    centre: tuple[Page, CentreApi],
) -> None:
    page, _ = centre
    library = card(page, "図書館の予約")
    expect(library).to_contain_text("内容が変わりました")
    library.get_by_role("button", name="内容を見て決める").click()

    expect(library.get_by_text("新しい内容に同意するまで、このサービスには何も渡りません。")).to_be_visible()
    assert library.locator("input:checked").count() == 0


def test_an_agreement_that_changed_meanwhile_is_shown_again(centre: tuple[Page, CentreApi]) -> None:
    page, api = centre
    boshimo = card(page, "母子モ")
    boshimo.get_by_role("button", name="内容を見て決める").click()
    api.refuse["PUT /citizen/v1/consents/boshimo"] = (409, {"type": "urn:machi:problem:conflict"})

    boshimo.get_by_role("button", name="同意しない").click()

    expect(boshimo.locator("> [data-role=status]")).to_have_text(
        "サービスが求める内容が変わりました。もう一度読んで決めてください。"
    )
    expect(boshimo.get_by_role("button", name="同意する", exact=True)).to_be_visible()


def test_a_receipt_is_saved_and_read(centre: tuple[Page, CentreApi]) -> None:
    page, api = centre
    kencom = card(page, "kencom")
    kencom.get_by_role("button", name="内容を見る・変える").click()

    with page.expect_download() as download:
        kencom.get_by_role("button", name="控えを保存する").click()
    assert download.value.suggested_filename == "machi-kencom.jws"
    assert download.value.path().read_text() == RECEIPT
    api.is_receipt_valid = False
    kencom.get_by_role("button", name="同意の控えを読む").click()

    page.wait_for_url("**/receipts/")
    expect(page.locator("[data-role=invalid]")).to_be_focused()
    assert page.evaluate("sessionStorage.getItem('machi.receipt')") is None


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "通信の状態を確かめて"), (500, "通信の状態を確かめて"), (429, "回数が多すぎます")],
)
def test_trouble_is_said_and_can_be_tried_again(new_context: Contexts, status: int, words: str) -> None:
    context = new_context(width=375)
    Login(context)
    api = CentreApi(context)
    page = context.new_page()
    page.goto("/consents/")
    api.refuse["GET /citizen/v1/consents"] = (status, {})
    page.locator("[data-panel=signed-out] [data-action=sign-in]").click()

    failed = page.locator("[data-panel=failed]")
    expect(failed).to_contain_text(words)
    expect(failed).to_be_focused()
    failed.get_by_role("button").click()
    expect(card(page, "kencom")).to_be_visible()


def test_a_session_that_is_over_asks_to_sign_in_again(centre: tuple[Page, CentreApi]) -> None:
    page, api = centre
    api.refuse["POST /citizen/v1/consents/withdrawal"] = (401, {})
    stop = page.locator("[data-role=stop-section]")
    stop.get_by_role("button", name="すべてを止める").click()
    stop.get_by_role("button", name="すべてを止める").click()

    expect(page.locator("[data-panel=expired]")).to_be_focused()


def test_a_guardian_sees_the_childs_services_and_acts_for_the_child(new_context: Contexts) -> None:
    page, api = opened(new_context(width=375), f"consents/?for={GUARDIANSHIP}")
    expect(page.locator("[data-role=for-child]")).to_contain_text("お子さん さんのかわりに見ています。")

    card(page, "kencom").get_by_role("button", name="提供をやめる").click()
    card(page, "kencom").get_by_role("button", name="提供をやめる").click()
    expect(page.locator("[data-role=news]")).to_contain_text("やめました")

    assert {headers.get("machi-on-behalf-of") for _, _, headers in api.asked} == {GUARDIANSHIP}
    page.get_by_role("link", name="だれに何が渡ったか").click()
    page.wait_for_url(f"**/history/?for={GUARDIANSHIP}")


@pytest.mark.parametrize("made_up", ["x", "gua_", "../../profile", "gua_01JDH5X2V0000000000000000A%0d%0aX:1"])
def test_a_made_up_guardianship_in_the_address_is_not_sent(new_context: Contexts, made_up: str) -> None:
    _, api = opened(new_context(width=375), f"consents/?for={made_up}")

    assert all("machi-on-behalf-of" not in headers for _, _, headers in api.asked)


@EVERY_LANGUAGE
def test_every_state_of_the_centre_is_accessible(new_context: Contexts, locale: Locale) -> None:
    page, _ = opened(new_context(width=375), "consents/", locale)
    page.locator("[data-role=unfinished] [data-action=open]").first.click()
    expect(page.locator("[data-role=unfinished] form")).to_be_visible()
    page.locator("[data-role=services] [data-action=ask]").click()
    page.locator("[data-role=stop-section] [data-action=ask]").click()

    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    words = page.locator("[data-panel=content]").inner_text()
    assert "%1" not in words
    assert "undefined" not in words


def test_a_reading_in_an_agreement_becomes_ruby(new_context: Contexts) -> None:
    context = new_context(width=375)
    Login(context)
    api = CentreApi(context)
    api.services[2]["purpose"] = "[健康|けんこう]の <b>ため</b>"
    page = context.new_page()
    open_page(page, "/ja-easy/consents/")

    purpose = card(page, "kencom").locator("[data-role=purpose]").first
    assert purpose.inner_html() == "<ruby>健康<rt>けんこう</rt></ruby>の &lt;b&gt;ため&lt;/b&gt;"
