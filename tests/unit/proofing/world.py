"""The product and the service that it relies on, in one process, with a browser between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

from httpx import Response

from local.simulators.app import Simulators, simulators
from local.simulators.digital_id import CLIENT_ID, PATH, Registration
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.principal import Principal, PrincipalKind
from machi.identity.assurance import Assurance
from machi.identity.key_set import KeySet
from machi.identity.profile import Gender, Profile
from machi.identity.profiles import AccessRecord, StoredProfile
from machi.outbound import OutboundFailed, Reply
from machi.proofing.attempts import Attempt, Ticket, Tickets
from machi.proofing.proofings import Answer, Proofings, Result
from machi.proofing.relying_party import RelyingParty
from machi.proofing.service import Service
from tests.unit.proofing.in_process import InProcess
from tests.unit.signing.local_key import LocalKey

BASE = "http://localhost:8704"
CALLBACK = "http://localhost:8701/connect/proofing/callback"
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
PROFILE = Profile(
    family_name="一宮",
    given_name="花子",
    birth_date=date(1990, 4, 1),
    gender=Gender.FEMALE,
    prefecture="愛知県",
    municipality="一宮市",
    street="本町2-5-6",
)


class Attempts:
    """Tickets and attempts in memory; taking is atomic, because nobody else runs."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.attempts: dict[str, Attempt] = {}

    def keep_ticket(self, key: str, ticket: Ticket) -> None:
        self.tickets[key] = ticket

    def take_ticket(self, key: str) -> Ticket | None:
        return self.tickets.pop(key, None)

    def keep_attempt(self, key: str, attempt: Attempt) -> None:
        self.attempts[key] = attempt

    def find_attempt(self, key: str) -> Attempt | None:
        return self.attempts.get(key)

    def take_attempt(self, key: str) -> Attempt | None:
        return self.attempts.pop(key, None)


class People:
    """Profiles, the records of looks at them, and assurances."""

    def __init__(self) -> None:
        self.profiles = {HANAKO: PROFILE}
        self.accounts = {HANAKO, TARO}
        self.assurances: dict[CitizenId, Assurance] = {}
        self.happened: list[str] = []
        """What was done, in order."""
        self.records: list[AccessRecord] = []

    def find(self, citizen: CitizenId) -> StoredProfile | None:
        self.happened.append("read")
        profile = self.profiles.get(citizen)
        return None if profile is None else StoredProfile(profile, 1, NOON)

    def record(self, record: AccessRecord) -> None:
        self.happened.append(f"record {record.act}")
        self.records.append(record)

    def keep(self, citizen: CitizenId, assurance: Assurance) -> None:
        if citizen not in self.accounts:
            raise NotFound("no account")
        self.happened.append("assurance")
        self.assurances[citizen] = assurance


@dataclass
class Network:
    """Carries the product's calls to the service; may be cut, or changed on the way."""

    to: InProcess
    cut: bool = False
    forms: list[Mapping[str, str]] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    """By the end of an address: what comes back in the place of the service's answer."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        return self._reply(url, lambda: self.to.get(url, headers))

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        self.forms.append(form)
        return self._reply(url, lambda: self.to.post(url, form))

    def _reply(self, url: str, ask: Callable[[], Response]) -> Reply:
        if self.cut:
            raise OutboundFailed("no way")
        for end, reply in self.replies.items():
            if url.endswith(end):
                return reply
        answer = ask()
        return Reply(answer.status_code, answer.content)


class World:
    """Everything that takes part."""

    def __init__(self) -> None:
        self.now = NOON
        self.key = LocalKey()
        self.published = [self.key]
        self.simulators: Simulators = simulators(
            BASE,
            Registration(CALLBACK, lambda: {"keys": [dict(key.public_jwk()) for key in self.published]}),
        )
        self.browser = InProcess(self.simulators.application, BASE)
        self.network = Network(self.browser)
        self.people = People()
        self.attempts = Attempts()
        self.service = Service(f"{BASE}{PATH}", CLIENT_ID, CALLBACK)
        self.seconds = 0.0

    @property
    def party(self) -> RelyingParty:
        """Our side, signing with the present key."""
        keys = KeySet(self._certs, lambda: self.seconds, algorithm="ES256")
        return RelyingParty(
            self.service, signer=self.key, keys=keys, outbound=self.network, clock=lambda: datetime.now(UTC)
        )

    @property
    def proofings(self) -> Proofings:
        """The steps."""
        return Proofings(
            self.party,
            attempts=self.attempts,
            profiles=self.people,  # type: ignore[arg-type]  # the two of its methods that are used
            assurances=self.people,
            clock=lambda: self.now,
        )

    def pass_time(self, seconds: float) -> None:
        """Let the clock go on."""
        self.now += timedelta(seconds=seconds)

    def ticket(self, citizen: CitizenId = HANAKO) -> str:
        """What the portal is given."""
        principal = Principal(PrincipalKind.CITIZEN, ApplicationId("portal"), citizen)
        return Tickets(self.attempts, clock=lambda: self.now).issue(principal, Language.JAPANESE)

    def begin(self, citizen: CitizenId = HANAKO) -> str:
        """A browser's secret, with an attempt begun."""
        return self.proofings.begin(self.ticket(citizen))

    def at_the_service(self, secret: str, card: str, **typed: str) -> Answer:
        """Go there, use a card, and say what the browser brings back."""
        url = self.proofings.waiting(secret).url
        shown = self.browser.get(url)
        assert shown.status_code == 200, shown.text
        back = self.browser.post(url, {"card": card, **typed})
        assert back.status_code == 302, back.text
        location = urlsplit(back.headers["location"])
        assert location.geturl().startswith(CALLBACK + "?")
        return answer_of(location.query)

    def prove(self, card: str = "normal", **typed: str) -> Result:
        """The whole way."""
        secret = self.begin()
        return self.proofings.finish(self.at_the_service(secret, card, **typed), secret, "request-1")

    def _certs(self) -> bytes:
        return self.network.get(self.service.keys_endpoint).body


def answer_of(query: str) -> Answer:
    """What a callback's query says."""
    values = dict(parse_qsl(query))
    return Answer(
        state=values.get("state", ""),
        code=values.get("code", ""),
        error=values.get("error", ""),
        description=values.get("error_description", ""),
    )


def query_of(url: str) -> dict[str, str]:
    """Single parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def with_state(answer: Answer, state: str) -> Answer:
    """The answer under another state."""
    return replace(answer, state=state)
