"""oidc-client-ts, unmodified, in Chromium: a partner without a server signs citizens in."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.partners.browser_partner import APPLICATION, ScriptPartner, script_partner
from tests.integration.partners.people import Newcomer
from tests.platform import Platform

PATIENCE = 60_000  # milliseconds; functions start cold


@pytest.fixture(scope="module")
def partner(platform: Platform) -> Iterator[ScriptPartner]:
    """A public client, registered and served."""
    with script_partner(platform) as partner:
        yield partner


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser without a past, on a narrow phone."""
    context = chromium.new_context(locale="ja-JP", viewport={"width": 320, "height": 640})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield page
    context.close()


def to_consent(page: Page, partner: ScriptPartner, citizen: Newcomer) -> None:
    """From the partner's button over the log-in page to the consent page."""
    page.goto(partner.address)
    page.click("#sign-in")
    page.fill("input[name=username]", citizen.account.email)
    page.fill("input[name=password]", citizen.account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/connect/consent?**")


def result(page: Page, partner: ScriptPartner) -> dict[str, object]:
    """What the partner's page shows in the end."""
    page.wait_for_url(f"{partner.address}/callback**")
    expect(page.locator("#result")).not_to_be_empty(timeout=PATIENCE)
    return dict(json.loads(page.locator("#result").inner_text()))


def test_a_page_of_scripts_signs_a_citizen_in_and_learns_what_was_agreed_to(
    page: Page, partner: ScriptPartner, citizen: Newcomer
) -> None:
    to_consent(page, partner, citizen)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.check("input[value=ward]")

    page.click("button[value=give]")

    profile = result(page, partner)
    assert (profile["nickname"], profile["birthdate"], profile["ward"]) == (
        "あらた",
        "1984-05-06",
        "miyanishi",
    )
    assert len(str(profile["ppid"])) == 43
    assert not {"email", "email_verified", "name", "family_name"} & set(profile)


def test_a_page_of_scripts_is_told_that_the_citizen_does_not_agree(
    page: Page, partner: ScriptPartner, citizen: Newcomer
) -> None:
    to_consent(page, partner, citizen)

    page.click("button[value=deny]")

    assert result(page, partner) == {"error": "access_denied"}


def test_once_agreed_a_citizen_passes_the_front_door_without_a_page(
    page: Page, partner: ScriptPartner, citizen: Newcomer
) -> None:
    to_consent(page, partner, citizen)
    page.click("button[value=give]")
    result(page, partner)

    page.goto(partner.address)
    page.click("#sign-in")

    assert result(page, partner)["nickname"] == "あらた"


def test_after_the_withdrawal_a_refresh_carries_nothing(
    page: Page, partner: ScriptPartner, citizen: Newcomer
) -> None:
    to_consent(page, partner, citizen)
    page.click("button[value=give]")
    assert "nickname" in result(page, partner)

    citizen.withdraws(APPLICATION)
    page.evaluate("() => { document.querySelector('#result').textContent = ''; window.refresh(); }")
    expect(page.locator("#result")).not_to_be_empty(timeout=PATIENCE)

    refreshed = json.loads(page.locator("#result").inner_text())
    assert not {"nickname", "birthdate", "ward"} & set(refreshed), refreshed
