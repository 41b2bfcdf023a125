"""A citizen on the deployed platform: the portal from its bucket, the real log-in, the real API."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.outputs import DemoCitizen
from tests.e2e.login import choose_own_log_in
from tests.e2e.test_accessibility import violations
from tests.platform import Platform


@pytest.fixture
def citizen(platform: Platform) -> DemoCitizen:
    """花子, made up."""
    return platform.outputs.demo_citizens[0]


@pytest.fixture
def page(chromium: Browser, platform: Platform) -> Iterator[Page]:
    """A fresh browser on the deployed portal; the map's pictures are left out."""
    context = chromium.new_context(
        base_url=platform.outputs.portal_url, viewport={"width": 375, "height": 800}
    )
    context.set_default_timeout(20_000)
    context.route("https://cyberjapandata.gsi.go.jp/**", lambda route: route.abort())
    yield context.new_page()
    context.close()


def sign_in(page: Page, citizen: DemoCitizen) -> None:
    """Through the hosted log-in, which is not ours: its fields by their names."""
    page.get_by_role("banner").get_by_role("link", name="ログイン").click()
    choose_own_log_in(page)
    page.locator("input[name=username]").fill(citizen.email)
    page.locator("input[name=password]").fill(citizen.password)
    page.locator("input[name=password]").press("Enter")


def test_a_citizen_signs_in_changes_their_page_and_signs_out(page: Page, citizen: DemoCitizen) -> None:
    page.goto("/mypage/")
    sign_in(page, citizen)
    expect(page.get_by_text(citizen.email)).to_be_visible()
    nickname = f"はな{uuid.uuid4().hex[:6]}"
    page.get_by_label("表示名").fill(nickname)
    page.get_by_label("姓（カナ）").fill("いちのみや")
    page.get_by_label("連区").select_option("木曽川町")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("[data-role=status]")).to_have_text("保存しました。")
    expect(page.get_by_label("姓（カナ）")).to_have_value("イチノミヤ")

    page.reload()
    expect(page.get_by_label("表示名")).to_have_value(nickname)
    expect(page.get_by_label("連区")).to_have_value("kisogawa")
    assert violations(page) == []

    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ログアウトしました")
    page.goto("/mypage/")
    expect(page.get_by_role("heading", name="ログインしてください")).to_be_visible()


def test_what_the_api_refuses_is_said_at_the_field(page: Page, citizen: DemoCitizen) -> None:
    page.goto("/mypage/")
    sign_in(page, citizen)
    expect(page.locator("form")).to_be_visible()
    page.get_by_label("年（西暦）").fill("2999")
    page.get_by_label("月", exact=True).fill("1")
    page.get_by_label("日", exact=True).fill("1")
    page.get_by_label("名（カナ）").fill("漢字")
    page.get_by_role("button", name="保存する").click()
    summary = page.locator("[data-role=summary]")
    expect(summary).to_contain_text("生年月日: 今日より後の日付です。")
    expect(summary).to_contain_text("名（カナ）: カタカナかひらがなで入力してください。")


def test_two_screens_of_one_citizen_do_not_overwrite_each_other(
    page: Page, citizen: DemoCitizen, platform: Platform, chromium: Browser
) -> None:
    page.goto("/mypage/")
    sign_in(page, citizen)
    expect(page.locator("form")).to_be_visible()
    context = chromium.new_context(base_url=platform.outputs.portal_url)
    other = context.new_page()
    other.goto("/mypage/")
    sign_in(other, citizen)
    other.get_by_label("表示名").fill(f"別{uuid.uuid4().hex[:6]}")
    other.get_by_role("button", name="保存する").click()
    expect(other.locator("[data-role=status]")).to_have_text("保存しました。")
    page.get_by_label("表示名").fill(f"元{uuid.uuid4().hex[:6]}")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("[data-role=conflict]")).to_be_visible()
    context.close()


def test_a_wrong_password_lets_nobody_in(page: Page, citizen: DemoCitizen) -> None:
    page.goto("/")
    with page.expect_response(lambda response: response.request.method == "POST"):
        sign_in(page, DemoCitizen(email=citizen.email, password="wrong-Password-1", name=""))
    expect(page.locator("input[name=password]")).to_be_visible()
    page.goto("/mypage/")
    expect(page.get_by_role("heading", name="ログインしてください")).to_be_visible()


def test_a_citizen_returns_to_where_they_were_in_their_language(page: Page, citizen: DemoCitizen) -> None:
    page.goto("/en/shelters/flood/")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    choose_own_log_in(page)
    page.locator("input[name=username]").fill(citizen.email)
    page.locator("input[name=password]").fill(citizen.password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/en/shelters/flood/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_deployed_pages_carry_the_strict_policy_and_live_under_it(page: Page, platform: Platform) -> None:
    trouble: list[str] = []
    page.on(
        "console",
        lambda message: trouble.append(message.text) if "Content Security Policy" in message.text else None,
    )
    page.on("pageerror", lambda error: trouble.append(str(error)))
    response = page.goto("/shelters/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert f"connect-src 'self' {platform.outputs.api_url} {platform.outputs.auth_url}" in policy
    page.locator("shelter-map").scroll_into_view_if_needed()
    expect(page.locator(".leaflet-container")).to_be_visible()
    assert trouble == []


def test_an_address_that_does_not_exist_is_answered_with_404_and_its_page(page: Page) -> None:
    response = page.goto("/no/such/page")
    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("ページが見つかりません")


def test_the_portal_and_the_api_know_the_same_places(platform: Platform, page: Page) -> None:
    page.goto("/shelters/")
    shown = set(re.findall(r'id="p-(E\d+)"', page.content()))
    answer = platform.conformance.get(
        "/ngsi-ld/v1/entities", params={"type": "EvacuationSite", "limit": 1000, "options": "keyValues"}
    )
    known = {entity["id"].rsplit(":", 1)[1] for entity in answer.json()}
    assert len(known) == 177
    assert shown - known == set(re.findall(r'id="p-(E\d{10}111)"', page.content())), "shelters only"
