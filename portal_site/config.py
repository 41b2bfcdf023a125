"""Where one stage's portal lives and whom it talks to: the addresses that a build and the pages need."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit


class ConfigInvalid(Exception):
    """The configuration file lacks a value or holds a wrong one; the message names the key and says why."""


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """Stack outputs of one stage. Addresses are origins without a trailing slash."""

    stage: str
    portal_url: str
    api_url: str
    auth_url: str
    """Origin of the hosted log-in (Cognito domain)."""
    issuer: str
    """The `iss` that the citizens' tokens carry."""
    client_id: str
    social_providers: str = ""
    """Those with whom this stage is registered, as the user pool calls them, separated by commas."""

    def for_browser(self) -> str:
        """`config.json` as the pages read it at run time; nothing in it is secret."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


_ORIGINS = ("portal_url", "api_url", "auth_url")


def read_config(path: Path) -> SiteConfig:
    """Read the JSON file that a deployer made from stack outputs.

    Raises:
        ConfigInvalid: not a JSON object, or a value is missing or malformed.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigInvalid(f"{path}: cannot be read as JSON ({type(error).__name__})") from None
    if not isinstance(document, dict):
        raise ConfigInvalid(f"{path}: must hold a JSON object")
    return config_from(document)


def config_from(values: Mapping[str, object]) -> SiteConfig:
    """Check the values one by one.

    Raises:
        ConfigInvalid: a value is missing or malformed.
    """
    checked = {
        field.name: _text(values, field.name) for field in fields(SiteConfig) if field.default is MISSING
    }
    for key in _ORIGINS:
        checked[key] = _origin(key, checked[key])
    providers = values.get("social_providers", "")
    if not isinstance(providers, str):
        raise ConfigInvalid("social_providers: must be a text")
    return SiteConfig(**checked, social_providers=providers)


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigInvalid(f"{key}: must be a text that is not empty")
    return value


def _origin(key: str, value: str) -> str:
    origin = value.rstrip("/")
    parts = urlsplit(origin)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.fragment
    ):
        raise ConfigInvalid(f"{key}: must be an origin such as https://example.jp")
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1"}:
        raise ConfigInvalid(f"{key}: plain http is for this machine only")
    return origin
