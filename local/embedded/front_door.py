"""Which of the platform's four ports a request came in by, and where that leads.

On AWS the portal and the API answer under their own domain names; here they answer under their own ports. The
door does what those domains do: it names the distribution or the API and its stage, so that paths stay clean,
and sets the forwarding headers that API Gateway sets.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from local.embedded.asgi import (
    Application,
    Headers,
    Receive,
    Scope,
    Send,
    answer,
    answer_json,
    header,
    with_headers,
)

MAX_API_BODY = 10 * 1024 * 1024
"""API Gateway's limit for one request, which the emulator does not keep."""

_OWN_HOSTS = {b"localhost", b"127.0.0.1", b"[::1]"}


@dataclass(frozen=True, slots=True)
class Routes:
    """Where the doors lead, known once the stacks are deployed."""

    api_id: str
    api_stage: str
    distribution: str
    """The distribution's domain name, for example `abc.cloudfront.net`."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The ports and what answers on those that are not AWS."""

    portal: int
    api: int
    emulator: int
    mail: int


class FrontDoor:
    """The application that the server runs: one door a port."""

    def __init__(
        self,
        doors: Doors,
        emulator: Application,
        control: Application,
        mail: Application,
        *,
        concurrency: int,
    ) -> None:
        """`concurrency` bounds API requests in work at once; the rest wait.

        Every one of them needs a process for the authorizer and one for the function. AWS has as many as are
        asked for; a small machine that starts fifty at once answers none of them.
        """
        self._doors = doors
        self._emulator = emulator
        self._control = control
        self._mail = mail
        self._in_work = asyncio.Semaphore(concurrency)
        self._routes: Routes | None = None

    def lead_to(self, routes: Routes) -> None:
        """Open the portal's and the API's doors."""
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._emulator(scope, receive, send)
            return
        port = scope["server"][1]
        if port == self._doors.emulator:
            await self._to_emulator(scope, receive, send)
        elif not _is_own_host(scope):
            # Another site's page must not reach the platform through a name it made resolve to this machine.
            await answer_json(send, 403, {"message": "Forbidden"})
        elif port == self._doors.mail:
            await self._mail(scope, receive, send)
        elif self._routes is None:
            await answer(send, 503, b"The platform is starting.\n", "text/plain", [(b"retry-after", b"2")])
        elif port == self._doors.api:
            await self._to_api(self._routes, scope, receive, send)
        else:
            await self._to_portal(self._routes, scope, receive, send)

    async def _to_emulator(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/_machi/"):
            await self._control(scope, receive, send)
        elif _is_emulator_administration(scope):
            # Any page open in a browser could post there and empty the platform: `make reset` is the way.
            await answer_json(send, 403, {"message": "Forbidden"})
        else:
            await self._emulator(scope, receive, send)

    async def _to_api(self, routes: Routes, scope: Scope, receive: Receive, send: Send) -> None:
        length = header(scope, b"content-length")
        if length is not None and length.isdigit() and int(length) > MAX_API_BODY:
            await answer_json(send, 413, {"message": "Request Too Long"}, [(b"connection", b"close")])
            return
        # A REST API hands the path to its function as it came, percent-encoded; the emulator would decode it.
        asked = scope["raw_path"].decode("latin-1")
        path = f"/_aws/execute-api/{routes.api_id}/{routes.api_stage}{asked}"
        forwarded = {
            **scope,
            "path": path,
            "raw_path": quote(path).encode(),
            "headers": self._forwarded(scope),
        }
        async with self._in_work:
            await self._emulator(forwarded, receive, send)

    async def _to_portal(self, routes: Routes, scope: Scope, receive: Receive, send: Send) -> None:
        # The distribution sends plain HTTP on to https. On this machine the doors are what TLS is on AWS.
        replaced = {b"host": routes.distribution.encode(), b"x-forwarded-proto": b"https"}
        headers = with_headers(scope["headers"], replaced)
        await self._emulator({**scope, "headers": headers}, receive, send)

    def _forwarded(self, scope: Scope) -> Headers:
        """What API Gateway says of the caller; a caller's own claim about its address counts for nothing."""
        address = scope["client"][0] if scope.get("client") else "127.0.0.1"
        return with_headers(
            scope["headers"],
            {
                b"x-forwarded-for": address.encode(),
                b"x-forwarded-proto": b"http",
                b"x-forwarded-port": str(self._doors.api).encode(),
            },
        )


def _is_emulator_administration(scope: Scope) -> bool:
    path = scope["path"]
    changes = scope["method"] not in {"GET", "HEAD"}
    return changes and path.startswith("/_ministack/") and not path.startswith("/_ministack/cfn-")


def _is_own_host(scope: Scope) -> bool:
    host = header(scope, b"host") or b""
    name = host[: host.find(b"]") + 1] if host.startswith(b"[") else host.split(b":", 1)[0]
    return name.lower() in _OWN_HOSTS
