"""What the platform's supervisor may ask of the running emulator, beyond AWS itself.

Every call carries the token that the supervisor gave the process at its start; without it a page in a browser
could empty the broker.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Protocol

from local.embedded.asgi import Receive, Scope, Send, answer_json, header, read_body
from local.embedded.front_door import Routes

TOKEN_HEADER = b"x-machi-control"


class Emulator(Protocol):
    """What can be asked for; `local.embedded.internals` does it."""

    async def drain(self) -> bool:
        """Wait until nothing is on its way any more; False if that took too long."""

    async def empty_tables(self, names: list[str]) -> int:
        """Remove every item of the tables; gives their number."""

    def save(self) -> None:
        """Write the whole state to disk."""


Call = Callable[[dict[str, object]], Awaitable[dict[str, object]]]


class Control:
    """The application below `/_machi/`."""

    def __init__(self, token: str, emulator: Emulator, lead_to: Callable[[Routes], None]) -> None:
        self._token = token.encode()
        self._emulator = emulator
        self._lead_to = lead_to
        self._calls: dict[str, Call] = {
            "routes": self._routes,
            "drain": self._drain,
            "empty-tables": self._empty_tables,
            "checkpoint": self._checkpoint,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = header(scope, TOKEN_HEADER) or b""
        call = self._calls.get(scope["path"].removeprefix("/_machi/"))
        if not hmac.compare_digest(given, self._token):
            await answer_json(send, 403, {"message": "Forbidden"})
        elif call is None or scope["method"] != "POST":
            await answer_json(send, 404, {"message": "Not Found"})
        else:
            await answer_json(send, 200, await call(json.loads(await read_body(receive) or b"{}")))

    async def _routes(self, body: dict[str, object]) -> dict[str, object]:
        self._lead_to(Routes(**{name: str(value) for name, value in body.items()}))
        return {}

    async def _drain(self, _body: dict[str, object]) -> dict[str, object]:
        return {"drained": await self._emulator.drain()}

    async def _empty_tables(self, body: dict[str, object]) -> dict[str, object]:
        tables = body["tables"]
        if not isinstance(tables, list):
            raise TypeError("tables must be a list of names")
        return {"removed": await self._emulator.empty_tables([str(name) for name in tables])}

    async def _checkpoint(self, _body: dict[str, object]) -> dict[str, object]:
        drained = await self._emulator.drain()
        self._emulator.save()
        return {"drained": drained}
