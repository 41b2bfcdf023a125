"""Partners that answer, and citizens who are new to them."""

from collections.abc import Iterator

import pytest

from tests.integration.partners.people import Newcomer, newcomer
from tests.integration.partners.relying import sample_of
from tests.integration.partners.visitor import Visitor
from tests.platform import Platform


@pytest.fixture(scope="module")
def kencom(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of kencom's service, which is built on Authlib."""
    folder = tmp_path_factory.mktemp("kencom")
    with sample_of(platform, platform.outputs.partner("kencom"), folder) as address:
        yield address


@pytest.fixture
def citizen(platform: Platform) -> Newcomer:
    """Somebody who has agreed to nothing yet."""
    return newcomer(platform)


@pytest.fixture
def visitor(platform: Platform, citizen: Newcomer) -> Iterator[Visitor]:
    """That citizen's browser."""
    with Visitor(platform, citizen.account) as browser:
        yield browser
