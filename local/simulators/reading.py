"""Reading a request whole, for a server that is not asynchronous."""

from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from local.simulators.authorization_server import Asked


async def asked_of(request: Request) -> Asked:
    """The request with its form."""
    body = await request.body() if request.method == "POST" else b""
    fields: list[tuple[str, str | UploadFile]] = [*parse_qsl(body.decode(), keep_blank_values=True)]
    return Asked(request.method, str(request.url), request.headers, request.query_params, FormData(fields))


def bearer(request: Request) -> str:
    """The access token in the header, empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
