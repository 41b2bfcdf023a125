"""The deployed platform, prepared once for all tests here."""

import pytest

from tests.platform import Platform
from tests.security.deployed_city import DeployedCity


@pytest.fixture(scope="session")
def deployed(platform: Platform) -> DeployedCity:
    """The platform with applications and signed-in citizens."""
    return DeployedCity(platform)
