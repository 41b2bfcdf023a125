"""How an entry of the timeline is shown: what happened, who did it, and why, in the citizen's words."""

from dataclasses import dataclass, field

from machi.applications import ApplicationRepository
from machi.consent.agreement import Agreement
from machi.consent.record import EventKind
from machi.consent.repositories import AgreementRepository
from machi.consent.timeline import EntryKind, GuardianshipNote, TimelineEntry
from machi.core.clock import to_iso
from machi.core.ids import ApplicationId
from machi.core.language import Language

_EARLIER_REVISIONS = 5
"""How far back a purpose is looked for that a service no longer asks for."""
_BY_TIME = {EventKind.EXPIRED, EventKind.SUPERSEDED}

Shown = dict[str, object]


@dataclass(slots=True)
class HistoryView:
    """Draws entries for one answer; what a name or a reason is, it looks up once."""

    applications: ApplicationRepository
    agreements: AgreementRepository
    language: Language
    _names: dict[str, str] = field(default_factory=dict)
    _reasons: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def shown(self, entry: TimelineEntry) -> Shown:
        """`kind` is what happened to a consent, or `disclosed`, or `guardianship`; `by` is who did it.

        Of a look by staff there is the reason and no name: the city looked, and answers for it.
        """
        is_application = entry.kind is not EntryKind.GUARDIANSHIP and not entry.is_staff_view
        return {
            "id": entry.id,
            "at": to_iso(entry.at),
            "kind": kind_of(entry),
            "by": by_of(entry),
            "application": entry.party if is_application else None,
            "name": self._name(entry.party) if is_application else None,
            "items": list(entry.items),
            "way": entry.way.value if entry.way is not None else None,
            "purpose": entry.purpose,
            "reason": self._reason(entry),
            "isByGuardian": entry.is_by_guardian,
            "guardianship": _guardianship(entry.guardianship),
        }

    def _name(self, party: str) -> str:
        if party not in self._names:
            found = self.applications.find(ApplicationId(party))
            self._names[party] = party if found is None else found.application.name
        return self._names[party]

    def _reason(self, entry: TimelineEntry) -> str | None:
        if entry.kind is EntryKind.GUARDIANSHIP:
            return None
        if entry.is_staff_view:
            return entry.purpose
        key = (entry.party, entry.purpose or str(entry.revision))
        if key not in self._reasons:
            agreement = self._agreement(entry)
            self._reasons[key] = None if agreement is None else agreement.texts[self.language].purpose
        return self._reasons[key]

    def _agreement(self, entry: TimelineEntry) -> Agreement | None:
        """The one that a consent was about; for a disclosure the newest that has its purpose."""
        application = ApplicationId(entry.party)
        if entry.revision is not None:
            return self.agreements.find(application, entry.revision)
        current = self.agreements.current(application)
        if current is None or current.purpose == entry.purpose:
            return current
        for revision in range(current.revision - 1, max(current.revision - 1 - _EARLIER_REVISIONS, 0), -1):
            earlier = self.agreements.find(application, revision)
            if earlier is not None and earlier.purpose == entry.purpose:
                return earlier
        return None


def kind_of(entry: TimelineEntry) -> str:
    """What happened, in one word."""
    if entry.event is not None:
        return entry.event.value
    return "guardianship" if entry.kind is EntryKind.GUARDIANSHIP else "disclosed"


def by_of(entry: TimelineEntry) -> str | None:
    """Who did it: citizen, guardian, application, staff or time. Of a guardianship, its own members say."""
    if entry.kind is EntryKind.GUARDIANSHIP:
        return None
    if entry.is_staff_view:
        return "staff"
    if entry.event is None or entry.event is EventKind.REQUESTED:
        return "application"
    if entry.event in _BY_TIME:
        return "time"
    return "guardian" if entry.is_by_guardian else "citizen"


def _guardianship(note: GuardianshipNote | None) -> Shown | None:
    if note is None:
        return None
    return {
        "role": note.side.value,
        "change": note.change.value,
        "power": note.power.value if note.power is not None else None,
        "endedBy": note.ended_by.value if note.ended_by is not None else None,
    }
