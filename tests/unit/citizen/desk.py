"""The citizen API over memory, with consents and history."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.citizen.app import app
from functions.citizen.behalf import Behalf
from functions.citizen.consents import ConsentDesk, consent_routes
from functions.citizen.guardians import GuardianDesk, guardian_routes
from functions.citizen.history import HistoryDesk, history_routes
from functions.citizen.known import OwnLooks
from functions.citizen.law_requests import law_request_routes
from functions.citizen.receipts import ReceiptDesk, receipt_routes
from functions.citizen.reports import report_routes
from machi.consent.child_codes import ChildCodes
from machi.consent.guardians import Guardians
from machi.consent.law_requests import LawRequest, LawRequests
from machi.consent.overview import Overview
from machi.consent.receipt import Issuer
from machi.consent.reports import Report, Reports
from machi.consent.timeline import Sieve, TimelineEntry, TimelinePage
from machi.core.ids import ApplicationId, CitizenId
from machi.http.lambda_entry import entry
from machi.identity.attempts import Attempts
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from machi.identity.standing import Standing
from tests.gateway_double import Answer, Gateway, citizen
from tests.unit.account.memory import MemoryCounters
from tests.unit.connect.builders import API, HANAKO, PORTAL, City
from tests.unit.consent.case_memory import MemoryCases
from tests.unit.consent.test_guardianship import MemoryGuardianships
from tests.unit.http.builders import Log
from tests.unit.identity.memory import MemoryProfiles
from tests.unit.signing.local_key import LocalKey

LIST, ONE = "/citizen/v1/consents", "/citizen/v1/consents/kencom"


@dataclass
class MemoryTimeline:
    entries: list[TimelineEntry] = field(default_factory=list)
    sieves: list[Sieve] = field(default_factory=list)

    def latest(self, subject: CitizenId, *, before: str | None, limit: int) -> Sequence[TimelineEntry]:
        names = [each.cursor for each in self.entries]
        start = 0 if before is None else names.index(before) + 1
        return self.entries[start : start + limit] if subject == HANAKO else []

    def sifted(self, subject: CitizenId, only: Sieve, *, before: str | None, limit: int) -> TimelinePage:
        self.sieves.append(only)
        found = self.latest(subject, before=before, limit=limit + 1)
        return TimelinePage(
            tuple(found[:limit]), next=found[limit - 1].cursor if len(found) > limit else None
        )

    def entry(self, subject: CitizenId, entry: str) -> TimelineEntry | None:
        return next((each for each in self.latest(subject, before=None, limit=99) if each.id == entry), None)


@dataclass
class MemoryCodes:
    kept: dict[str, tuple[CitizenId, datetime]] = field(default_factory=dict)

    def keep(self, digest: str, child: CitizenId, until: datetime) -> None:
        self.kept[digest] = (child, until)

    def take(self, digest: str, at: datetime) -> CitizenId | None:
        child, until = self.kept.pop(digest, (None, at))
        return child if until > at else None


class Desk:
    """The citizen API over consents in memory."""

    def __init__(self) -> None:
        self.city = City()
        self.timeline = MemoryTimeline()
        self.log = Log()
        clock = self.city.clock
        self.kept_guardianships = MemoryGuardianships()
        self.guardians = Guardians(self.kept_guardianships, child_age=16, clock=clock)
        self.behalf = Behalf(self.guardians)
        self.requests = LawRequests(MemoryCases[LawRequest](), clock=clock)
        self.reports = Reports(MemoryCases[Report](), self.timeline, clock=clock)
        self.kept_profiles = MemoryProfiles()
        self.last_used: dict[ApplicationId, datetime] = {}
        self.registered_at: dict[CitizenId, datetime] = {}
        self.names: dict[CitizenId, str] = {}
        self.proved: dict[CitizenId, str] = {}
        self.signer = LocalKey()
        desk = ConsentDesk(
            overviews=self,
            withdrawals=self.city.consents.withdrawals,
            agreements=self.city.agreements,
            applications=self.city.applications,
            decisions=self.city.decisions,
            clock=self.city.clock,
            looks=OwnLooks(self.kept_profiles, self, clock),
            behalf=self.behalf,
        )
        profiles = Profiles(
            self.kept_profiles, offered=Offered(frozenset({"miyanishi"}), frozenset()), clock=self.city.clock
        )
        more = [
            consent_routes(desk),
            receipt_routes(
                ReceiptDesk(
                    consents=self.city.consents,
                    agreements=self.city.agreements,
                    behalf=self.behalf,
                    issuer=lambda language: Issuer(
                        API, f"一宮市 {language}", "https://city.example.jp", PORTAL
                    ),
                    label_of=lambda item, language: f"{item} in {language}",
                    signer=self.signer,
                    clock=clock,
                )
            ),
            history_routes(
                HistoryDesk(
                    timeline=self.timeline,
                    applications=self.city.applications,
                    agreements=self.city.agreements,
                    behalf=self.behalf,
                    registered_at=self.registered_at.get,
                    clock=clock,
                )
            ),
            report_routes(self.reports, self.behalf),
            law_request_routes(self.requests, self.proved.get),
            guardian_routes(
                GuardianDesk(
                    guardians=self.guardians,
                    codes=ChildCodes(MemoryCodes(), clock=clock),
                    attempts=Attempts(MemoryCounters(), clock=clock),
                    name_of=self.names.get,
                    clock=clock,
                )
            ),
        ]
        self.app = app(profiles, more=more, portal_url=PORTAL, logger=self.log.logger)
        self.api = Gateway(entry(self.app))

    def overview_of(self, subject: CitizenId) -> Overview:
        return Overview(self.city.consents.all_of(subject), self.last_used)

    def standing_of(self, citizen: CitizenId) -> Standing:  # noqa: ARG002  (of the protocol)
        return Standing()

    def ask(self, method: str, path: str, body: object = None, **more: Any) -> Answer:  # noqa: ANN401
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= more.get("headers", {})
        text = None if body is None else json.dumps(body)
        return self.api.send(
            method, path, principal=more.get("who", citizen(HANAKO)), headers=headers, body=text
        )

    def decides(self, **changes: object) -> Answer:
        given = {"revision": 1, "items": ["name", "birthdate"], "decision": "give", "language": "ja"}
        return self.ask("PUT", ONE, {**given, **changes})

    def services(self) -> Any:  # noqa: ANN401
        return self.ask("GET", LIST).json()["services"]
