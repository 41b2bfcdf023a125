"""A client that calls an ASGI application in this process, also from code that runs inside an event loop."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx
from starlette.types import ASGIApp


class InProcess:
    """A browser, or another party's server, without a network."""

    def __init__(self, application: ASGIApp, base: str) -> None:
        self._application = application
        self._base = base

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Read."""
        return self._call("GET", url, None, headers)

    def post(self, url: str, form: Mapping[str, str]) -> httpx.Response:
        """Send a form."""
        return self._call("POST", url, form, None)

    def _call(
        self, method: str, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._application)
            async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
                return await client.request(method, url, data=form, headers=headers)

        with ThreadPoolExecutor(1) as thread:  # its own loop: the caller may be inside one
            return thread.submit(asyncio.run, call()).result()
