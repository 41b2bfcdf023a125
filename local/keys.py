"""Credentials that one local platform makes up once and keeps: API keys."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from local.emulator import write_private


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys of the seeded applications; made up here, unlike a password that a person has to type."""

    api_key: str
    conformance_key: str


def keep_keys(path: Path) -> Keys:
    """The keys of this platform, made up at the first call. The file is for its owner only (mode 600)."""
    if path.exists():
        return Keys(**json.loads(path.read_text()))
    keys = Keys(api_key=_new_key(), conformance_key=_new_key())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(asdict(keys), indent=2) + "\n")
    return keys


def _new_key() -> str:
    return f"machi_local_{secrets.token_hex(20)}"
