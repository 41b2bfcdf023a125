"""What stays readable when the network is gone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal_site.site import build_site
from tests.e2e.conftest import portal_for
from tests.e2e.site_server import SiteServer, site_server

_KEPT = """async (path) => {
  for (const name of await caches.keys()) if (await (await caches.open(name)).match(path)) return true;
  return false;
}"""


@pytest.fixture
def visited(chromium: Browser) -> Iterator[tuple[Page, SiteServer]]:
    """A phone that has opened the English home page once; its server can be taken away."""
    with site_server() as server:
        server.files = build_site(portal_for(server.address))
        context = chromium.new_context(base_url=server.address, viewport={"width": 375, "height": 800})
        page = context.new_page()
        page.goto("/en/")
        _until_kept(page, "/en/shelters/")
        yield page, server
        context.close()


def _until_kept(page: Page, path: str) -> None:
    for _ in range(100):
        if page.evaluate(_KEPT, path):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{path} was not kept")


def test_places_can_be_read_and_sorted_without_network_though_the_page_was_never_opened(
    visited: tuple[Page, SiteServer],
) -> None:
    page, server = visited
    server.gone = True
    page.goto("/en/shelters/")
    assert page.locator("[data-kind=site] .facility__part").count() == 177
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 35.3030, "longitude": 136.7976})
    page.get_by_role("button", name="Sort by distance from me").click()
    expect(page.locator(".shelter-finder__status")).to_contain_text("Sorted by distance.")
    page.locator("shelter-map").scroll_into_view_if_needed()
    expect(page.locator(".shelter-map__message")).to_have_text(
        "The map cannot be shown. The list still works."
    )


def test_other_pages_say_that_there_is_no_network_in_the_reader_s_language(
    visited: tuple[Page, SiteServer],
) -> None:
    page, server = visited
    server.gone = True
    page.goto("/en/data/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    page.get_by_role("link", name="See evacuation sites and shelters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evacuation sites and shelters")
    page.goto("/data/")
    expect(page.get_by_role("heading", level=1)).to_have_text("インターネットにつながっていません")


def test_my_page_and_the_log_in_are_not_kept(visited: tuple[Page, SiteServer]) -> None:
    page, _ = visited
    page.goto("/en/mypage/")
    page.goto("/en/auth/failed/?reason=cancelled")
    page.goto("/en/data/")
    _until_kept(page, "/en/data/")
    assert not page.evaluate(_KEPT, "/en/mypage/")
    assert not page.evaluate(_KEPT, "/en/auth/failed/")
    assert not page.evaluate(_KEPT, "/config.json")


def test_with_a_network_pages_are_fresh(visited: tuple[Page, SiteServer]) -> None:
    page, server = visited
    changed = server.files["en/shelters/index.html"].replace(b"<h1>", b"<h1>Changed: ", 1)
    server.files = {**server.files, "en/shelters/index.html": changed}
    page.goto("/en/shelters/")
    page.reload()  # within the minute that browsers may keep a page for
    expect(page.get_by_role("heading", level=1)).to_contain_text("Changed:")
