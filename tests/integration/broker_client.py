"""The deployed broker as a client sees it, in a tenant that no other test uses."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from tests.platform import Platform

ROOT = "/ngsi-ld/v1"
PATIENCE_SECONDS = 60.0


class Broker:
    """Sends JSON, checks nothing."""

    def __init__(self, platform: Platform) -> None:
        self.client = platform.conformance
        self.tenant = f"test-{uuid4().hex}"

    def __call__(self, method: str, path: str, document: object = None, **parameters: str) -> httpx.Response:
        """One request; keyword arguments are URL parameters."""
        return self.client.request(
            method,
            path if path.startswith(ROOT) else ROOT + path,
            params=parameters or None,
            json=document,
            headers={"NGSILD-Tenant": self.tenant},
        )

    def get(self, path: str, **parameters: str) -> httpx.Response:
        return self("GET", path, **parameters)

    def post(self, path: str, document: object, **parameters: str) -> httpx.Response:
        return self("POST", path, document, **parameters)

    def pages(self, path: str, **parameters: str) -> list[list[dict[str, Any]]]:
        """All pages, by following the links."""
        answer, found = self.get(path, **parameters), list[list[dict[str, Any]]]()
        found.append(answer.json())
        while following := answer.links.get("next"):
            answer = self.get(following["url"])
            found.append(answer.json())
        return found


def eventually(look: Callable[[], bool]) -> None:
    """Wait until it is so.

    Raises:
        AssertionError: it does not come to be.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)
