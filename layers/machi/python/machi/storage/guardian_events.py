"""What guardians do, as it stands in both histories: `CITIZEN#{either}` / `HISTORY#{time}#{id}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from machi.consent.guardianship import GuardianshipChange, Power
from machi.consent.record import ConsentEvent
from machi.core.clock import to_iso
from machi.core.ids import CitizenId, new_id
from machi.storage.people_keys import CLOSED, citizen_key, text


def guardian_event(
    guardian: CitizenId,
    child: CitizenId,
    change: GuardianshipChange,
    at: datetime,
    *,
    power: Power | None = None,
) -> dict[str, Any]:
    """What stands in a history, without whose it is."""
    event = {
        **CLOSED,
        "kind": text("guardianship"),
        "id": text(new_id("gev", at)),
        "guardian": text(guardian),
        "child": text(child),
        "state": text(change.value),
        "isProtected": {"BOOL": False},
        "endedBy": text(""),
        "at": text(to_iso(at)),
    }
    return event if power is None else {**event, "power": text(power.value)}


def event_of(citizen: CitizenId, event: dict[str, Any]) -> dict[str, Any]:
    """The event in one citizen's history."""
    return {**citizen_key(citizen, f"HISTORY#{event['at']['S']}#{event['id']['S']}"), **event}


def acted_for(guardian: CitizenId, event: ConsentEvent) -> dict[str, Any]:
    """In the guardian's history: something was decided for the child. What, only the child's history says."""
    acted = guardian_event(guardian, event.subject, GuardianshipChange.ACTED, event.at, power=Power.CONSENTS)
    return event_of(guardian, acted)
