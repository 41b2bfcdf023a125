"""The common ID on the deployed platform, one journey each, on a phone: what issue 4 shows.

Pictures of each step lie in `.local/screenshots/common-id/`.
"""

import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_accessibility import violations
from tests.platform import Platform

PICTURES = Path(__file__).parents[2] / ".local" / "screenshots" / "common-id"
PASSWORD = "Ichinomiya-2026!"
PATIENCE = 60_000
"""Milliseconds; a function that starts on a busy machine takes its time."""


class Citizen:
    """Somebody new, made up: an address nobody has, and a phone."""

    def __init__(self, page: Page, platform: Platform) -> None:
        self.page = page
        self.platform = platform
        self.name = f"hanako{uuid.uuid4().hex[:8]}"
        self.email = f"{self.name}@example.jp"
        self.login_id = f"{self.name}.id"
        self.password = PASSWORD

    def sees(self, heading: str) -> None:
        """Waits for a heading of the page, and keeps a picture."""
        expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible(
            timeout=PATIENCE
        )
        self.picture(heading)

    def picture(self, name: str) -> None:
        """Keeps what the phone shows."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def code_from_mail(self, after: int = 0) -> str:
        """The six digits of the newest mail to the citizen, once there are more mails than `after`."""
        deadline = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < deadline:
            mails = self.mails()
            if len(mails) > after:
                found = re.search(r"\b(\d{6})\b", mails[-1])
                assert found is not None, mails[-1]
                return found[1]
            self.page.wait_for_timeout(250)
        raise AssertionError(f"no mail to {self.email}")

    def mails(self) -> list[str]:
        """The text of every mail to the citizen, oldest first."""
        return [
            f"{mail['BodyText']} {mail['BodyHtml']}"
            for mail in self.platform.mail()
            if self.email in str(mail["To"])
        ]

    def registers(self) -> None:
        """With e-mail, password and login ID, up to the confirmation."""
        page = self.page
        page.goto("/register/")
        page.get_by_label("メールアドレス").fill(self.email)
        page.get_by_label("パスワード", exact=True).fill(self.password)
        page.get_by_text("ログインIDも決める").click()
        page.get_by_label("ログインID", exact=True).fill(self.login_id)
        page.get_by_label("利用規約に同意します").check()
        self.picture("新規登録")
        page.get_by_role("button", name="確認のメールを受け取る").click()
        self.sees("メールを確かめてください")
        page.get_by_label("認証コード").fill(self.code_from_mail())
        page.get_by_role("button", name="登録を完了する").click()
        self.sees("登録できました")

    def signs_in_at_the_hosted_page(self, identifier: str) -> None:
        """Its fields by their names: the page is not ours."""
        self.page.locator("input[name=username]").fill(identifier)
        self.page.locator("input[name=password]").fill(self.password)
        self.page.locator("input[name=password]").press("Enter")

    def signs_in_at_line(self) -> None:
        """At its simulator, which knows people by their address."""
        self.page.get_by_label("氏名").fill(self.name)
        self.page.get_by_role("textbox", name="メールアドレス").fill(f"{self.name}@line.example")
        self.page.get_by_role("button", name="この人としてログインする").click()

    def signs_in(self, identifier: str, to: str = "/mypage/") -> None:
        """By the page with the ways in."""
        self.page.goto(to)
        self.page.get_by_role("banner").get_by_role("link", name="ログイン").click()
        self.sees("ログイン")
        self.page.get_by_role("button", name="ログイン画面へ進む").click()
        self.signs_in_at_the_hosted_page(identifier)
        self.page.wait_for_url(f"**{to}", timeout=PATIENCE)

    def registers_and_signs_in(self, to: str = "/account/") -> None:
        """What every journey but the first takes for granted."""
        self.registers()
        self.page.get_by_role("button", name="ログインして続ける").click()
        self.signs_in_at_the_hosted_page(self.email)
        self.page.wait_for_url("**/welcome/", timeout=PATIENCE)
        self.page.goto(to)


@pytest.fixture
def phone(chromium: Browser, platform: Platform) -> Iterator[BrowserContext]:
    """A fresh phone."""
    context = chromium.new_context(
        base_url=platform.outputs.portal_url, viewport={"width": 375, "height": 800}, accept_downloads=True
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def citizen(phone: BrowserContext, platform: Platform) -> Citizen:
    """Its owner."""
    return Citizen(phone.new_page(), platform)


def test_somebody_registers_fills_in_the_profile_and_comes_back_with_the_login_id(citizen: Citizen) -> None:
    page = citizen.page
    citizen.registers()
    page.get_by_role("button", name="ログインして続ける").click()
    citizen.signs_in_at_the_hosted_page(citizen.email)
    citizen.sees("お名前")
    page.get_by_label("姓", exact=True).fill("一宮")
    page.get_by_label("名", exact=True).fill("花子")
    page.get_by_label("姓（カナ）").fill("いちのみや")
    page.get_by_label("名（カナ）").fill("はなこ")
    forward = page.get_by_role("button", name="保存して次へ")
    forward.click()
    citizen.sees("生年月日・性別")
    page.get_by_label("年（西暦）").fill("1950")
    page.get_by_label("月", exact=True).fill("4")
    page.get_by_label("日", exact=True).fill("1")
    forward.click()
    citizen.sees("住所・電話番号")
    page.get_by_label("郵便番号").fill("491-0859")
    page.get_by_role("button", name="住所を入れる").click()
    expect(page.get_by_label("町名・番地")).to_have_value("本町")
    page.get_by_label("町名・番地").fill("本町2丁目5番6号")
    assert violations(page) == []
    forward.click()
    citizen.sees("通勤・通学先")
    page.get_by_role("button", name="入力せずに次へ").click()
    citizen.sees("興味・関心")
    page.get_by_label("防災・安全").check()
    forward.click()
    citizen.sees("お知らせの受け取り方")
    page.get_by_label("メールで受け取る").check()
    forward.click()
    citizen.sees("入力が終わりました")

    page.get_by_role("banner").get_by_role("button", name="ログアウト").click()
    citizen.sees("ログアウトしました")
    citizen.signs_in(citizen.login_id)
    expect(page.get_by_label("姓（カナ）")).to_have_value("イチノミヤ")
    expect(page.get_by_label("市区町村", exact=True)).to_have_value("一宮市")
    expect(page.get_by_label("防災・安全")).to_be_checked()
    citizen.picture("マイページ")


def test_a_forgotten_password_is_set_anew_with_a_code_from_the_mail(citizen: Citizen) -> None:
    page = citizen.page
    citizen.registers()
    before = len(citizen.mails())
    page.goto("/sign-in/")
    page.get_by_role("link", name="パスワードを忘れたとき").click()
    citizen.sees("パスワードの再設定")
    page.get_by_label("メールアドレスまたはログインID").fill(citizen.email)
    page.get_by_role("button", name="コードを受け取る").click()
    citizen.sees("新しいパスワードを決める")
    citizen.password = "Kisogawa-2026!"
    page.get_by_label("認証コード").fill(citizen.code_from_mail(after=before))
    page.get_by_label("新しいパスワード", exact=True).fill(citizen.password)
    page.get_by_role("button", name="パスワードを変える").click()
    citizen.sees("パスワードを変えました")
    citizen.signs_in(citizen.email)
    expect(page.locator("form")).to_be_visible(timeout=PATIENCE)


def test_line_is_linked_and_lets_the_citizen_in(citizen: Citizen) -> None:
    page = citizen.page
    citizen.registers_and_signs_in()
    citizen.sees("アカウント")
    page.get_by_role("button", name="LINEをつなげる").click()
    citizen.signs_in_at_line()
    page.wait_for_url("**/account/", timeout=PATIENCE)
    expect(page.get_by_text("IDをつなげました。")).to_be_visible()
    expect(page.get_by_role("button", name="LINEをはずす")).to_be_visible()
    citizen.picture("LINEをつなげた")
    page.get_by_role("banner").get_by_role("button", name="ログアウト").click()
    citizen.sees("ログアウトしました")

    page.goto("/sign-in/")
    page.get_by_role("button", name="LINEでログイン").click()
    citizen.signs_in_at_line()
    page.wait_for_url("**/mypage/", timeout=PATIENCE)
    page.goto("/account/")
    expect(page.locator("[data-role=email]")).to_have_text(citizen.email, timeout=PATIENCE)


def test_identity_is_proved_with_a_test_card(citizen: Citizen) -> None:
    page = citizen.page
    citizen.registers_and_signs_in("/mypage/")
    for label, value in {"姓": "一宮", "名": "花子", "年（西暦）": "1990", "月": "4", "日": "1"}.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("性別", exact=True).select_option("女性")
    page.get_by_label("都道府県").select_option("愛知県")
    page.get_by_label("市区町村", exact=True).fill("一宮市")
    page.get_by_label("町名・番地").fill("本町2丁目5番6号")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。", timeout=PATIENCE)
    page.goto("/account/")
    citizen.sees("アカウント")
    page.get_by_role("button", name="本人確認を始める").click()
    page.get_by_role("link", name="デジタル認証アプリへ進む").click()
    page.get_by_role("button", name="一宮 花子のカード（プロフィールと一致）").click()
    citizen.sees("本人確認ができました")
    page.get_by_role("link", name="アカウントに戻る").click()
    expect(page.get_by_text("本人確認ができました。")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-role=proofing-state]")).to_have_text("確認済み")
    citizen.picture("本人確認済みのアカウント")


def test_an_account_is_closed_and_kept_after_all(citizen: Citizen) -> None:
    page = citizen.page
    citizen.registers_and_signs_in()
    citizen.sees("アカウント")
    page.get_by_role("button", name="退会の手続きをする").click()
    page.get_by_role("button", name="退会する", exact=True).click()
    citizen.sees("退会の手続き中です")
    page.get_by_role("button", name="退会を取り消す").click()
    expect(page.get_by_text("退会を取り消しました。")).to_be_visible()
    expect(page.get_by_role("heading", name="退会の手続き中です")).to_be_hidden()


def test_the_account_page_passes_axe_and_gives_the_data(citizen: Citizen) -> None:
    page = citizen.page
    citizen.registers_and_signs_in()
    citizen.sees("アカウント")
    expect(page.get_by_text("この端末", exact=True)).to_be_visible(timeout=PATIENCE)
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="JSONで受け取る").click()
    assert citizen.email in Path(download.value.path()).read_text(encoding="utf-8")
