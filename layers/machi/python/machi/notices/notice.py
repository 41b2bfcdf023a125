"""What is to be told, about whom, and what the message needs to know beyond that.

A notice carries ids; whoever sends it looks the address up, so that it goes where the citizen can be reached
then. Where the address is no longer, or not yet, the account's own, the notice carries it (the queue is
encrypted).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from machi.core.errors import MachiError
from machi.core.ids import CitizenId, new_id

_LONGEST = 4_096  # characters of one value; a queue message takes 256 KiB


class NoticeInvalid(MachiError):
    """The notice lacks a value its kind needs, or is no notice at all; names members, never values."""


class NoticeKind(StrEnum):
    """What can be told."""

    ACCOUNT_EXISTS = "account-exists"
    """Somebody tried to register an address that has an account. `email`; `language` if known."""
    EMAIL_CODE = "email-code"
    """The code that proves a new address. `email`, `code`; `language` if known."""
    EMAIL_CHANGED = "email-changed"
    """To the address before. `email`; `language` if known."""
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a kind of notice
    NEW_DEVICE = "new-device"
    """`device`, for example `Chrome / Android`; `at`, ISO 8601."""
    IDENTITY_LINKED = "identity-linked"
    """`provider`."""
    IDENTITY_UNLINKED = "identity-unlinked"
    """`provider`."""
    PARTNER_CONNECTED = "partner-connected"
    """`application`."""
    CONSENT_WITHDRAWN = "consent-withdrawn"
    """`application`."""
    CONSENT_EXPIRING = "consent-expiring"
    """`application`; `ends_at`, ISO 8601."""
    WITHDRAWAL = "withdrawal"
    """To one partner. `application`; `withdrawal`, its id."""
    ACCOUNT_CLOSING = "account-closing"
    """`closes_at`, ISO 8601."""
    ACCOUNT_CLOSED = "account-closed"
    """`email`, because the account is gone by then; `language` if known."""
    BACK_CHANNEL_LOGOUT = "back-channel-logout"
    """To one partner. `application`; `event` is `logout`, or `closed` where the account is gone."""


_NEEDED: Mapping[NoticeKind, tuple[str, ...]] = MappingProxyType(
    {
        NoticeKind.ACCOUNT_EXISTS: ("email",),
        NoticeKind.EMAIL_CODE: ("email", "code"),
        NoticeKind.EMAIL_CHANGED: ("email",),
        NoticeKind.NEW_DEVICE: ("device", "at"),
        NoticeKind.IDENTITY_LINKED: ("provider",),
        NoticeKind.IDENTITY_UNLINKED: ("provider",),
        NoticeKind.PARTNER_CONNECTED: ("application",),
        NoticeKind.CONSENT_WITHDRAWN: ("application",),
        NoticeKind.CONSENT_EXPIRING: ("application", "ends_at"),
        NoticeKind.WITHDRAWAL: ("application", "withdrawal"),
        NoticeKind.ACCOUNT_CLOSING: ("closes_at",),
        NoticeKind.ACCOUNT_CLOSED: ("email",),
        NoticeKind.BACK_CHANNEL_LOGOUT: ("application",),
    }
)
_CARRY_THE_ADDRESS = {kind for kind, names in _NEEDED.items() if "email" in names}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. Sending a notice twice tells it once: `id` says whether it was told.

    Raises:
        NoticeInvalid: a value that the kind needs is missing.
    """

    id: str
    kind: NoticeKind
    subject: CitizenId | None
    """Whom it concerns; None only where the notice carries the address itself."""
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        missing = [name for name in _NEEDED.get(self.kind, ()) if not self.values.get(name)]
        if missing:
            raise NoticeInvalid(f"a notice {self.kind} needs {', '.join(missing)}")
        if self.subject is None and self.kind not in _CARRY_THE_ADDRESS:
            raise NoticeInvalid(f"a notice {self.kind} needs a subject")
        if any(len(value) > _LONGEST for value in self.values.values()):
            raise NoticeInvalid(f"a value of a notice has at most {_LONGEST} characters")

    def to_json(self) -> str:
        """The message that travels."""
        return json.dumps(
            {"id": self.id, "kind": self.kind, "subject": self.subject, "values": dict(self.values)},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Notice":
        """Read what `to_json` wrote.

        Raises:
            NoticeInvalid: it is something else.
        """
        try:
            read = json.loads(text)
            subject, values = read["subject"], read["values"]
            if not all(isinstance(part, str) for pair in values.items() for part in pair):
                raise NoticeInvalid("the values of a notice are texts")
            return cls(
                id=str(read["id"]),
                kind=NoticeKind(read["kind"]),
                subject=None if subject is None else CitizenId(str(subject)),
                values=values,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NoticeInvalid("the message is no notice") from None


class Notices(Protocol):
    """Where notices are handed in."""

    def send(self, notice: Notice) -> None:
        """Hand in a notice; durable when this returns."""


def new_notice(kind: NoticeKind, subject: CitizenId | None, at: datetime, /, **values: str) -> Notice:
    """A notice with an id of its own.

    Raises:
        NoticeInvalid: a value that the kind needs is missing.
    """
    return Notice(new_id("ntc", at), kind, subject, values)
