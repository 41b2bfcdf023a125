"""The shortest way from values to an answer."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response


def json_response(
    value: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """An answer in JSON.

    Raises:
        TypeError: the value is not JSON.
    """
    return Response(orjson.dumps(value), status_code=status, headers=headers, media_type=media_type)
