"""Disclosure records (提供記録): who received or saw what of a citizen, when, why and under which consent.

Written before the data leaves. The records of one citizen form a chain: each carries the hash of the
one before, so that a record removed, changed or moved is found (`first_fault`). Names of items, never
values.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from machi.core.clock import to_iso
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem

START = "0" * 64
"""What stands for the record before the first."""


class Way(StrEnum):
    """By which way data left or was seen."""

    SIGN_IN = "sign-in"
    """Claims of an ID token."""
    USERINFO = "userinfo"
    BROKER = "broker"
    RECORDED = "recorded"
    """The other way round: an application recorded something about the citizen."""
    EXPORT = "export"
    STAFF_VIEW = "staff-view"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One release or view. `sequence` counts the citizen's records from 1."""

    id: str
    subject: CitizenId
    recipient: ApplicationId | str
    """The application, or the staff member for STAFF_VIEW."""
    way: Way
    items: tuple[DataItem, ...]
    purpose: str
    """Code of the purpose; for staff the reason they gave."""
    consent: ConsentId | None
    """None for staff, who act by law."""
    request: str
    """Id of the request, to find it in the logs."""
    at: datetime
    sequence: int = 0
    previous: str = ""
    """Hash of the citizen's record before this one."""

    @property
    def digest(self) -> str:
        """SHA-256 over every field, in hexadecimal."""
        fields = {
            "id": self.id,
            "subject": self.subject,
            "recipient": self.recipient,
            "way": self.way,
            "items": list(self.items),
            "purpose": self.purpose,
            "consent": self.consent,
            "request": self.request,
            "at": to_iso(self.at),
            "sequence": self.sequence,
            "previous": self.previous,
        }
        canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a citizen's chain stands: how many records, and the hash of the last."""

    sequence: int = 0
    digest: str = START


def linked(record: Disclosure, head: ChainHead) -> tuple[Disclosure, ChainHead]:
    """The record in its place behind the head, and the head after it."""
    placed = replace(record, sequence=head.sequence + 1, previous=head.digest)
    return placed, ChainHead(placed.sequence, placed.digest)


class Fault(StrEnum):
    """How a chain can be broken."""

    MISSING = "missing"
    CHANGED = "changed"
    """A record does not have the hash that the next one, or the head, remembers."""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first place where the chain does not hold."""

    sequence: int
    fault: Fault


def first_fault(records: Iterable[Disclosure], head: ChainHead) -> ChainFault | None:
    """Check a citizen's records, in the order of their keys, against the head; None if all is well."""
    expected, previous = 1, START
    for record in records:
        if record.sequence != expected:
            return ChainFault(expected, Fault.MISSING)
        if record.previous != previous:
            return ChainFault(max(expected - 1, 1), Fault.CHANGED)
        expected, previous = expected + 1, record.digest
    if expected <= head.sequence:
        return ChainFault(expected, Fault.MISSING)
    if expected - 1 != head.sequence or previous != head.digest:
        return ChainFault(max(head.sequence, 1), Fault.CHANGED)
    return None
