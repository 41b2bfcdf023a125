"""The few words of ASGI that the doors share."""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

Headers = list[tuple[bytes, bytes]]


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that (lower-case) name."""
    return next((value for key, value in scope["headers"] if key.lower() == name), None)


def with_headers(headers: Iterable[tuple[bytes, bytes]], replaced: dict[bytes, bytes]) -> Headers:
    """The headers with some replaced, whatever the client had sent under those names."""
    kept = [(name, value) for name, value in headers if name.lower() not in replaced]
    return kept + list(replaced.items())


async def answer(
    send: Send, status: int, body: bytes, content_type: str, headers: Headers | None = None
) -> None:
    """Send one whole response."""
    start = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        *(headers or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def answer_json(send: Send, status: int, document: object, headers: Headers | None = None) -> None:
    """Send one JSON document."""
    await answer(send, status, json.dumps(document).encode(), "application/json", headers)


async def read_body(receive: Receive) -> bytes:
    """The whole request body."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
