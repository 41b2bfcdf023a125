"""Which credentials a request brings along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_BEARER = "bearer "


class Unauthorized(Exception):
    """The request has no credential that counts here.

    API Gateway answers 401 if, and only if, the authorizer fails with exactly this message.
    """

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@dataclass(frozen=True, slots=True)
class Presented:
    """The credentials as they were sent, not yet checked; None where there is none."""

    key: str | None
    token: str | None


def presented(event: Mapping[str, Any]) -> Presented:
    """Read the credentials of a request.

    Raises:
        Unauthorized: one is there twice, so that two readers could take it for two different ones, or the
            `Authorization` header is not a bearer token.
    """
    authorization = _only(event, "authorization")
    if authorization is not None and authorization[: len(_BEARER)].lower() != _BEARER:
        raise Unauthorized
    token = None if authorization is None else authorization[len(_BEARER) :].strip()
    return Presented(key=_only(event, "x-api-key"), token=token)


def _only(event: Mapping[str, Any], name: str) -> str | None:
    values = [
        value
        for header, all_values in (event.get("multiValueHeaders") or {}).items()
        if header.lower() == name
        for value in all_values
    ]
    if len(values) > 1:
        raise Unauthorized
    return str(values[0]) if values else None
