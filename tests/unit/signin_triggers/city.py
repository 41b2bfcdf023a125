"""A city with one partner and one citizen, all in memory; each part can be made to fail."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from functions.signin_triggers import federation
from functions.signin_triggers.messages import Messages
from functions.signin_triggers.sign_up import SignUps
from functions.signin_triggers.tokens import Records, Tokens
from functions.signin_triggers.triggers import Triggers
from machi.applications import Application, ApplicationState, SignIn, SignInClient
from machi.connect.ppid import ppid
from machi.consent.agreement import Agreement
from machi.consent.consents import Consents
from machi.consent.record import Actor
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.log import logger_for
from machi.core.principal import Scope
from machi.identity.profile import EMPTY_PROFILE, Profile
from machi.identity.standing import Standing
from machi.mail import Stationery
from tests.unit.consent.builders import KENCOM, agreement, choice
from tests.unit.consent.memory import Clock, MemoryAgreements, MemoryConsents, MemoryDisclosures
from tests.unit.signin_triggers.events import KENCOM_CLIENT, PORTAL_CLIENT, SUBJECT

HANAKO = CitizenId(SUBJECT)
SECRET = b"0123456789abcdef0123456789abcdef"
PROFILE = replace(
    EMPTY_PROFILE, family_name="一宮", given_name="花子", birth_date=date(1990, 4, 1), ward="miyanishi"
)


class Down(Exception):
    """Something does not answer, and its message tells too much: hanako@example.jp."""


@dataclass
class City:
    applications: dict[str, Application] = field(default_factory=dict)
    standings: dict[CitizenId, Standing] = field(default_factory=dict)
    announced: set[str] = field(default_factory=set)
    agreements: MemoryAgreements = field(default_factory=MemoryAgreements)
    consents: MemoryConsents = field(default_factory=MemoryConsents)
    disclosures: MemoryDisclosures = field(default_factory=MemoryDisclosures)
    clock: Clock = field(default_factory=Clock)
    profile: Profile | None = PROFILE
    read: list[CitizenId] = field(default_factory=list)
    """Whose profile was read, so far."""
    down: str = ""
    """Which part fails."""

    def __post_init__(self) -> None:
        self.applications[PORTAL_CLIENT] = _application("portal", PORTAL_CLIENT, frozenset())
        self.applications[KENCOM_CLIENT] = _application("kencom", KENCOM_CLIENT, frozenset({Scope.USERINFO}))
        self.asks(agreement(required=("name", "birthdate"), optional=("ward", "email")))

    def asks(self, agreed: Agreement) -> None:
        self.agreements.kept[(agreed.application, agreed.revision)] = agreed

    def gives(self, *names: str) -> None:
        consents = Consents(self.consents, self.agreements, clock=self.clock)
        waiting = consents.request(HANAKO, KENCOM)
        items = frozenset(map(DataItem, names))
        consents.give(HANAKO, KENCOM, waiting.revision, replace(choice(), items=items))

    def withdraws(self) -> None:
        Consents(self.consents, self.agreements, clock=self.clock).withdraw(HANAKO, KENCOM, Actor(HANAKO))

    def is_in(self, state: ApplicationState) -> None:
        self.applications[KENCOM_CLIENT] = replace(self.applications[KENCOM_CLIENT], state=state)

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        tokens = Tokens(
            clients=self,
            standings=self,
            records=Records(self.agreements, self.consents, self.disclosures),
            read_profile=self._read_profile,
            pseudonym=self._pseudonym,
            clock=self.clock,
        )
        triggers = Triggers(
            {
                "TokenGeneration": tokens.answer,
                "PreSignUp": SignUps(self).answer,
                "CustomMessage": Messages(Stationery("一宮市", "Ichinomiya", "https://my.example.jp")).answer,
                "InboundFederation": federation.answer,
            },
            logger_for("signin_triggers"),
        )
        return triggers(event, "req-1")

    def find_by_client(self, client_id: str) -> Application | None:
        self._fail("applications")
        return self.applications.get(client_id)

    def standing_of(self, citizen: CitizenId) -> Standing:
        self._fail("accounts")
        return self.standings.get(citizen, Standing())

    def is_open(self, username: str) -> bool:
        self._fail("registrations")
        return username in self.announced

    def _pseudonym(self, sector: str, subject: CitizenId) -> str:
        self._fail("pseudonyms")
        return ppid(SECRET, sector, subject)

    def _read_profile(self, citizen: CitizenId) -> Profile | None:
        self._fail("profiles")
        self.read.append(citizen)
        return self.profile

    def _fail(self, part: str) -> None:
        if self.down == part:
            raise Down("could not reach hanako@example.jp")


def id_claims(answered: dict[str, Any]) -> dict[str, Any]:
    """The ID token's claims as the pool would write them after the answer, but for those that are fixed."""
    fixed = {"sub", "identities"}
    change = answered["response"]["claimsAndScopeOverrideDetails"]["idTokenGeneration"]
    assert not fixed & {*change["claimsToSuppress"], *change["claimsToAddOrOverride"]}
    event_claims: dict[str, Any] = {
        name: value
        for name, value in answered["request"]["userAttributes"].items()
        if name not in fixed and not name.startswith("cognito:")
    }
    event_claims["cognito:groups"] = answered["request"]["groupConfiguration"]["groupsToOverride"]
    return _applied(event_claims, answered, "idTokenGeneration")


def access_claims(answered: dict[str, Any]) -> dict[str, Any]:
    before = {"cognito:groups": answered["request"]["groupConfiguration"]["groupsToOverride"]}
    return _applied(before, answered, "accessTokenGeneration")


def scopes(answered: dict[str, Any]) -> set[str]:
    change = answered["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return set(answered["request"]["scopes"]) - set(change["scopesToSuppress"]) | set(change["scopesToAdd"])


def _applied(claims: dict[str, Any], answered: dict[str, Any], token: str) -> dict[str, Any]:
    change = answered["response"]["claimsAndScopeOverrideDetails"][token]
    merged = claims | change.get("claimsToAddOrOverride", {})
    return {name: value for name, value in merged.items() if name not in change["claimsToSuppress"]}


def _application(name: str, client: str, scopes: frozenset[Scope]) -> Application:
    return Application(
        ApplicationId(name),
        name,
        ApplicationState.PRODUCTION,
        scopes,
        sign_in=SignIn((SignInClient(client, (f"https://{name}.example/back",)),), sector=f"{name}.example"),
    )
