"""From an event of the REST API to an ASGI request, and from the answer back."""

import asyncio
import base64
import logging
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode

from mangum import Mangum
from mangum.types import ASGI, LambdaConfig, LambdaContext, LambdaEvent, Response, Scope

LambdaHandler = Callable[[dict[str, Any], Any], dict[str, Any]]

_ANY_TEXT = "surrogatepass"  # what cannot be UTF-8 is refused by the readers, not by an exception here


class RestApiEvent:
    """One proxy event of a REST API (payload format 1.0).

    Mangum's own reader decodes the path, so an encoded slash would become two segments; joins repeated
    headers; and sends what it does not know for text, such as `application/ld+json`, in base64, which
    this API, without binary media types, would hand to the client as it is.
    """

    def __init__(self, event: LambdaEvent, context: LambdaContext, _config: LambdaConfig) -> None:
        self._event = event
        self._context = context

    @classmethod
    def infer(cls, _event: LambdaEvent, _context: LambdaContext, _config: LambdaConfig) -> bool:
        """Always true: these functions have no other trigger."""
        return True

    @property
    def body(self) -> bytes:
        """The request's body."""
        body = self._event.get("body") or ""
        if self._event.get("isBase64Encoded"):
            return base64.b64decode(body)
        return str(body).encode("utf-8", _ANY_TEXT)

    @property
    def scope(self) -> Scope:
        """The request as ASGI has it; `raw_path` is as the client wrote it."""
        event = self._event
        path: str = event["path"] or "/"
        identity = event["requestContext"].get("identity") or {}
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "http_version": "1.1",
            "method": event["httpMethod"],
            "scheme": "https",
            "path": unquote(path),
            "raw_path": path.encode("utf-8", _ANY_TEXT),
            "root_path": "",
            "query_string": self._query(),
            "headers": self._headers(),
            "server": None,
            "client": (identity.get("sourceIp") or "", 0),
            "aws.event": event,
            "aws.context": self._context,
        }

    def __call__(self, response: Response) -> dict[str, Any]:
        """The answer as API Gateway takes it; every body is text."""
        headers: dict[str, list[str]] = {}
        for name, value in response["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        return {
            "statusCode": response["status"],
            "multiValueHeaders": headers,
            "body": response["body"].decode("utf-8", "replace"),
            "isBase64Encoded": False,
        }

    def _query(self) -> bytes:
        parameters = self._event.get("multiValueQueryStringParameters")
        return urlencode(parameters, doseq=True, errors=_ANY_TEXT).encode() if parameters else b""

    def _headers(self) -> list[tuple[bytes, bytes]]:
        given: dict[str, list[str]] = self._event.get("multiValueHeaders") or {}
        return [
            (name.lower().encode("utf-8", _ANY_TEXT), value.encode("utf-8", _ANY_TEXT))
            for name, values in given.items()
            for value in values
        ]


@cache
def _event_loop() -> asyncio.AbstractEventLoop:
    """One for the life of the process."""
    return asyncio.new_event_loop()


def entry(app: ASGI) -> LambdaHandler:
    """The Lambda handler for an application. Call it when the function is built, not at import."""
    logging.getLogger("mangum").setLevel(logging.WARNING)  # its line for each request has the whole path
    asyncio.set_event_loop(_event_loop())  # Mangum takes the current one
    return Mangum(app, lifespan="off", custom_handlers=[RestApiEvent])
