"""The tenant of a request stands in its answer too, errors included (clauses 5.5.10 and 6.3.14)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADER = b"ngsild-tenant"


class EchoTenant:
    """Wraps an application and repeats the header `NGSILD-Tenant`."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the header is added to whatever comes back."""
        named = [value for name, value in scope.get("headers", ()) if name == _HEADER]
        if not named:
            await self._application(scope, receive, send)
            return

        async def echo(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (_HEADER, named[0])]}
            await send(message)

        await self._application(scope, receive, echo)
