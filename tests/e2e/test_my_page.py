"""My page: reading, changing and saving the profile, and not losing what was typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.e2e.login import EMPTY_PROFILE, PROFILE, Login, ProfileApi, choose_own_log_in
from tests.e2e.test_accessibility import violations


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A browser profile."""
    return new_context()


@pytest.fixture
def login(context: BrowserContext) -> Login:
    """Its log-in."""
    return Login(context)


@pytest.fixture
def api(context: BrowserContext) -> ProfileApi:
    """Its citizen's profile."""
    return ProfileApi(context)


@pytest.fixture
def page(context: BrowserContext, login: Login, api: ProfileApi) -> Page:
    """My page before signing in."""
    page = context.new_page()
    page.goto("/mypage/")
    return page


def sign_in(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="ログイン").click()
    choose_own_log_in(page)


def open_form(page: Page) -> None:
    sign_in(page)
    expect(page.locator("form")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存する").click()


def test_somebody_signed_out_is_offered_to_sign_in_and_sees_no_form(page: Page) -> None:
    expect(page.get_by_role("heading", name="ログインしてください")).to_be_visible()
    expect(page.locator("form")).to_be_hidden()


def test_the_profile_is_shown_with_the_address_of_the_log_in(page: Page) -> None:
    open_form(page)
    expect(page.get_by_label("姓", exact=True)).to_have_value("一宮")
    expect(page.get_by_label("名（カナ）")).to_have_value("ハナコ")
    expect(page.get_by_label("年（西暦）")).to_have_value("1950")
    expect(page.get_by_label("月", exact=True)).to_have_value("4")
    expect(page.get_by_label("連区")).to_have_value("miyanishi")
    expect(page.get_by_label("メールで受け取る")).to_be_checked()
    expect(page.get_by_text("hanako@example.jp")).to_be_visible()
    expect(page.get_by_text("2026年11月24日 14:00")).to_be_visible()


def test_the_wards_are_those_of_the_city_file(page: Page) -> None:
    open_form(page)
    wards = page.get_by_label("連区").locator("option").all_inner_texts()
    assert len(wards) == 1 + 23
    assert wards[0] == "選ばない"
    assert {"宮西", "木曽川町"} <= set(wards)


def test_an_empty_profile_says_so(page: Page, api: ProfileApi) -> None:
    api.profile = dict(EMPTY_PROFILE)
    open_form(page)
    expect(page.get_by_text("まだ何も登録されていません。")).to_be_visible()
    expect(page.get_by_label("姓", exact=True)).to_have_value("")
    expect(page.get_by_text("最後に保存した日時")).to_be_hidden()


def test_changes_are_saved_as_a_whole_profile(page: Page, api: ProfileApi) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("  はなちゃん ")
    page.get_by_label("連区").select_option("木曽川町")
    page.get_by_label("年（西暦）").fill("１９４９")
    page.get_by_label("名（カナ）").fill("")
    page.get_by_label("子育て").check()
    page.get_by_label("メールで受け取る").uncheck()
    save(page)
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    assert api.profile == {
        **PROFILE,
        "postalCode": "491-8501",
        "givenNameKana": None,
        "nickname": "はなちゃん",
        "birthDate": "1949-04-01",
        "ward": "kisogawa",
        "interests": ["disaster", "childcare"],
        "channels": [],
        "updatedAt": "2026-11-24T06:00:00.000Z",
    }
    save(page)
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    assert api.version == 3, "the second time with the version of the first answer"


def test_what_the_api_finds_wrong_is_said_at_the_field_and_in_one_list(page: Page, api: ProfileApi) -> None:
    open_form(page)
    errors = [
        {"pointer": "#/familyNameKana", "code": "not-kana"},
        {"pointer": "#/birthDate", "code": "in-future"},
    ]
    api.refuse = [(422, {"errors": errors})]
    save(page)
    summary = page.locator("[data-role=summary]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_text(
        ["姓（カナ）: カタカナかひらがなで入力してください。", "生年月日: 今日より後の日付です。"]
    )
    kana = page.get_by_label("姓（カナ）")
    expect(kana).to_have_attribute("aria-invalid", "true")
    expect(kana).to_have_accessible_description("例：イチノミヤ カタカナかひらがなで入力してください。")
    expect(page.get_by_label("年（西暦）")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("姓", exact=True)).not_to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link").first.click()
    expect(kana).to_be_focused()
    assert violations(page) == []

    save(page)
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    expect(summary).to_be_hidden()
    expect(kana).not_to_have_attribute("aria-invalid", "true")


def test_a_problem_without_a_field_is_said_too(page: Page, api: ProfileApi) -> None:
    open_form(page)
    api.refuse = [(422, {"errors": [{"pointer": "#", "code": "unknown-member"}]})]
    save(page)
    expect(page.locator("[data-role=summary]")).to_contain_text("この画面が古くなっています。")


@pytest.mark.parametrize("part", ["年（西暦）", "月", "日"])
def test_half_a_date_is_not_sent(page: Page, api: ProfileApi, part: str) -> None:
    open_form(page)
    page.get_by_label(part, exact=True).fill("")
    save(page)
    expect(page.locator("[data-role=summary]")).to_contain_text(
        "生年月日: 年・月・日を正しく入力してください。"
    )
    assert api.version == 1


def test_a_date_taken_away_is_saved_as_none(page: Page, api: ProfileApi) -> None:
    open_form(page)
    for part in ("年（西暦）", "月", "日"):
        page.get_by_label(part, exact=True).fill("")
    save(page)
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    assert api.profile["birthDate"] is None


@pytest.mark.parametrize(
    ("status", "message"),
    [(0, "保存できませんでした"), (503, "保存できませんでした"), (429, "混み合っています")],
)
def test_what_was_typed_stays_when_saving_fails(
    page: Page, api: ProfileApi, status: int, message: str
) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("新しい名前")
    api.refuse = [(status, {})]
    save(page)
    expect(page.locator("[data-role=status]")).to_contain_text(message)
    expect(page.get_by_label("表示名")).to_have_value("新しい名前")
    save(page)
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    assert api.profile["nickname"] == "新しい名前"


def test_a_profile_that_does_not_load_can_be_asked_for_again(page: Page, api: ProfileApi) -> None:
    api.refuse = [(503, {})]
    sign_in(page)
    failed = page.locator("[data-panel=failed]")
    expect(failed).to_be_focused()
    expect(failed).to_contain_text("通信の状態を確かめて")
    page.get_by_role("button", name="もう一度読みこむ").click()
    expect(page.get_by_label("姓", exact=True)).to_have_value("一宮")


def test_a_change_from_elsewhere_is_not_overwritten_unasked(page: Page, api: ProfileApi) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("この画面")
    api.version, api.profile["nickname"] = 7, "ほかの画面"
    save(page)
    conflict = page.locator("[data-role=conflict]")
    expect(conflict).to_be_focused()
    assert api.profile["nickname"] == "ほかの画面"
    conflict.get_by_role("button", name="先に保存された内容を読みこむ").click()
    expect(page.get_by_label("表示名")).to_have_value("ほかの画面")


def test_a_change_from_elsewhere_can_be_overwritten_on_purpose(page: Page, api: ProfileApi) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("この画面")
    api.version = 7
    save(page)
    page.get_by_role("button", name="この画面の内容で保存する").click()
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    assert api.profile["nickname"] == "この画面"


def test_a_session_that_ends_while_typing_loses_nothing(page: Page, api: ProfileApi) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("長い文章")
    api.refuse = [(401, {})]
    save(page)
    expect(page.locator("[data-panel=expired]")).to_be_focused()
    page.get_by_role("button", name="もう一度ログインする").click()
    expect(page.locator("[data-role=status]")).to_contain_text("元に戻しました")
    expect(page.get_by_label("表示名")).to_have_value("長い文章")
    save(page)
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    assert api.profile["nickname"] == "長い文章"


def test_a_token_about_to_end_is_renewed_first(page: Page, login: Login, api: ProfileApi) -> None:
    login.lifetime = 10
    open_form(page)
    expect(page.get_by_label("姓", exact=True)).to_have_value("一宮")
    grants = [call["grant_type"] for call in login.calls("/oauth2/token")]
    assert grants[:2] == ["authorization_code", "refresh_token"]
    assert api.tokens[0] != "Bearer token-2", "the first token was not used"


@pytest.mark.parametrize("leave", [True, False])
def test_leaving_with_changes_is_asked_first(page: Page, leave: bool) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("保存前")
    questions: list[str] = []

    def answer(dialog: Dialog) -> None:
        questions.append(dialog.message)
        if leave:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    page.get_by_role("navigation", name="メインメニュー").get_by_role("link", name="市のデータ").click()
    if leave:
        page.wait_for_url("**/data/")
    else:
        expect(page.get_by_label("表示名")).to_have_value("保存前")
        assert page.url.endswith("/mypage/")
    assert questions == ["保存していない変更があります。このページを離れますか。"]


def test_signing_out_with_changes_is_asked_first(page: Page, login: Login) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("保存前")
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_label("表示名")).to_have_value("保存前")
    assert login.calls("/logout") == []


def test_closing_the_tab_with_changes_is_asked_first(page: Page) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("保存前")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.accept()


def test_nothing_is_asked_when_nothing_changed(page: Page) -> None:
    open_form(page)
    page.get_by_label("表示名").fill("別")
    page.get_by_label("表示名").fill("はな")
    page.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.message}"))
    page.get_by_role("navigation", name="メインメニュー").get_by_role("link", name="市のデータ").click()
    page.wait_for_url("**/data/")


@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing_in_the_form(new_context: Callable[..., BrowserContext], width: int) -> None:
    context = new_context(width=width)
    Login(context)
    ProfileApi(context)
    page = context.new_page()
    page.goto("/mypage/")
    open_form(page)
    expect(page.get_by_label("姓", exact=True)).to_have_value("一宮")
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
