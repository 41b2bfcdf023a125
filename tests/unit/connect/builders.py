"""A front door with two partners, in memory, written briefly."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from machi.applications import Party, Registry, SignIn, SignInClient
from machi.connect.decisions import Decisions
from machi.connect.door import Ask, FrontDoor, GoTo, Question, Returned, Step, Verdict
from machi.connect.id_token import IdTokens
from machi.connect.pool import Pool, challenge_of
from machi.connect.request import AuthorizationRequest, read_request
from machi.connect.sessions import PlatformSession, Sessions
from machi.connect.withdrawals import Announcements
from machi.consent.consents import Consents
from machi.consent.record import ConsentState
from machi.consent.releases import Releases
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.language import Language
from machi.identity.account import Account, AccountState
from machi.identity.key_set import KeySet
from machi.identity.terms import Acceptance, Terms
from tests.token_pool import ISSUER
from tests.unit.applications.builders import (
    BOSHIMO,
    BOSHIMO_CALLBACK,
    BOSHIMO_CLIENT,
    KENCOM_CALLBACK,
    KENCOM_CLIENT,
    NOON,
    kencom,
    partner,
    second_partner,
)
from tests.unit.applications.memory import MemoryApplications
from tests.unit.connect.memory import MemoryNotices, MemorySessions, MemoryWaiting, PoolDouble
from tests.unit.consent.builders import agreement
from tests.unit.consent.memory import Clock, MemoryAgreements, MemoryConsents, MemoryDisclosures

API, AUTH, PORTAL = "https://api.example.jp", "https://auth.example.jp", "https://my.example.jp"
CONNECT_CLIENT = "connectclient"
PORTAL_CLIENT = "portalclient"
PORTAL_CALLBACK = f"{PORTAL}/auth/callback/"
VERIFIER = "v" * 43
HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
BROWSER = "b" * 43


def asked(**changes: str | list[str] | None) -> dict[str, list[str]]:
    """A request as kencom sends it; None leaves a parameter out."""
    given: dict[str, str | list[str] | None] = {
        "client_id": KENCOM_CLIENT,
        "redirect_uri": KENCOM_CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": "state-of-kencom",
        "nonce": "nonce-of-kencom",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in given.items()
        if value is not None
    }


def asked_by_boshimo(**changes: str | list[str] | None) -> dict[str, list[str]]:
    return asked(**{"client_id": BOSHIMO_CLIENT, "redirect_uri": BOSHIMO_CALLBACK, **changes})


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address, each of which must be there once."""
    parameters = parse_qs(urlsplit(address).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in parameters.values())
    return {name: values[0] for name, values in parameters.items()}


def without_query(address: str) -> str:
    return urlsplit(address)._replace(query="").geturl()


def account(who: CitizenId, state: AccountState = AccountState.ACTIVE) -> Account:
    """An account whose citizen has accepted the terms."""
    accepted = Acceptance(Terms("1", "0" * 64), NOON, Language.JAPANESE)
    return Account(who, state, acceptance=accepted)


