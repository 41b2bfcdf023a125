"""Fixtures that every kind of test may ask for."""

from pathlib import Path

import pytest

from tests.browser import browser
from tests.platform import platform

_INTEGRATION = Path(__file__).parent / "integration"

__all__ = ["browser", "platform"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the running platform, or starts its own: everything else can run side by side."""
    for item in items:
        if "platform" in getattr(item, "fixturenames", ()) or item.path.is_relative_to(_INTEGRATION):
            item.add_marker(pytest.mark.platform)
