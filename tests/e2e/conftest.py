"""A browser, and a portal built for a server of this test session."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from portal_site.city import read_city
from portal_site.config import SiteConfig
from portal_site.site import Site, build_site
from tests.e2e.site_server import SiteServer, site_server

REPOSITORY = Path(__file__).parents[2]

API = "https://api.example"
LOGIN = "https://login.example"
ISSUER = "https://issuer.example/pool"
CLIENT = "portal-client"

NewPage = Callable[..., Page]


def portal_for(address: str) -> Site:
    """The real city's portal for an address, with an API and a log-in that only exist in tests."""
    config = SiteConfig("local", address, API, LOGIN, ISSUER, CLIENT)
    return Site(
        config, read_city(REPOSITORY / "infra" / "cities" / "ichinomiya.toml"), REPOSITORY / "node_modules"
    )


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[SiteServer, Site]]:
    """The portal, built and served."""
    with site_server() as server:
        site = portal_for(server.address)
        server.files = build_site(site)
        yield server, site


@pytest.fixture(scope="session")
def site(served: tuple[SiteServer, Site]) -> Site:
    """What is served."""
    return served[1]


@pytest.fixture
def new_context(
    chromium: Browser, served: tuple[SiteServer, Site]
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles on the portal; keyword arguments are Playwright's. No tile server is asked."""
    contexts: list[BrowserContext] = []

    def make(*, width: int = 1280, service_workers: str = "block", **settings: object) -> BrowserContext:
        context = chromium.new_context(
            base_url=served[0].address,
            viewport={"width": width, "height": 900},
            service_workers=service_workers,  # type: ignore[arg-type] # a literal type of Playwright's
            **settings,  # type: ignore[arg-type] # passed on
        )
        context.set_default_timeout(10_000)
        context.route(
            "https://cyberjapandata.gsi.go.jp/**",
            lambda route: route.fulfill(body=PIXEL, content_type="image/png"),
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def new_page(new_context: Callable[..., BrowserContext]) -> NewPage:
    """Makes a page in a profile of its own."""

    def make(**settings: object) -> Page:
        return new_context(**settings).new_page()

    return make


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One page, as wide as a laptop."""
    return new_page()


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da63fcff1f0003030200ef9e5cf20000000049454e44ae426082"
)
"""A grey picture of one pixel."""
