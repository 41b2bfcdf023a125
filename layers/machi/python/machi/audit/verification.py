"""Checks every chain against itself and against the anchors, and names what does not hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from machi.audit.anchor import Anchor, AnchorBroken, first_gap, last_ends, opened
from machi.audit.anchoring import FIRST_LOOK_BACK
from machi.audit.repositories import AnchorStore, ChainRepository
from machi.consent.disclosure import ChainHead, first_fault
from machi.core.clock import Clock
from machi.core.ids import CitizenId


class Suspicion(StrEnum):
    """What was found."""

    RECORD_MISSING = "record-missing"
    RECORD_CHANGED = "record-changed"
    REWRITTEN = "rewritten"
    """Whole in itself, but not the chain that was anchored."""
    ANCHOR_BROKEN = "anchor-broken"
    ANCHOR_MISSING = "anchor-missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that does not hold."""

    suspicion: Suspicion
    subject: CitizenId | None = None
    sequence: int | None = None
    """Number of the record in the citizen's chain."""
    record: str | None = None
    """Id of the record, where there still is one."""
    day: date | None = None
    """Of the anchor."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found."""

    chains: int
    records: int
    anchors: int
    findings: tuple[Finding, ...]


class Verification:
    """Reads everything and believes nothing."""

    def __init__(
        self,
        chains: ChainRepository,
        anchors: AnchorStore,
        keys: Mapping[str, Mapping[str, str]],
        *,
        clock: Clock,
    ) -> None:
        self._chains = chains
        self._anchors = anchors
        self._keys = keys
        self._clock = clock

    def run(self) -> Verdict:
        """Check anchors, then each chain that was ever anchored or grew since."""
        anchors, findings = self._open_all()
        ends = last_ends(anchors)
        subjects = sorted({*ends, *self._grown_since(anchors)})
        records = 0
        for subject in subjects:
            found, count = self._check(subject, ends.get(subject, ()))
            findings.extend(found)
            records += count
        return Verdict(len(subjects), records, len(anchors), tuple(findings))

    def _open_all(self) -> tuple[list[Anchor], list[Finding]]:
        anchors, findings = [], []
        for day in self._anchors.days():
            try:
                anchors.append(opened(self._anchors.read(day), self._keys))
            except AnchorBroken:
                findings.append(Finding(Suspicion.ANCHOR_BROKEN, day=day))
        gap = first_gap(anchors)
        if gap is not None and not findings:
            findings.append(Finding(Suspicion.ANCHOR_MISSING, day=gap))
        return anchors, findings

    def _grown_since(self, anchors: list[Anchor]) -> set[CitizenId]:
        today = self._clock().date()
        day = anchors[-1].day if anchors else today - FIRST_LOOK_BACK
        grown: set[CitizenId] = set()
        while day <= today:
            grown.update(self._chains.grown_on(day))
            day += timedelta(days=1)
        return grown

    def _check(self, subject: CitizenId, ends: tuple[ChainHead, ...]) -> tuple[list[Finding], int]:
        records, head = self._chains.chain_of(subject)
        fault = first_fault(records, head)
        if fault is not None:
            suspicion = Suspicion(f"record-{fault.fault.value}")
            named = next((record.id for record in records if record.sequence == fault.sequence), None)
            return [Finding(suspicion, subject, fault.sequence, named)], len(records)
        by_sequence = {record.sequence: record for record in records}
        for end in ends:
            record = by_sequence.get(end.sequence)
            if record is None:
                return [Finding(Suspicion.RECORD_MISSING, subject, end.sequence)], len(records)
            if record.digest != end.digest:
                return [Finding(Suspicion.REWRITTEN, subject, end.sequence, record.id)], len(records)
        return [], len(records)
