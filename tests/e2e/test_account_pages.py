"""Registration, password reissue, profile in steps and the account page: words, errors, and nothing lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.account_api import CODE, REAUTHENTICATION, AccountApi, problem
from tests.e2e.login import EMPTY_PROFILE, Login, ProfileApi
from tests.e2e.test_accessibility import violations

PASSWORD = "Abcdefgh1!"


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A phone."""
    return new_context(width=375)


@pytest.fixture
def login(context: BrowserContext) -> Login:
    """Its log-in."""
    return Login(context)


@pytest.fixture
def profile(context: BrowserContext) -> ProfileApi:
    """Its citizen's profile."""
    return ProfileApi(context)


@pytest.fixture
def api(profile: ProfileApi) -> AccountApi:
    """Its citizen's account."""
    return profile.account


@pytest.fixture
def page(context: BrowserContext, login: Login, api: AccountApi) -> Page:
    """A page before anybody signed in."""
    return context.new_page()


def fill_in(page: Page) -> None:
    page.goto("/register/")
    page.get_by_label("メールアドレス").fill("hanako@example.jp")
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_label("利用規約に同意します").check()


def register(page: Page) -> None:
    page.get_by_role("button", name="確認のメールを受け取る").click()


def open_account(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    expect(page.get_by_role("heading", name="ログインの方法")).to_be_visible()


def status(page: Page, section: str) -> str:
    return f"[data-section={section}] > [data-role=status]"


# ---- registration


def test_registering_sends_what_was_typed_and_the_terms_that_were_shown(page: Page, api: AccountApi) -> None:
    fill_in(page)
    register(page)
    expect(page.get_by_role("heading", name="メールを確かめてください")).to_be_visible()
    (sent,) = api.sent("POST /account/v1/registrations")
    terms = sent.pop("terms")
    assert sent == {"email": "hanako@example.jp", "password": PASSWORD, "loginId": None, "language": "ja"}
    assert terms["version"] == "2026-12-01"
    page.goto("/terms/")
    assert terms["hash"] in page.content()


def test_what_is_missing_is_said_at_each_field_before_anything_is_sent(page: Page, api: AccountApi) -> None:
    page.goto("/register/")
    page.get_by_label("パスワード", exact=True).fill("abcdefghij")
    register(page)
    summary = page.locator("[data-role=summary]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(page.locator("#password-error")).to_have_text("英大文字を入れてください。")
    summary.get_by_role("link", name=re.compile("メールアドレス")).click()
    expect(page.get_by_label("メールアドレス")).to_be_focused()
    assert api.asked == []
    assert violations(page) == []


def test_the_rules_of_a_password_are_ticked_off_while_typing_and_it_can_be_shown(page: Page) -> None:
    page.goto("/register/")
    field = page.get_by_label("パスワード", exact=True)
    kept = page.locator(".password-field__rule--kept")
    expect(kept).to_have_count(0)
    field.fill("abc1")
    expect(kept).to_have_count(2)
    expect(page.locator("[data-rule=digit]")).to_contain_text("満たしています")
    field.fill(PASSWORD)
    expect(kept).to_have_count(5)
    page.get_by_role("button", name="表示 パスワード").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="表示 パスワード").click()
    expect(field).to_have_attribute("type", "password")


def test_a_login_id_that_is_taken_is_said_at_its_field_even_if_that_was_folded(
    page: Page, api: AccountApi
) -> None:
    fill_in(page)
    page.get_by_text("ログインIDも決める").click()
    page.get_by_label("ログインID", exact=True).fill("hanako")
    page.get_by_text("ログインIDも決める").click()
    api.refuse["POST /account/v1/registrations"] = problem(409, "login-id-taken")
    register(page)
    expect(page.locator("#loginId-error")).to_contain_text("よく似たIDが使われています")


def test_a_known_and_an_unknown_address_are_told_the_same(page: Page) -> None:
    fill_in(page)
    register(page)
    expect(page.get_by_text("すでに登録のあるアドレスのときは")).to_be_visible()


def test_a_wrong_code_can_be_corrected_and_a_new_one_asked_for(page: Page, api: AccountApi) -> None:
    fill_in(page)
    register(page)
    page.get_by_label("認証コード").fill("000000")
    page.get_by_role("button", name="登録を完了する").click()
    expect(page.locator("#register-code-error")).to_contain_text("コードが正しくありません")
    page.get_by_role("button", name="メールをもう一度送る").click()
    expect(page.get_by_text("もう一度メールを送りました")).to_be_visible()
    page.get_by_label("認証コード").fill("１２３ ４５６")
    page.get_by_role("button", name="登録を完了する").click()
    expect(page.get_by_role("heading", name="登録できました")).to_be_visible()
    assert api.sent("POST /account/v1/registrations/reg_1/confirmation")[-1] == {"code": CODE}


def test_an_interrupted_registration_goes_on_in_another_tab_with_nothing_personal_kept(
    page: Page, context: BrowserContext
) -> None:
    fill_in(page)
    register(page)
    expect(page.get_by_label("認証コード")).to_be_visible()
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "reg_1" in kept
    assert "hanako" not in kept
    assert PASSWORD not in kept
    page.close()
    other = context.new_page()
    other.goto("/register/")
    expect(other.get_by_text("登録の途中です。")).to_be_visible()
    other.get_by_label("認証コード").fill(CODE)
    other.get_by_role("button", name="登録を完了する").click()
    expect(other.get_by_role("heading", name="登録できました")).to_be_visible()
    assert other.evaluate("localStorage.length") == 0


def test_a_registration_that_is_over_starts_anew(page: Page, api: AccountApi) -> None:
    fill_in(page)
    register(page)
    api.refuse["POST /account/v1/registrations/reg_1/confirmation"] = problem(410, "registration-over")
    page.get_by_label("認証コード").fill(CODE)
    page.get_by_role("button", name="登録を完了する").click()
    expect(page.get_by_text("登録の期限が過ぎました")).to_be_visible()
    expect(page.get_by_label("メールアドレス")).to_be_visible()


@pytest.mark.parametrize(
    ("answer", "words"),
    [(problem(429, "too-many-requests"), "回数が多すぎます"), ((0, None), "うまくいきませんでした")],
)
def test_trouble_is_said_and_what_was_typed_stays(
    page: Page, api: AccountApi, answer: tuple[int, object], words: str
) -> None:
    fill_in(page)
    api.refuse["POST /account/v1/registrations"] = answer
    register(page)
    expect(page.locator("form[data-panel=form] [data-role=status]")).to_contain_text(words)
    expect(page.get_by_label("メールアドレス")).to_have_value("hanako@example.jp")


# ---- password reissue


def test_a_new_password_is_set_with_a_code(page: Page, api: AccountApi) -> None:
    page.goto("/reset-password/")
    page.get_by_label("メールアドレスまたはログインID").fill("hanako")
    page.get_by_role("button", name="コードを受け取る").click()
    expect(page.get_by_text("登録があれば、")).to_be_visible()
    page.get_by_label("認証コード").fill("1")
    page.get_by_label("新しいパスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="パスワードを変える").click()
    expect(page.locator("#reset-code-error")).to_contain_text("コードが正しくありません")
    page.get_by_label("認証コード").fill(CODE)
    page.get_by_role("button", name="パスワードを変える").click()
    expect(page.get_by_role("heading", name="パスワードを変えました")).to_be_visible()
    sent = api.sent("POST /account/v1/password-resets/confirmation")[-1]
    assert sent == {"identifier": "hanako", "code": CODE, "password": PASSWORD}


# ---- signing in


def test_the_ways_in_are_those_of_the_stage(page: Page, context: BrowserContext, login: Login) -> None:
    page.goto("/sign-in/")
    expect(page.get_by_role("button", name="ログイン画面へ進む")).to_be_visible()
    expect(page.get_by_role("heading", name="ほかのIDで")).to_be_hidden()
    config = page.request.get("/config.json").json()
    context.route(
        "**/config.json", lambda route: route.fulfill(json={**config, "social_providers": "LINE,Google"})
    )
    page.goto("/sign-in/")
    expect(page.locator("[data-provider]:visible")).to_have_count(2)
    page.get_by_role("button", name="LINEでログイン").click()
    page.wait_for_url("**/mypage/")
    assert login.authorization["identity_provider"] == "LINE"


def test_who_comes_in_without_having_accepted_the_terms_is_asked_first(page: Page, api: AccountApi) -> None:
    api.account["terms"] = {"version": None, "acceptedAt": None, "current": False}
    api.account["linkOffer"] = {"maskedEmail": "h•••@example.jp"}
    page.goto("/account/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("利用規約への同意")
    expect(page.get_by_text("同じメールアドレスの登録が、すでにあるようです。")).to_be_visible()
    page.get_by_role("button", name="同意して続ける").click()
    expect(page.locator("#terms-error")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("利用規約に同意します").check()
    page.get_by_role("button", name="同意して続ける").click()
    page.wait_for_url("**/account/")
    (sent,) = api.sent("POST /account/v1/account")
    assert sent["terms"]["version"] == "2026-12-01"
    assert sent["language"] == "ja"


def test_signing_in_makes_the_device_known(page: Page, api: AccountApi) -> None:
    open_account(page)
    assert len(api.sent("POST /account/v1/devices")) == 1


def test_an_account_api_out_of_reach_keeps_nobody_out(page: Page, api: AccountApi) -> None:
    api.refuse["GET /account/v1/account"] = (0, None)
    api.refuse["POST /account/v1/devices"] = (0, None)
    page.goto("/account/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    expect(page.get_by_role("heading", name="ログインの方法")).to_be_visible()


# ---- the profile in steps


def test_each_step_is_saved_and_a_skipped_one_is_not(page: Page, profile: ProfileApi) -> None:
    profile.profile = dict(EMPTY_PROFILE)
    page.goto("/welcome/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    expect(page.get_by_text("ステップ 1／6")).to_be_visible()
    page.get_by_label("表示名").fill("はな")
    page.get_by_role("button", name="保存して次へ").click()
    expect(page.get_by_role("heading", name="生年月日・性別")).to_be_focused()
    assert profile.profile["nickname"] == "はな"
    page.get_by_label("年（西暦）").fill("19")
    page.get_by_role("button", name="保存して次へ").click()
    expect(page.locator("#birth-error")).to_contain_text("年・月・日を正しく")
    page.get_by_role("button", name="入力せずに次へ").click()
    expect(page.get_by_text("ステップ 3／6")).to_be_visible()
    page.get_by_role("button", name="前へ戻る").click()
    expect(page.get_by_label("年（西暦）")).to_have_value("")
    assert profile.version == 2, "one save"
    assert violations(page) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("491-0859", "住所を入れました"),
        ("１６０－００２３", "見つかりませんでした"),
        ("49", "見つかりませんでした"),
    ],
)
def test_a_postal_code_fills_in_the_address_from_our_own_origin(
    page: Page, profile: ProfileApi, code: str, words: str
) -> None:
    profile.profile = dict(EMPTY_PROFILE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/mypage/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    page.get_by_role("button", name="ログイン画面へ進む").click()
    page.get_by_label("郵便番号").fill(code)
    asked.clear()
    page.get_by_role("button", name="住所を入れる").click()
    expect(page.locator("[data-role=postal-status]")).to_contain_text(words)
    assert all("/data/postal/" in url and "0859" not in url for url in asked)
    if "0859" in code:
        expect(page.get_by_label("町名・番地")).to_have_value("本町")
        expect(page.get_by_label("都道府県")).to_have_value("愛知県")


def test_a_postal_code_of_two_towns_lets_one_choose_and_keeps_a_house_number(page: Page) -> None:
    page.goto("/mypage/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    page.get_by_role("button", name="ログイン画面へ進む").click()
    page.get_by_label("郵便番号").fill("4910838")
    page.get_by_label("郵便番号").press("Enter")
    page.get_by_role("button", name="一宮市 丹陽町猿海道").click()
    expect(page.get_by_label("町名・番地")).to_have_value("丹陽町猿海道")
    page.get_by_label("町名・番地").fill("丹陽町猿海道1-2")
    page.get_by_role("button", name="住所を入れる").click()
    page.get_by_role("button", name="一宮市 丹陽町猿海道").click()
    expect(page.get_by_label("町名・番地")).to_have_value("丹陽町猿海道1-2")


# ---- the account


def test_the_account_shows_how_one_signs_in_and_passes_axe(page: Page, api: AccountApi) -> None:
    api.account["identities"] = [{"provider": "line", "linkedAt": "2026-11-20T00:00:00.000Z"}]
    open_account(page)
    expect(page.locator("[data-role=email]")).to_have_text("hanako@example.jp")
    expect(page.get_by_role("button", name="LINEをはずす")).to_be_visible()
    expect(page.get_by_text("Safari / iPhone")).to_be_visible()
    expect(page.get_by_text("お名前 / 生年月日 / 連区")).to_be_visible()
    for summary in page.locator("main summary").all():
        summary.click()
    assert violations(page) == []


def test_what_needs_a_recent_sign_in_asks_for_it_and_goes_on_where_one_was(
    page: Page, api: AccountApi, login: Login
) -> None:
    open_account(page)
    api.refuse["PUT /account/v1/email"] = REAUTHENTICATION
    page.get_by_text("メールアドレスを変える").first.click()
    page.get_by_label("新しいメールアドレス").fill("new@example.jp")
    page.get_by_role("button", name="コードを受け取る").click()
    expect(page.locator("[data-role=again]")).to_be_focused()
    page.get_by_role("button", name="もう一度ログインする").click()
    expect(page.locator(status(page, "email"))).to_contain_text("続きの操作ができます")
    assert login.authorization["prompt"] == "login"
    expect(page.get_by_label("新しいメールアドレス")).to_have_value("new@example.jp")
    page.get_by_role("button", name="コードを受け取る").click()
    page.get_by_label("認証コード").fill(CODE)
    page.locator("[data-form=email-code] button").click()
    expect(page.locator(status(page, "email"))).to_contain_text("メールアドレスを変えました")


def test_the_login_id_is_chosen_and_given_up(page: Page, api: AccountApi) -> None:
    open_account(page)
    page.get_by_text("ログインIDを決める・変える").click()
    page.get_by_label("新しいログインID").fill("hanako")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("[data-role=login-id]")).to_have_text("hanako")
    page.get_by_text("ログインIDを決める・変える").click()
    page.get_by_role("button", name="ログインIDを使うのをやめる").click()
    expect(page.get_by_text("このIDではログインできなくなります")).to_be_visible()
    page.get_by_role("button", name="使うのをやめる", exact=True).click()
    expect(page.locator("[data-role=login-id]")).to_have_text("登録していません")


def test_a_password_too_weak_is_not_sent(page: Page, api: AccountApi) -> None:
    open_account(page)
    page.get_by_text("パスワードを決める・変える").click()
    page.get_by_label("今のパスワード", exact=True).fill("x")
    page.get_by_label("新しいパスワード", exact=True).fill("short")
    page.get_by_role("button", name="パスワードを変える").click()
    expect(page.locator("#new-password-error")).to_contain_text("短すぎます")
    assert api.sent("PUT /account/v1/password") == []
    page.get_by_label("新しいパスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="パスワードを変える").click()
    expect(page.locator(status(page, "password"))).to_contain_text("パスワードを変えました")
    assert api.sent("PUT /account/v1/password") == [{"currentPassword": "x", "newPassword": PASSWORD}]


def test_the_last_way_in_cannot_be_unlinked_and_it_is_said_why(page: Page, api: AccountApi) -> None:
    api.account["identities"] = [{"provider": "line", "linkedAt": "2026-11-20T00:00:00.000Z"}]
    open_account(page)
    api.refuse["DELETE /account/v1/identities/line"] = problem(409, "last-way-in")
    page.get_by_role("button", name="LINEをはずす").click()
    page.get_by_role("button", name="はずす", exact=True).click()
    expect(page.locator(status(page, "identities"))).to_contain_text("ログインする方法がなくなる")


def test_stopping_a_service_takes_two_steps_and_can_be_thought_over(page: Page, api: AccountApi) -> None:
    open_account(page)
    stop = page.get_by_role("button", name="提供をやめる")
    stop.click()
    page.locator("[data-section=services]").get_by_role("button", name="やめる", exact=True).click()
    assert api.sent("POST /citizen/v1/consents/kencom/withdrawal") == []
    stop.click()
    page.locator("[data-action=withdraw]").click()
    expect(page.locator(status(page, "services"))).to_contain_text("提供をやめました")
    expect(page.get_by_text("取りやめた", exact=True)).to_be_visible()
    expect(stop).to_be_hidden()


def test_another_device_is_signed_out(page: Page) -> None:
    open_account(page)
    page.get_by_role("button", name="ログアウトさせる").click()
    expect(page.get_by_text("Safari / iPhone")).to_be_hidden()
    expect(page.get_by_text("Chrome / Windows")).to_be_visible()


def test_signing_out_everywhere_ends_in_signing_out_here(page: Page, api: AccountApi) -> None:
    open_account(page)
    page.get_by_role("button", name="すべての端末からログアウトする").click()
    page.get_by_role("button", name="すべてログアウトする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ログアウトしました")
    assert len(api.sent("DELETE /account/v1/devices")) == 1


def test_closing_the_account_shows_until_when_it_can_be_taken_back(page: Page) -> None:
    open_account(page)
    page.get_by_role("button", name="退会の手続きをする").click()
    page.get_by_role("button", name="退会する", exact=True).click()
    expect(page.get_by_text("2026年12月25日")).to_be_visible()
    expect(page.get_by_role("button", name="退会の手続きをする")).to_be_hidden()
    page.get_by_role("button", name="退会を取り消す").click()
    expect(page.get_by_text("退会を取り消しました。")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("proofing=done", "本人確認ができました。"),
        ("proofing=mismatch", "一致しませんでした"),
        ("proofing=<b>", "本人確認ができませんでした"),
        ("linking=elsewhere", "ほかの登録につながっています"),
    ],
)
def test_what_another_page_sends_back_is_said_once(page: Page, query: str, words: str) -> None:
    open_account(page)
    page.goto(f"/account/?{query}")
    expect(page.locator("[data-role=news]")).to_contain_text(words)
    assert page.url.endswith("/account/")


def test_the_histories_say_when_and_what(page: Page, api: AccountApi) -> None:
    page.goto("/account/history/")
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()
    expect(page.get_by_text("情報を提供した: kencom")).to_be_visible()
    expect(page.get_by_text("お名前 / 連区")).to_be_visible()
    expect(page.get_by_text("プロフィールを変えた")).to_be_visible()
    expect(page.get_by_text("表示名（ニックネーム） / 町名・番地")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("language", ["en", "vi", "zh-CN", "pt-BR", "ja-easy"])
def test_the_account_speaks_the_reader_s_language(page: Page, language: str) -> None:
    page.goto(f"/{language}/account/")
    page.get_by_role("main").locator("[data-action=sign-in]").first.click()
    expect(page.locator("[data-panel=account]")).to_be_visible()
    page.wait_for_url(f"**/{language}/account/")
    expect(page.get_by_text("Safari / iPhone")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
