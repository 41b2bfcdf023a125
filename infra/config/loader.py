"""Reading a city file; whatever is wrong with it becomes one readable line."""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from infra.config.limits import StageName
from infra.config.platform import PlatformConfig

EDGE_ACL_CONTEXT = "edge_web_acl_arn"
CONTEXT_KEYS = ("stage", "city", "local_port", EDGE_ACL_CONTEXT)
"""What may be given to CDK as context."""

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
_CITY = re.compile(r"[a-z][a-z0-9-]*")


class ConfigurationInvalid(Exception):
    """The platform cannot be synthesised; the message is one line naming file, key and reason."""


def load(root: Path, context: Mapping[str, Any]) -> PlatformConfig:
    """The configuration named by CDK context: `stage`, `city`, `local_port`, `edge_web_acl_arn`.

    Raises:
        ConfigurationInvalid: a value is missing, unknown or malformed.
    """
    stage = context.get("stage") or "local"
    if stage not in get_args(StageName):
        known = ", ".join(get_args(StageName))
        raise ConfigurationInvalid(f"CDK context: stage: {stage!r} is none of {known}")
    city = str(context.get("city") or "ichinomiya")
    if not _CITY.fullmatch(city):
        raise ConfigurationInvalid(f"CDK context: city: {city!r} is no name of a city file")
    path = root / "infra" / "cities" / f"{city}.toml"
    shown = path.relative_to(root).as_posix()
    values = _read(path, shown)
    _place_edge_acl(values, stage, context.get(EDGE_ACL_CONTEXT))
    try:
        return PlatformConfig.model_validate(
            {
                "file": values,
                "stage": stage,
                "terms_sha256": _hash_of_terms(path.with_suffix(""), shown, values),
                "local_port": context.get("local_port") or 8700,
            }
        )
    except ValidationError as error:
        raise ConfigurationInvalid(one_line(shown, error)) from None


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationInvalid(f"{shown}: there is no such city file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"{shown}: not readable as TOML: {error}") from None


def _hash_of_terms(folder: Path, shown: str, values: dict[str, Any]) -> str:
    """An acceptance names what was read, so the hash is made of the very file that the portal shows."""
    terms = values.get("terms")
    version = terms.get("version") if isinstance(terms, dict) else None
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return "0" * 64  # the model says what is wrong
    try:
        return sha256((folder / "terms" / version / "ja.txt").read_bytes()).hexdigest()
    except FileNotFoundError:
        raise ConfigurationInvalid(f"{shown}: terms.version: there is no text of {version}") from None


def _place_edge_acl(values: dict[str, Any], stage: str, arn: object) -> None:
    """The ARN is known only after the edge stack stands, so it may also come from the command line."""
    settings = values.get("stages", {}).get(stage)
    if arn and stage != "local" and isinstance(settings, dict):
        settings["edge_web_acl_arn"] = arn


def one_line(shown: str, error: ValidationError, *, of_file: bool = False) -> str:
    """What is wrong, and where: the first complaint, and how many more there are. `of_file`: in a file."""
    first, *rest = error.errors(include_url=False, include_context=False)
    path = [str(part) for part in first["loc"]]
    if of_file:
        where = shown
    elif path[:1] == ["file"]:
        where, path = shown, path[1:]
    else:
        where = "CDK context"
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        reason = "is missing"
    elif first["type"] == "extra_forbidden":
        reason = "is not a known key"
    more = f" (and {len(rest)} more)" if rest else ""
    told = [where, ".".join(path), f"{reason}{more}"]
    return ": ".join(part for part in told if part).replace("\n", " ")
