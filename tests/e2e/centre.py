"""Opening a page about the citizen, in any language, with a log-in that lets everybody in."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal_site.locales import LOCALES, Locale
from tests.e2e.centre_api import CentreApi
from tests.e2e.login import Login

EVERY_LANGUAGE = pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.code)


def opened(context: BrowserContext, path: str, locale: Locale = LOCALES[0]) -> tuple[Page, CentreApi]:
    """The page, signed in, and the API behind it."""
    Login(context)
    api = CentreApi(context)
    page = context.new_page()
    open_page(page, f"/{locale.prefix}{path}")
    return page, api


def open_page(page: Page, path: str) -> None:
    """Go there, and sign in if the page asks for it."""
    page.goto(path)
    signed_out = page.locator("[data-panel=signed-out]")
    if signed_out.is_visible():
        signed_out.locator("[data-action=sign-in]").click()
    expect(page.locator("[data-panel=content]")).to_be_visible()
