"""The account API over memory, with a clock that a test moves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.account.app import app
from functions.account.even_time import EvenTime
from functions.account.services import Neighbours, Rules, Services, Stores, assemble
from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import ANONYMOUS, Principal, PrincipalKind
from machi.http.lambda_entry import entry
from machi.identity.accounts import LinkedIdentity
from machi.identity.closure import Periods
from machi.identity.terms import Terms
from tests.gateway_double import EVERY_SCOPE, Answer, Gateway, event
from tests.unit.account.directory_double import MemoryDirectory
from tests.unit.account.memory import (
    MemoryAccounts,
    MemoryCounters,
    MemoryDevices,
    MemoryHoldings,
    MemoryNotices,
    MemoryPending,
    MemoryRecords,
    MemoryRegistrations,
)
from tests.unit.http.builders import Log

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TERMS = Terms("2026-12-01", "ab" * 32)
PORTAL = "http://localhost:8700"
PASSWORD = "Kawaii-Tanuki-7"
FORM: Mapping[str, Any] = {
    "email": "hanako@example.jp",
    "password": PASSWORD,
    "loginId": "hanako.i",
    "language": "ja",
    "terms": {"version": TERMS.version, "hash": TERMS.text_hash},
}


@dataclass
class Identities:
    """Linked identities; implements `machi.identity.accounts.LinkedIdentities`."""

    linked: dict[CitizenId, list[LinkedIdentity]] = field(default_factory=dict)

    def linked_to(self, citizen: CitizenId) -> list[LinkedIdentity]:
        return self.linked.get(citizen, [])


class World:
    """One city's accounts."""

    def __init__(self, *, span: float = 0.0, even: EvenTime | None = None) -> None:
        self.now = NOON
        self.directory = MemoryDirectory()
        self.accounts = MemoryAccounts()
        self.registrations = MemoryRegistrations(self.accounts)
        self.counters, self.pending, self.devices = MemoryCounters(), MemoryPending(), MemoryDevices()
        self.holdings, self.records, self.notices = MemoryHoldings(), MemoryRecords(), MemoryNotices()
        self.identities = Identities()
        self.connected: dict[CitizenId, list[ApplicationId]] = {}
        self.ended_sessions: list[CitizenId] = []
        self.farewells: list[CitizenId] = []
        self.log = Log()
        self.services = self._services()
        self.app = app(self.services, even=even or EvenTime(span), portal_url=PORTAL, logger=self.log.logger)
        self.api = Gateway(entry(self.app))

    def _services(self) -> Services:
        return assemble(
            Stores(
                registrations=self.registrations,
                accounts=self.accounts,
                counters=self.counters,
                pending=self.pending,
                devices=self.devices,
                held=self.holdings,
                holdings=self.holdings,
                records=self.records,
            ),
            Neighbours(
                directory=self.directory,
                notices=self.notices,
                identities=self.identities,
                assurance_of=lambda _citizen: None,
                offer_of=lambda _citizen: None,
                end_sessions=self.ended_sessions.append,
                connected_to=lambda citizen: self.connected.get(citizen, []),
                farewells=[self.farewells.append],
            ),
            Rules(TERMS, ("ichinomiya", "kencom"), Periods(timedelta(days=30), timedelta(days=1095))),
            clock=lambda: self.now,
            logger=self.log.logger,
        )

    def pass_time(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)

    def citizen(self, username: str = "hanako", *, ago: float = 1, session: str = "s-1") -> Principal:
        """A citizen who signed in some minutes ago, in the directory and as caller."""
        if username not in self.directory.kept:
            self.directory.add(username, f"{username}@example.jp")
        return Principal(
            PrincipalKind.CITIZEN,
            application=ApplicationId("portal-client"),
            subject=self.directory.kept[username].user.subject,
            scopes=EVERY_SCOPE,
            session=session,
            authenticated_at=self.now - timedelta(minutes=ago),
        )

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        who: Principal | None = ANONYMOUS,
        source: str = "192.0.2.1",
        user_agent: str = "",
    ) -> Answer:
        """One request to `/account/v1…`."""
        headers = {"Content-Type": "application/json", "User-Agent": user_agent}
        context = None if who is None else who.to_context()
        given = event(
            method,
            f"/account/v1{path}",
            authorizer=context,
            headers=headers,
            body=None if body is None else json.dumps(body),
        )
        given["requestContext"]["identity"]["sourceIp"] = source
        return self.api.send_event(given)

    def register(self, *, source: str = "192.0.2.1", **members: Any) -> Answer:  # noqa: ANN401
        """Begin a registration."""
        return self.send("POST", "/registrations", {**FORM, **members}, source=source)

    def confirm(self, registration: str, code: str, source: str = "192.0.2.1") -> Answer:
        """Prove the address of a registration."""
        return self.send("POST", f"/registrations/{registration}/confirmation", {"code": code}, source=source)

    def registered(self, **members: Any) -> str:  # noqa: ANN401
        """Register and confirm; the registration's id."""
        begun = self.register(**members).json()["id"]
        assert self.confirm(begun, self.directory.last_code).status == 200
        return str(begun)


def faults(answer: Answer) -> set[tuple[str, str]]:
    """Pointers and codes of a refusal."""
    assert answer.status == 422, answer.text
    return {(each["pointer"], each["code"]) for each in answer.json()["errors"]}
