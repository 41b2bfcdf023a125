"""Fixtures that every kind of test may ask for."""

from pathlib import Path

import pytest

from tests.browser import chromium
from tests.platform import platform

_INTEGRATION = Path(__file__).parent / "integration"

__all__ = ["chromium", "platform"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the running platform, or starts its own: everything else can run side by side.

    Files that use the browser come last: once Playwright was started, its event loop counts as running in
    this thread until the session ends, and nothing else can run one.
    """
    for item in items:
        if _uses(item, "platform") or item.path.is_relative_to(_INTEGRATION):
            item.add_marker(pytest.mark.platform)
    with_browser = {item.path for item in items if _uses(item, "chromium")}
    items.sort(key=lambda item: item.path in with_browser)


def _uses(item: pytest.Item, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ())
