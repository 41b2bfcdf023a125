"""The citizen API over memory, with consents and history."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.citizen.app import app
from functions.citizen.consents import ConsentDesk, consent_routes
from functions.citizen.history import history_routes
from machi.consent.timeline import TimelineEntry
from machi.core.ids import CitizenId
from machi.http.lambda_entry import entry
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from tests.gateway_double import Answer, Gateway, citizen
from tests.unit.connect.builders import HANAKO, PORTAL, City
from tests.unit.http.builders import Log
from tests.unit.identity.memory import MemoryProfiles

LIST, ONE = "/citizen/v1/consents", "/citizen/v1/consents/kencom"


@dataclass
class MemoryTimeline:
    entries: list[TimelineEntry] = field(default_factory=list)

    def latest(self, subject: CitizenId, *, before: str | None, limit: int) -> Sequence[TimelineEntry]:
        assert before is None, "one page is enough here"
        return self.entries[:limit] if subject == HANAKO else []


class Desk:
    """The citizen API over consents in memory."""

    def __init__(self) -> None:
        self.city = City()
        self.timeline = MemoryTimeline()
        self.log = Log()
        desk = ConsentDesk(
            consents=self.city.consents,
            agreements=self.city.agreements,
            applications=self.city.applications,
            decisions=self.city.decisions,
            clock=self.city.clock,
        )
        profiles = Profiles(
            MemoryProfiles(), offered=Offered(frozenset({"miyanishi"}), frozenset()), clock=self.city.clock
        )
        more = [consent_routes(desk), history_routes(self.timeline, self.city.applications)]
        self.app = app(profiles, more=more, portal_url=PORTAL, logger=self.log.logger)
        self.api = Gateway(entry(self.app))

    def ask(self, method: str, path: str, body: object = None, **more: Any) -> Answer:  # noqa: ANN401
        headers = {"Content-Type": "application/json"} if body is not None else {}
        text = None if body is None else json.dumps(body)
        return self.api.send(
            method, path, principal=more.get("who", citizen(HANAKO)), headers=headers, body=text
        )

    def decides(self, **changes: object) -> Answer:
        given = {"revision": 1, "items": ["name", "birthdate"], "decision": "give", "language": "ja"}
        return self.ask("PUT", ONE, {**given, **changes})

    def services(self) -> Any:  # noqa: ANN401
        return self.ask("GET", LIST).json()["services"]
