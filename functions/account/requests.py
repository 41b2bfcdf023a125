"""What the handlers of the account API read from a request."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from starlette.requests import Request

from machi.http.errors import UnsupportedMediaType
from machi.http.requests import json_body, media_type

_PREFIX = 64  # bits of an IPv6 address that one household shares


async def submitted(request: Request) -> Any:  # noqa: ANN401  (JSON is any value)
    """The JSON body.

    Raises:
        UnsupportedMediaType, MalformedJson, BodyTooLarge: there is none that can be read.
    """
    if media_type(request) != "application/json":
        raise UnsupportedMediaType("send application/json")
    return await json_body(request)


def source_of(request: Request) -> str:
    """The place in the network, as the gateway saw it; never a header, which anybody can write."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return f"{int(address) >> (128 - _PREFIX):x}"
    return str(address)
