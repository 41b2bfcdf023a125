"""The record of what was done with an account: it comes first, without it nothing is done (design rule 4)."""

from typing import Protocol

from machi.core.clock import Clock
from machi.core.ids import new_id
from machi.core.principal import Principal
from machi.identity.profiles import AccessRecord, Act, Purpose
from machi.identity.recent import subject_of


class AccessRecords(Protocol):
    """Where records of access are kept."""

    def record(self, record: AccessRecord) -> None:
        """Keep a record; it is durable when this returns."""


class Trail:
    """Writes down each look at an account and each change of it. Names of members, never values."""

    def __init__(self, records: AccessRecords, *, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def note(self, citizen: Principal, act: Act, members: tuple[str, ...], request: str) -> None:
        """Keep what the citizen is about to do with the citizen's own account."""
        now, subject = self._clock(), subject_of(citizen)
        self._records.record(
            AccessRecord(
                id=new_id("rec", now),
                subject=subject,
                actor=citizen.kind,
                actor_id=subject,
                application=citizen.application,
                act=act,
                members=members,
                purpose=Purpose.OWN_USE,
                at=now,
                request=request,
            )
        )
