"""The staff API over memory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.staff.app import Office as Desks
from functions.staff.app import app
from functions.staff.requests import RequestDesk
from machi.consent.cases import Case, CaseKind, QueueSide, Waiting
from machi.consent.escalations import Escalation, Escalations
from machi.consent.guardians import Guardians
from machi.consent.law_requests import LawRequest, LawRequests
from machi.consent.reports import Report, Reports
from machi.consent.timeline import TimelineEntry
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.principal import Principal, PrincipalKind, Scope
from machi.http.lambda_entry import entry
from machi.identity.claims import Contact
from machi.identity.data_items import CATALOGUE
from machi.identity.profile import EMPTY_PROFILE, Profile
from machi.identity.standing import Standing
from machi.personal.catalogue import PersonalType
from machi.staff.agreements import AgreementDesk
from machi.staff.catalogue import CatalogueDesk
from machi.staff.groups import GROUPS
from machi.staff.views import Sources, StaffViews
from tests.gateway_double import Answer, Gateway
from tests.unit.consent.builders import HANAKO, KENCOM
from tests.unit.consent.case_memory import MemoryCases
from tests.unit.consent.memory import Clock, MemoryAgreements, MemoryDisclosures
from tests.unit.consent.test_guardianship import MemoryGuardianships
from tests.unit.http.builders import Log

CONSOLE = "https://staff.example.jp"
AUTHOR, APPROVER = "author-1", "approver-2"


def clerk(name: str, *groups: str) -> Principal:
    """A member of staff in these groups; in all of them, if none is named."""
    scopes = frozenset[Scope]().union(*(GROUPS[group] for group in groups or GROUPS))
    return Principal(PrincipalKind.STAFF, subject=CitizenId(name), scopes=scopes)


@dataclass
class MemoryTypes:
    kept: dict[str, PersonalType] = field(default_factory=dict)

    def types(self) -> Mapping[str, PersonalType]:
        return self.kept

    def declare(self, declared: PersonalType) -> None:
        self.kept[declared.type] = declared


@dataclass
class MemoryTimeline:
    entries: list[TimelineEntry] = field(default_factory=list)

    def entry(self, subject: CitizenId, entry: str) -> TimelineEntry | None:
        return next((each for each in self.entries if each.id == entry and subject == HANAKO), None)


class Office:
    """The staff API with everything behind it."""

    def __init__(self) -> None:
        self.clock, self.log = Clock(), Log()
        self.agreements, self.types = MemoryAgreements(), MemoryTypes()
        self.disclosures, self.timeline = MemoryDisclosures(), MemoryTimeline()
        self.kept_requests, self.kept_reports = MemoryCases[LawRequest](), MemoryCases[Report]()
        self.kept_escalations = MemoryCases[Escalation]()
        self.kept_guardianships = MemoryGuardianships()
        self.profiles = {HANAKO: Profile(family_name="一宮", given_name="花子", nickname="はな")}
        self.read: list[CitizenId] = []
        """Whose profile was read."""
        clock = self.clock
        self.law_requests = LawRequests(self.kept_requests, clock=clock)
        self.reports = Reports(self.kept_reports, self.timeline, clock=clock)
        self.escalations = Escalations(self.kept_escalations, clock=clock)
        self.guardians = Guardians(self.kept_guardianships, child_age=16, clock=clock)
        sources = Sources(
            exists=lambda citizen: citizen in self.profiles,
            profile=self._profile,
            contact=lambda _citizen: Contact("hanako@example.jp", email_verified=True),
            standings=self,
        )
        desks = Desks(
            agreements=AgreementDesk(
                self.agreements,
                known_items=lambda: frozenset(CATALOGUE) | self._declared_items(),
                is_registered=self._is_registered,
            ),
            catalogue=CatalogueDesk(lambda: self.types, self._is_registered),
            views=StaffViews(sources, self.disclosures, clock=clock),
            queue=self,
            requests=RequestDesk(self.law_requests, self.reports, self.escalations, self.timeline),
            guardians=self.guardians,
            clock=clock,
        )
        self.app = app(desks, staff_url=CONSOLE, logger=self.log.logger)
        self.api = Gateway(entry(self.app))

    def ask(self, method: str, path: str, body: object = None, *, who: Principal | None = None) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        text = None if body is None else json.dumps(body)
        return self.api.send(
            method, f"/staff/v1{path}", principal=who or clerk("clerk"), headers=headers, body=text
        )

    def standing_of(self, _citizen: CitizenId) -> Standing:
        return Standing()

    def page(self, kind: CaseKind, side: QueueSide, *, after: str | None, limit: int) -> Sequence[Waiting]:
        kept: Mapping[CaseKind, Any] = {
            CaseKind.LAW_REQUEST: self.kept_requests,
            CaseKind.REPORT: self.kept_reports,
            CaseKind.ESCALATION: self.kept_escalations,
        }
        cases: list[Case] = [each.case for each in kept[kind].kept.values()] if kind in kept else []
        lines = [
            Waiting(kind, each.number, each.citizen, each.received_at, each.due_on, each.about)
            for each in sorted(cases, key=lambda case: (case.due_on, case.number))
            if each.is_open is (side is QueueSide.OPEN)
        ]
        return [each for each in lines if after is None or f"{each.due_on}#{each.number}" > after][:limit]

    def _profile(self, citizen: CitizenId) -> Profile:
        self.read.append(citizen)
        return self.profiles.get(citizen, EMPTY_PROFILE)

    def _declared_items(self) -> frozenset[DataItem]:
        return frozenset[DataItem]().union(*(each.all_items for each in self.types.kept.values()))

    @staticmethod
    def _is_registered(application: ApplicationId) -> bool:
        return application == KENCOM
