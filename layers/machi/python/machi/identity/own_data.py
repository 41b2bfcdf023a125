"""Everything the platform holds about a citizen, for the citizen: as JSON, and as a table."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from machi.core.clock import Clock, to_iso
from machi.core.ids import CitizenId
from machi.core.principal import Principal
from machi.core.spreadsheet import harmless
from machi.identity.accounts import user_of
from machi.identity.directory import Directory
from machi.identity.profiles import Act
from machi.identity.recent import recently_signed_in
from machi.identity.trail import Trail

MOST_RECORDS = 10_000
"""So that the answer stays below what a function may return (6 MB)."""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One thing that is held, with its members as plain values."""

    kind: str
    members: Mapping[str, Any]


class HeldRecords(Protocol):
    """Where everything about a citizen is found."""

    def everything_about(self, citizen: CitizenId, most: int) -> tuple[Sequence[HeldRecord], bool]:
        """All that is held, whoever keeps it; False beside it if there is more.

        Secrets that protect the citizen are left out: hashes of codes and sessions.
        """


@dataclass(frozen=True, slots=True)
class OwnData:
    """What is handed out."""

    made_at: datetime
    is_complete: bool
    records: Sequence[HeldRecord]

    def as_document(self) -> dict[str, Any]:
        """For JSON: lists of records by their kind."""
        kinds: dict[str, list[Any]] = {}
        for record in self.records:
            kinds.setdefault(record.kind, []).append(dict(record.members))
        return {"madeAt": to_iso(self.made_at), "complete": self.is_complete, "records": kinds}

    def as_table(self) -> str:
        """For a spreadsheet: one line for each value. Begins with the mark by which Excel knows UTF-8."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["record", "number", "member", "value"])
        for number, record in enumerate(self.records, start=1):
            for member, value in _flat("", record.members):
                writer.writerow([record.kind, number, harmless(member), harmless(value)])
        return "\ufeff" + text.getvalue()


class OwnDataExport:
    """Hands a citizen what is held about the citizen."""

    def __init__(self, held: HeldRecords, directory: Directory, trail: Trail, *, clock: Clock) -> None:
        self._held = held
        self._directory = directory
        self._trail = trail
        self._clock = clock

    def export(self, citizen: Principal, request: str) -> OwnData:
        """Collect it. The record of it comes first and is part of it.

        Raises:
            ReauthenticationRequired: nothing was shown.
        """
        now = self._clock()
        subject = recently_signed_in(citizen, now)
        user = user_of(self._directory, subject)
        self._trail.note(citizen, Act.READ, ("everything",), request)
        records, is_complete = self._held.everything_about(subject, MOST_RECORDS)
        sign_in = HeldRecord(
            "signIn",
            {
                "id": subject,
                "username": user.username,
                "email": user.email,
                "emailVerified": user.is_email_verified,
                "loginId": user.login_id,
                "createdAt": to_iso(user.created_at),
            },
        )
        return OwnData(now, is_complete, [sign_in, *records])


def _flat(path: str, value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            yield from _flat(f"{path}.{number}", inner)
    else:
        yield path, "" if value is None else str(value)
