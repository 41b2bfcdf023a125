"""The whole way on the deployed platform: a service asks, receives just that, is seen, and is stopped."""

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_accessibility import violations
from tests.integration.partners.people import Newcomer, newcomer
from tests.integration.partners.relying import sample_of
from tests.platform import Platform
from tests.security.signing_in import sign_in_staff

PATIENCE = 60_000
"""Milliseconds; a function that starts on a busy machine takes its time."""


@pytest.fixture(scope="module")
def kencom(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of kencom's service."""
    folder = tmp_path_factory.mktemp("kencom")
    with sample_of(platform, platform.outputs.partner("kencom"), folder) as address:
        yield address


@pytest.fixture
def citizen(platform: Platform) -> Newcomer:
    """Somebody who has agreed to nothing yet."""
    return newcomer(platform)


def phone(chromium: Browser, platform: Platform) -> Iterator[Page]:
    """A browser without a past."""
    context = chromium.new_context(
        base_url=platform.outputs.portal_url, viewport={"width": 375, "height": 800}, locale="ja-JP"
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(chromium: Browser, platform: Platform) -> Iterator[Page]:
    """That citizen's phone."""
    yield from phone(chromium, platform)


@pytest.fixture
def guardians_page(chromium: Browser, platform: Platform) -> Iterator[Page]:
    """The phone of somebody who acts for a child."""
    yield from phone(chromium, platform)


def claims(page: Page, kencom: str) -> dict[str, object]:
    """What kencom knows of the citizen now; it asks the city anew each time."""
    page.goto(f"{kencom}/")
    said = json.loads(page.locator("body").inner_text())
    assert said["signedIn"], said
    return {name: value for name, value in said["claims"].items() if name != "sub"}


def open_centre(page: Page, path: str, citizen: Newcomer) -> None:
    """A page of the portal, over the log-in and the terms of use where these are asked for."""
    page.goto(path)
    content = page.locator("[data-panel=content]:visible")
    start = page.locator("[data-panel=signed-out] [data-action=sign-in]:visible")
    log_in, terms = page.locator("input[name=username]:visible"), page.get_by_label("利用規約に同意します")
    stages = content.or_(start).or_(log_in).or_(terms)
    expect(stages.first).to_be_visible(timeout=PATIENCE)
    if start.is_visible():
        start.click()
        expect(content.or_(log_in).or_(terms).first).to_be_visible(timeout=PATIENCE)
    if log_in.is_visible():
        log_in.fill(citizen.account.email)
        page.fill("input[name=password]", citizen.account.password)
        page.press("input[name=password]", "Enter")
        expect(content.or_(terms).first).to_be_visible(timeout=PATIENCE)
    if terms.is_visible():
        terms.check()
        page.get_by_role("button", name="同意して続ける").click()
    expect(content).to_be_visible(timeout=PATIENCE)


def agree_at(page: Page, kencom: str, citizen: Newcomer) -> None:
    """From kencom's button over the log-in and the consent screen, with the ward, back to kencom."""
    page.goto(f"{kencom}/sign-in")
    page.fill("input[name=username]", citizen.account.email)
    page.fill("input[name=password]", citizen.account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/connect/consent?**")
    order = page.locator("h2").evaluate_all("(found) => found.map((each) => each.id)")
    assert order == [
        *("purpose", "benefit", "items", "parties", "frequency", "until", "refusal", "withdrawal"),
    ]
    page.check("input[value=ward]")
    page.click("button[value=give]")
    page.wait_for_url(f"{kencom}/")


def test_a_service_receives_what_was_agreed_to_and_nothing_after_it_is_stopped(
    page: Page, citizen: Newcomer, kencom: str
) -> None:
    agree_at(page, kencom, citizen)
    received = claims(page, kencom)
    assert received["ward"] == "miyanishi"
    assert not {"address", "email", "phone_number", "gender"} & set(received)

    open_centre(page, "/history/", citizen)
    expect(page.locator(".history-entry h3").first).to_have_text("kencom に情報を渡しました")
    before = page.locator(".history-entry").count()
    at = time.monotonic()
    claims(page, kencom)
    page.goto("/history/")
    expect(page.locator(".history-entry")).to_have_count(before + 1)
    assert time.monotonic() - at < PATIENCE / 1000
    assert violations(page) == []

    open_centre(page, "/consents/", citizen)
    card = page.locator("[data-role=services] .service")
    expect(card).to_contain_text("連区")
    card.locator("[data-action=open]").click()
    expect(card.locator("form")).to_contain_text("あらた")
    expect(card.locator("form")).to_contain_text("宮西")
    expect(card.locator("[data-role=last-used]")).to_contain_text("年")
    assert violations(page) == []

    card.locator("[data-action=ask]").click()
    card.locator("[data-action=withdraw]").click()
    expect(page.locator("[data-role=news]")).to_contain_text("次の問い合わせから、何も渡りません。")
    assert "ward" not in claims(page, kencom)
    open_centre(page, "/history/", citizen)
    expect(page.locator(".history-entry h3").first).to_have_text("kencom への提供をやめました")
    open_centre(page, "/consents/", citizen)
    expect(page.locator("[data-role=ended] .service__tell")).to_be_visible()
    sees_that_kencom_has_deleted_it(page)


def sees_that_kencom_has_deleted_it(page: Page) -> None:
    """The service is told by a signed event, deletes, and says so; the centre shows when."""
    ended = page.locator("[data-role=ended] .service__tell").first
    until = time.monotonic() + PATIENCE / 1000
    while "消したと" not in ended.inner_text():
        assert time.monotonic() < until, ended.inner_text()
        page.wait_for_timeout(1000)
        page.reload()
        expect(ended).to_be_visible()


def test_history_shows_a_disclosure_within_two_seconds(citizen: Newcomer, page: Page, kencom: str) -> None:
    agree_at(page, kencom, citizen)
    with citizen.api() as api:
        api.get("/history")  # so that no function starts cold while it is timed
        before = len(api.get("/history").json()["entries"])
        claims(page, kencom)
        at = time.monotonic()
        while len(api.get("/history").json()["entries"]) == before:
            assert time.monotonic() - at < 2


def test_a_report_and_a_request_under_the_law_get_their_numbers(
    citizen: Newcomer, page: Page, kencom: str
) -> None:
    agree_at(page, kencom, citizen)
    open_centre(page, "/history/", citizen)
    entry = page.locator(".history-entry").first
    entry.locator("summary").click()
    entry.locator("textarea").fill("知りません。")
    entry.locator("[type=submit]").click()
    expect(entry.locator("[data-role=status]")).to_contain_text("受付番号")

    open_centre(page, "/requests/", citizen)
    page.get_by_label("訂正").check()
    page.get_by_label("くわしい内容").fill("連区がちがいます。")
    page.get_by_role("button", name="請求を送る").click()
    expect(page.locator("[data-role=news]")).to_contain_text("受付番号")
    expect(page.locator(".service")).to_contain_text("連区がちがいます。")


def test_a_receipt_from_the_centre_is_genuine_to_anybody(citizen: Newcomer, page: Page, kencom: str) -> None:
    agree_at(page, kencom, citizen)
    open_centre(page, "/consents/", citizen)
    card = page.locator("[data-role=services] .service")
    card.locator("[data-action=open]").click()
    card.locator("[data-action=read-receipt]").click()

    page.wait_for_url("**/receipts/")
    expect(page.locator("[data-role=valid]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-role=content]")).to_contain_text("生年月日")
    assert violations(page) == []


def asks_to_act(page: Page, guardian: Newcomer, code: str) -> None:
    """The guardian types the child's code and says what for."""
    open_centre(page, "/guardians/", guardian)
    page.get_by_label("お子さんのコード").fill(code)
    page.get_by_label("サービスへの同意").check()
    page.get_by_label("連携履歴を見る").check()
    page.get_by_role("button", name="申し込む").click()
    expect(page.locator("[data-role=news]")).to_contain_text(
        "市の窓口で書類を見せてください。", timeout=PATIENCE
    )
    expect(page.locator(".service")).to_contain_text("市が確認中")


def staff_saw_the_family_register(platform: Platform, guardian: Newcomer) -> None:
    """What the office does at its window."""
    with guardian.api() as api:
        (asked,) = api.get("/guardianships").json()["guardianships"]
    officer = sign_in_staff(platform.outputs, platform.outputs.demo_staff[0]).access
    approved = platform.api.post(
        f"/staff/v1/guardianships/{asked['id']}/approval",
        json={"evidence": "family-register", "birthDate": "2016-04-02"},
        headers={"Authorization": f"Bearer {officer}"},
    )
    assert approved.status_code == 200, approved.text


def test_a_guardian_stops_a_service_for_a_child_who_sees_it_and_ends_the_guardianship(
    citizen: Newcomer, page: Page, guardians_page: Page, platform: Platform, kencom: str
) -> None:
    guardian = newcomer(platform)
    agree_at(page, kencom, citizen)
    open_centre(page, "/guardians/", citizen)
    page.locator("[data-action=show-code]").click()
    code = page.locator("[data-role=code]")
    expect(code).to_be_visible(timeout=PATIENCE)
    asks_to_act(guardians_page, guardian, code.inner_text())
    staff_saw_the_family_register(platform, guardian)

    guardians_page.reload()
    guardians_page.get_by_role("link", name="お子さんの同意センターを見る").click()
    card = guardians_page.locator("[data-role=services] .service")
    expect(card).to_contain_text("連区", timeout=PATIENCE)
    expect(guardians_page.locator("[data-role=for-child]")).to_contain_text("かわりに見ています。")
    card.locator("[data-action=ask]").click()
    card.locator("[data-action=withdraw]").click()
    expect(guardians_page.locator("[data-role=news]")).to_contain_text("やめました", timeout=PATIENCE)
    assert violations(guardians_page) == []
    assert "ward" not in claims(page, kencom)

    open_centre(page, "/history/", citizen)
    told = page.locator("[data-role=entries]")
    expect(told).to_contain_text("保護者が、かわりに行いました")
    expect(told).to_contain_text("保護者が、あなたのかわりに見ました")
    open_centre(page, "/guardians/", citizen)
    page.locator("[data-action=ask]").click()
    page.locator("[data-action=end]").click()
    expect(page.locator("[data-role=news]")).to_have_text("終わりにしました。")
    guardians_page.reload()
    expect(guardians_page.get_by_text("見つかりません。")).to_be_visible(timeout=PATIENCE)
