"""Reading a request whole, for a server that is not asynchronous."""

from starlette.datastructures import FormData
from starlette.requests import Request

from local.simulators.authorization_server import Asked


async def asked_of(request: Request) -> Asked:
    """The request with its form."""
    form = await request.form() if request.method == "POST" else FormData()
    return Asked(request.method, str(request.url), request.headers, request.query_params, form)


def bearer(request: Request) -> str:
    """The access token in the header, empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
