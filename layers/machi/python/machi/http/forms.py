"""Reading small JSON bodies member by member, with faults that name the member and never the value."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from starlette.requests import Request

from machi.http.errors import UnsupportedMediaType
from machi.http.problem import Problem, problem
from machi.http.requests import json_body, media_type
from machi.identity.faults import Faulty, FormInvalid, fault

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls but tab and line feed, and marks that make a text look like another."""

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


async def submitted_object(request: Request) -> Mapping[str, Any]:
    """The JSON object in the body.

    Raises:
        UnsupportedMediaType, MalformedJson, BodyTooLarge: there is none that can be read.
        FormInvalid: it is JSON, but no object.
    """
    if media_type(request) != "application/json":
        raise UnsupportedMediaType("send application/json")
    body = await json_body(request)
    if not isinstance(body, Mapping):
        raise fault(None, "not-an-object")
    return body


def words(body: Mapping[str, Any], member: str, *, least: int = 1, most: int) -> str:
    """A text that somebody wrote, without the space around it.

    Raises:
        FormInvalid: missing, too short or long, or with characters that nobody types.
    """
    value = body.get(member)
    if value is None:
        raise fault(member, "missing")
    if not isinstance(value, str):
        raise fault(member, "not-text")
    text = value.replace("\r\n", "\n").strip()
    if _CONTROL.search(text):
        raise fault(member, "characters")
    if len(text) < least:
        raise fault(member, "too-short")
    if len(text) > most:
        raise fault(member, "too-long")
    return text


def chosen(body: Mapping[str, Any], member: str, offered: type[ChoiceT]) -> ChoiceT:
    """One of what is offered.

    Raises:
        FormInvalid: missing, or something else.
    """
    value = body.get(member)
    if value is None:
        raise fault(member, "missing")
    if not isinstance(value, str) or value not in set(offered):
        raise fault(member, "not-offered")
    return offered(value)


def some_of(body: Mapping[str, Any], member: str, offered: type[ChoiceT]) -> frozenset[ChoiceT]:
    """One or more of what is offered.

    Raises:
        FormInvalid: missing, none, or something else.
    """
    values = body.get(member)
    if values is None:
        raise fault(member, "missing")
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise fault(member, "not-a-list")
    if not set(values) <= set(offered):
        raise fault(member, "not-offered")
    return frozenset(map(offered, values))


def day(body: Mapping[str, Any], member: str) -> date:
    """A day as `2015-04-02`.

    Raises:
        FormInvalid: missing, or no such day.
    """
    value = body.get(member)
    if value is None:
        raise fault(member, "missing")
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise fault(member, "not-a-date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise fault(member, "not-a-date") from None


def of_form(error: FormInvalid) -> Problem:
    """Each fault with a pointer to its member; `#` where it is in the whole."""
    return replace(problem("invalid", str(error)), errors=tuple(map(_pointed, error.faults)))


def _pointed(found: Faulty) -> dict[str, str]:
    return {"pointer": f"#/{found.member}" if found.member else "#", "code": found.code}
