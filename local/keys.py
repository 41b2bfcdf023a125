"""Credentials that one local platform makes up once and keeps: API keys."""

import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from local.emulator import write_private


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys of the seeded applications; made up here, unlike a password that a person has to type."""

    api_key: str
    conformance_key: str
    kencom_key: str
    boshimo_key: str

    def of_partner(self, partner: str) -> str:
        """The key of a partner's application.

        Raises:
            KeyError: there is none for such a partner.
        """
        return {"kencom": self.kencom_key, "boshimo": self.boshimo_key}[partner]


def keep_keys(path: Path) -> Keys:
    """The keys of this platform, made up at the first call. The file is for its owner only (mode 600)."""
    known = json.loads(path.read_text()) if path.exists() else {}
    # What an older version did not know is made up now.
    keys = Keys(**{each.name: known.get(each.name) or _new_key() for each in fields(Keys)})
    if asdict(keys) == known:
        return keys
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(asdict(keys), indent=2) + "\n")
    return keys


def _new_key() -> str:
    return f"machi_local_{secrets.token_hex(20)}"
