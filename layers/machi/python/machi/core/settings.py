"""How a function reads its typed settings, once, at its first call."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TypeVar

from machi.core.errors import SettingsInvalid

PREFIX = "MACHI_"

_TRUE, _FALSE = {"1", "true"}, {"0", "false"}

SettingsT = TypeVar("SettingsT")


def read_settings(settings: type[SettingsT], environ: Mapping[str, str]) -> SettingsT:
    """Fill a frozen dataclass from variables named `MACHI_<FIELD>`.

    Fields may be `str`, `int`, `bool` or `tuple[str, ...]` (comma separated). A dataclass instead of
    a pydantic model, because the authorizer has 120 ms to be imported in.

    Raises:
        SettingsInvalid: a variable is missing, empty or malformed; the message names it.
    """
    values: dict[str, object] = {}
    for item in fields(settings):  # type: ignore[arg-type]
        name = PREFIX + item.name.upper()
        raw = environ.get(name)
        if raw is None:
            if item.default is MISSING:
                raise SettingsInvalid(f"{name} is not set")
            continue
        values[item.name] = _parse(name, str(item.type), raw)
    return settings(**values)


def _parse(name: str, kind: str, raw: str) -> object:
    if kind in {"bool", "<class 'bool'>"}:
        if raw.lower() not in _TRUE | _FALSE:
            raise SettingsInvalid(f"{name} must be true or false")
        return raw.lower() in _TRUE
    if kind in {"int", "<class 'int'>"}:
        try:
            return int(raw)
        except ValueError:
            raise SettingsInvalid(f"{name} must be a whole number") from None
    if kind.startswith("tuple"):
        return tuple(part for part in raw.split(",") if part)
    if not raw:
        raise SettingsInvalid(f"{name} is empty")
    return raw
