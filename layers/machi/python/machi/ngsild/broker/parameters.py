"""How are single parameters of a request read? They come as text (URL) or as JSON members (Query, 5.2.23)."""

from collections.abc import Mapping, Sequence
from typing import Any

from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import is_uri

Parameters = Mapping[str, Any]
"""Name → text or JSON value. Members that are empty text are as good as absent and left out."""

NO_DATASET = "@none"
"""Stands for default instances where datasets are listed (4.5.5)."""

_TRUTH = {"true": True, "false": False}  # also `True`, which is how Python clients write it
_MOST_DIGITS = 18


def text(parameters: Parameters, name: str) -> str | None:
    """A text.

    Raises:
        BadRequestData: another JSON type.
    """
    value = parameters.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequestData(f"{name} must be text")
    return value


def texts(parameters: Parameters, name: str) -> list[str] | None:
    """A comma separated list, or an array of text with at least one item.

    Raises:
        BadRequestData: neither.
    """
    value = parameters.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if not _is_texts(value):
        raise BadRequestData(f"{name} must be a list of text with at least one item")
    return list(value)


def projection_text(parameters: Parameters, name: str) -> str | Sequence[str] | None:
    """Text of the projection language, or an array of it; its commas are not all separators."""
    value = parameters.get(name)
    return value if value is None or isinstance(value, str) else texts(parameters, name)


def flag(parameters: Parameters, name: str) -> bool | None:
    """True or false.

    Raises:
        BadRequestData: anything else.
    """
    value = parameters.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    raise BadRequestData(f"{name} must be true or false")


def whole_number(parameters: Parameters, name: str, least: int) -> int | None:
    """A whole number, not below `least`.

    Raises:
        BadRequestData: anything else.
    """
    value = parameters.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        value = int(value)
    if value is None:
        return None
    if type(value) is not int or value < least:
        raise BadRequestData(f"{name} must be a whole number, at least {least}")
    return int(value)


def datasets(parameters: Parameters) -> frozenset[str] | None:
    """`datasetId`: the datasets whose instances are wanted, `@none` for default instances.

    Raises:
        BadRequestData: one of them is no URI.
    """
    listed = texts(parameters, "datasetId")
    if listed is None:
        return None
    if not all(item == NO_DATASET or is_uri(item) for item in listed):
        raise BadRequestData("datasetId must list URIs or @none")
    return frozenset(listed)


def dataset(parameters: Parameters) -> str | None:
    """`datasetId` where it names one dataset; None, like `@none`, for the default instance.

    Raises:
        BadRequestData: no URI.
    """
    named = text(parameters, "datasetId")
    if named is None or named == NO_DATASET:
        return None
    if not is_uri(named):
        raise BadRequestData("datasetId must be a URI")
    return named


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) and item for item in value)
