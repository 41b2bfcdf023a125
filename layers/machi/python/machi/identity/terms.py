"""Which terms of use are in force, and what is kept of a citizen's acceptance."""

import re
from dataclasses import dataclass
from datetime import datetime

from machi.core.language import Language
from machi.identity.faults import fault

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the terms."""

    version: str
    text_hash: str
    """SHA-256, hexadecimal, of the Japanese text; translations are for information only."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That a citizen accepted a version, when, and in which language it was shown."""

    terms: Terms
    at: datetime
    language: Language


def read_acceptance(submitted: object, language: Language, current: Terms, at: datetime) -> Acceptance:
    """What the citizen accepts; only the terms in force can be accepted.

    Raises:
        FormInvalid: `needed`, or `not-in-force` where other terms were shown than are in force.
    """
    if not isinstance(submitted, dict):
        raise fault("terms", "needed")
    version, text_hash = submitted.get("version"), submitted.get("hash")
    if not isinstance(version, str) or not isinstance(text_hash, str) or not _HASH.fullmatch(text_hash):
        raise fault("terms", "needed")
    if Terms(version, text_hash) != current:
        raise fault("terms", "not-in-force")
    return Acceptance(current, at, language)


def read_language(submitted: object) -> Language:
    """The language in which the citizen is spoken to; Japanese where none was sent.

    Raises:
        FormInvalid: not one of ours; `not-offered`.
    """
    if submitted is None:
        return Language.JAPANESE
    if not isinstance(submitted, str) or submitted not in set(Language):
        raise fault("language", "not-offered")
    return Language(submitted)
