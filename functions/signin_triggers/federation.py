"""What the pool may keep of what an identity provider says: whether an address is proved, and which.

Runs before the pool maps the provider's claims to attributes. Pictures, names and birthdays that a provider
sends along were not asked for and are not kept (data minimisation). Providers say `email_verified` as a truth
value or as a word; from here on it is a word.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.signin_triggers.triggers import Event, Noted

_SOURCES = ("idToken", "userInfo")
"""Where a provider may have told it; the signed one first."""


def answer(event: Event, _request: str) -> Noted:
    """Answer `InboundFederation_ExternalProvider`."""
    asked = event["request"]
    told: Mapping[str, Any] = asked.get("attributes") or {}
    sources = [told[name] for name in _SOURCES if isinstance(told.get(name), dict)]
    # Without a subject the pool keeps what it would have kept: an empty answer leaves all as it is.
    event["response"] = {"userAttributesToMap": _subject(sources) | _address(sources)}
    return {"provider": str(asked.get("providerName", ""))[:32]}


def _subject(sources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    for source in sources:
        for name in ("sub", "id"):  # Facebook's name for it
            if source.get(name):
                return {name: str(source[name])}
    return {}


def _address(sources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The address with what the same source says of it: never one's address with another's word."""
    for source in sources:
        address = source.get("email")
        if isinstance(address, str) and address:
            proved = str(source.get("email_verified", "")).lower() == "true"
            return {"email": address, "email_verified": "true" if proved else "false"}
    return {}
