"""What handlers read from a request beside its parameters."""

import re
from typing import Any

from starlette.requests import Request

from machi.http.errors import InvalidRequest, PreconditionRequired
from machi.http.json_reader import read_json
from machi.http.limits import Limits
from machi.http.request_id import request_id_of

__all__ = ["LIMITS_KEY", "if_match", "json_body", "media_type", "request_id"]

LIMITS_KEY = "machi.limits"

_VERSION_TAG = re.compile(r'"(0|[1-9][0-9]{0,15})"')


async def json_body(request: Request) -> Any:  # noqa: ANN401  (JSON is any value)
    """The body as Python values, within the limits of the application.

    Raises:
        BodyTooLarge, MalformedJson: see `machi.http.json_reader`.
    """
    limits: Limits = request.scope[LIMITS_KEY]
    return read_json(await request.body(), max_bytes=limits.max_body_bytes, max_depth=limits.max_depth)


def media_type(request: Request) -> str:
    """The media type of the body without parameters, in lower case; empty if there is none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def if_match(request: Request) -> int:
    """The version that the caller expects, from `If-Match: "7"`.

    Raises:
        PreconditionRequired: the header is missing.
        InvalidRequest: it is not one entity tag as this API gives them.
    """
    tag = request.headers.get("if-match")
    if tag is None:
        raise PreconditionRequired("send the ETag that you have read, in If-Match")
    found = _VERSION_TAG.fullmatch(tag.strip())
    if found is None:
        raise InvalidRequest("If-Match takes one ETag of this resource")
    return int(found[1])


def request_id(request: Request) -> str:
    """The gateway's id of the request."""
    return request_id_of(request.scope)
