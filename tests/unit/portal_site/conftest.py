"""One build of the real city's portal for all tests that look at it."""

from pathlib import Path

import pytest

from portal_site.city import read_city
from portal_site.config import SiteConfig
from portal_site.site import Site, build_site
from tests.unit.portal_site.html_document import Document

REPOSITORY = Path(__file__).parents[3]
CITY_FILE = REPOSITORY / "infra" / "cities" / "ichinomiya.toml"

CONFIG = SiteConfig(
    stage="staging",
    portal_url="https://portal.example",
    api_url="https://api.example",
    auth_url="https://login.example",
    issuer="https://issuer.example/pool",
    client_id="portal-client",
)


def new_site() -> Site:
    """A site that nothing was rendered of yet."""
    return Site(CONFIG, read_city(CITY_FILE), REPOSITORY / "node_modules")


@pytest.fixture(scope="session")
def site() -> Site:
    """The portal of the real city."""
    return new_site()


@pytest.fixture(scope="session")
def files(site: Site) -> dict[str, bytes]:
    """Every file of it."""
    return build_site(site)


@pytest.fixture(scope="session")
def documents(files: dict[str, bytes]) -> dict[str, Document]:
    """Every page of it, parsed."""
    return {path: Document(content.decode()) for path, content in files.items() if path.endswith(".html")}