@dataclass
class City:
    """The front door with everything behind it."""

    clock: Clock = field(default_factory=lambda: Clock(datetime.fromtimestamp(int(time.time()), UTC)))
    applications: MemoryApplications = field(default_factory=MemoryApplications)
    agreements: MemoryAgreements = field(default_factory=MemoryAgreements)
    consents: MemoryConsents = field(default_factory=MemoryConsents)
    disclosures: MemoryDisclosures = field(default_factory=MemoryDisclosures)
    notices: MemoryNotices = field(default_factory=MemoryNotices)
    kept_sessions: MemorySessions = field(default_factory=MemorySessions)
    waiting: MemoryWaiting = field(default_factory=MemoryWaiting)
    pool: PoolDouble = field(default_factory=PoolDouble)

    accounts: dict[CitizenId, Account] = field(
        default_factory=lambda: {who: account(who) for who in (HANAKO, TARO)}
    )

    def __post_init__(self) -> None:
        self.registry = Registry(self.applications, self.clock)
        self.registry.register(partner(name="kencom"))
        self.registry.register(second_partner())
        portal = SignIn((SignInClient(PORTAL_CLIENT, (PORTAL_CALLBACK,)),), "my.example.jp", party=Party.CITY)
        self.registry.register(kencom(id=ApplicationId("portal"), name="市民ポータル", sign_in=portal))
        self.agreements.add(agreement(required=("name", "birthdate"), optional=("ward",)))
        self.agreements.add(replace(agreement(required=("nickname",), optional=()), application=BOSHIMO))
        self.sessions = Sessions(self.kept_sessions, self.clock)
        self.decisions = Decisions(
            Consents(self.consents, self.agreements, clock=self.clock),
            self.notices,
            self.clock,
            tell_recipients=Announcements(self.consents.withdrawals, self.notices).announce,
        )
        self.releases = Releases(
            applications=self.applications,
            agreements=self.agreements,
            consents=self.consents,
            disclosures=self.disclosures,
            clock=self.clock,
        )
        self.id_tokens = IdTokens(ISSUER, KeySet(self.pool.keys.key_set))
        self.pool_address = Pool(AUTH, CONNECT_CLIENT, f"{API}/connect/callback", f"{API}/connect/signed-out")
        self.door = FrontDoor(
            issuer=ISSUER,
            pool=self.pool_address,
            redeem=self.pool.redeem,
            id_tokens=self.id_tokens,
            sessions=self.sessions,
            accounts=self.accounts.get,
            waiting=self.waiting,
            agreements=self.agreements,
            releases=self.releases,
            decisions=self.decisions,
            clock=self.clock,
        )

    def reads(self, parameters: dict[str, list[str]]) -> AuthorizationRequest:
        return read_request(parameters, self.applications)

    def enters(
        self, parameters: dict[str, list[str]], session: PlatformSession | None = None, browser: str = BROWSER
    ) -> Step:
        return self.door.enter(self.reads(parameters), session, browser)

    def at_pool(self, parameters: dict[str, list[str]], session: PlatformSession | None = None) -> str:
        """The address of the log-in page that the citizen is sent to."""
        step = self.enters(parameters, session)
        assert isinstance(step, GoTo)
        assert step.url.startswith(f"{AUTH}/oauth2/authorize?")
        return step.url

    def signs_in_at(
        self, address: str, who: str = HANAKO, *, age: int = 0, session_token: str | None = None
    ) -> Returned:
        """The citizen signs in at the pool's page, `age` seconds ago, and comes back in the same browser."""
        at = int(self.clock().timestamp()) - age
        back = self.pool.signs_in(address, who, at=at)
        return self.door.come_back(back.pop("state"), back, BROWSER, session_token)

    def signs_in(
        self, parameters: dict[str, list[str]] | None = None, who: str = HANAKO
    ) -> tuple[PlatformSession, Step]:
        """From kencom's button to after the log-in page."""
        returned = self.signs_in_at(self.at_pool(parameters or asked()), who)
        session = self.sessions.find(returned.session_token)
        assert session is not None
        return session, returned.step

    def question(self, step: Step, session: PlatformSession) -> Question:
        assert isinstance(step, Ask)
        return self.door.question(step.waiting_id, session)

    def decides(self, question: Question, verdict: Verdict = Verdict.GIVE, *optional: str) -> Step:
        return self.door.decide(
            question,
            form_token=question.waiting.form_token,
            revision=question.agreement.revision,
            optional_items=frozenset(map(DataItem, optional)),
            language=Language.JAPANESE,
            verdict=verdict,
        )

    def signed_in(self, parameters: dict[str, list[str]] | None = None) -> PlatformSession:
        """A citizen who has agreed to all that kencom must have."""
        session, step = self.signs_in(parameters)
        self.decides(self.question(step, session))
        found = self.kept_sessions.find(session.key)
        assert found is not None
        return found

    def state(self, application: ApplicationId, who: CitizenId = HANAKO) -> ConsentState | None:
        stored = self.consents.find(who, application)
        return None if stored is None else stored.consent.state

    def passes(self, **span: int) -> None:
        self.clock.passes(timedelta(**span))
