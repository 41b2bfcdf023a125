"""How a citizen proves an identity: begin, go to the service, come back, be compared.

The record comes first: without it the profile is not read (design rule 4).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import new_id
from machi.core.language import Language
from machi.core.principal import PrincipalKind
from machi.identity.assurance import (
    FIELDS_OF,
    Assurance,
    AssuranceLevel,
    Assurances,
    BasicItem,
    ProofingMethod,
    digest_of,
)
from machi.identity.profile import EMPTY_PROFILE, MEMBERS, Profile
from machi.identity.profiles import AccessRecord, Act, ProfileRepository, Purpose
from machi.proofing.attempts import ATTEMPT_LIFE, Attempt, AttemptRepository, hashed, new_secret, state_of
from machi.proofing.comparison import REQUIRED, Agreement, CardItems, compared
from machi.proofing.errors import (
    AnotherBrowser,
    AnswerRefused,
    AttemptOver,
    CodeRefused,
    Declined,
    ProofingError,
    ServiceUnavailable,
)
from machi.proofing.relying_party import RelyingParty

_EXPIRED = ("expired", "revoked", "invalid_certificate", "有効期限", "失効")
_TIMED_OUT = ("timeout", "timed out", "time_out", "タイムアウト")
_CANCELLED = {"access_denied", "login_required", "interaction_required", "consent_required"}


class Outcome(StrEnum):
    """What the citizen is told."""

    PROVEN = "proven"
    DIFFERENT = "different"
    """The card says something else than the profile."""
    INCOMPLETE = "incomplete"
    """The profile lacks what is to be compared."""
    CANCELLED = "cancelled"
    TIMED_OUT = "timed-out"
    CARD_EXPIRED = "card-expired"
    OTHER_BROWSER = "other-browser"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Result:
    """The end of an attempt."""

    outcome: Outcome
    language: Language | None
    """The citizen's; None where nothing is known of the attempt."""
    items: Mapping[BasicItem, Agreement] = field(default_factory=dict)
    problem: ProofingError | None = None
    """Why, for the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brings back from the service."""

    state: str
    code: str
    error: str
    description: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An attempt whose browser has yet to go to the service."""

    url: str
    """Where it goes."""
    language: Language


class Proofings:
    """The steps, in the order in which a browser takes them."""

    def __init__(
        self,
        party: RelyingParty,
        *,
        attempts: AttemptRepository,
        profiles: ProfileRepository,
        assurances: Assurances,
        clock: Clock,
    ) -> None:
        self._party = party
        self._attempts = attempts
        self._profiles = profiles
        self._assurances = assurances
        self._clock = clock

    def begin(self, ticket: str) -> str:
        """Turn a ticket into an attempt, and give the secret that the browser keeps.

        Raises:
            AttemptOver: the ticket is unknown, was used, or is too old.
        """
        now = self._clock()
        taken = self._attempts.take_ticket(hashed(ticket))
        if taken is None or taken.expires <= now:
            raise AttemptOver("no such ticket")
        secret = new_secret()
        attempt = Attempt(
            citizen=taken.citizen,
            application=taken.application,
            language=taken.language,
            nonce=new_secret(),
            verifier=new_secret(),
            expires=now + ATTEMPT_LIFE,
        )
        self._attempts.keep_attempt(hashed(state_of(secret)), attempt)
        return secret

    def waiting(self, secret: str) -> Waiting:
        """Where a browser with this secret is to go.

        Raises:
            AttemptOver: there is no such attempt, or it is too old.
        """
        state = state_of(secret)
        attempt = self._attempts.find_attempt(hashed(state))
        if attempt is None or attempt.expires <= self._clock():
            raise AttemptOver("no such attempt")
        url = self._party.authorization_url(state=state, nonce=attempt.nonce, verifier=attempt.verifier)
        return Waiting(url, attempt.language)

    def finish(self, answer: Answer, secret: str | None, request: str) -> Result:
        """Take the service's answer and compare; the attempt is used up, whatever comes of it.

        Args:
            answer: from the address the browser came back to.
            secret: what the browser keeps; None if it has nothing.
            request: id of the request.
        """
        language: Language | None = None
        try:
            attempt = self._taken(answer.state, secret)
            language = attempt.language
            if answer.error or not answer.code:
                raise Declined(answer.error, answer.description)
            card = self._party.card_items(code=answer.code, nonce=attempt.nonce, verifier=attempt.verifier)
            items = self._compared(card, attempt, request)
        except ProofingError as problem:
            return Result(outcome_of(problem), language, problem=problem)
        return Result(_verdict(items), language, items)

    def _taken(self, state: str, secret: str | None) -> Attempt:
        """The attempt of this browser. Without the cookie it stays: a forged link must not end it."""
        if secret is None or not hmac.compare_digest(
            state_of(secret).encode(), state.encode("utf-8", "replace")
        ):
            raise AnotherBrowser("the state does not belong to this browser")
        attempt = self._attempts.take_attempt(hashed(state))
        if attempt is None or attempt.expires <= self._clock():
            raise AttemptOver("no such attempt")
        return attempt

    def _compared(self, card: CardItems, attempt: Attempt, request: str) -> Mapping[BasicItem, Agreement]:
        fields = tuple(field for item in BasicItem for field in FIELDS_OF[item])
        self._record(attempt, Act.READ, tuple(MEMBERS[name] for name in fields), request)
        stored = self._profiles.find(attempt.citizen)
        profile = EMPTY_PROFILE if stored is None else stored.profile
        items = compared(card, profile)
        if _verdict(items) is Outcome.PROVEN:
            self._record(attempt, Act.CHANGED, ("assurance",), request)
            self._keep(attempt, profile, items)
        return items

    def _keep(self, attempt: Attempt, profile: Profile, items: Mapping[BasicItem, Agreement]) -> None:
        agreed = frozenset(item for item, agreement in items.items() if agreement is Agreement.AGREES)
        assurance = Assurance(
            level=AssuranceLevel.IDENTITY_2,
            method=ProofingMethod.MY_NUMBER_CARD,
            at=self._clock(),
            items=agreed,
            told=digest_of(profile, agreed),
        )
        try:
            self._assurances.keep(attempt.citizen, assurance)
        except NotFound as error:
            raise ServiceUnavailable("there is no account to keep the result on") from error

    def _record(self, attempt: Attempt, act: Act, members: tuple[str, ...], request: str) -> None:
        now = self._clock()
        self._profiles.record(
            AccessRecord(
                id=new_id("rec", now),
                subject=attempt.citizen,
                actor=PrincipalKind.CITIZEN,
                actor_id=attempt.citizen,
                application=attempt.application,
                act=act,
                members=members,
                purpose=Purpose.PROOFING,
                at=now,
                request=request,
            )
        )


def outcome_of(problem: ProofingError) -> Outcome:
    """What the citizen is told of a problem.

    The service's words for a bad card are not published, so its description is searched for what they can
    be. Whoever forges an answer can choose among our pages, no more.
    """
    if isinstance(problem, Declined):
        words = f"{problem.error} {problem.description}".casefold()
        if any(word in words for word in _EXPIRED):
            return Outcome.CARD_EXPIRED
        if any(word in words for word in _TIMED_OUT):
            return Outcome.TIMED_OUT
        return Outcome.CANCELLED if problem.error in _CANCELLED else Outcome.UNAVAILABLE
    return _OUTCOMES[type(problem)]


_OUTCOMES: Mapping[type[ProofingError], Outcome] = {
    AttemptOver: Outcome.TIMED_OUT,
    AnotherBrowser: Outcome.OTHER_BROWSER,
    CodeRefused: Outcome.TIMED_OUT,
    ServiceUnavailable: Outcome.UNAVAILABLE,
    AnswerRefused: Outcome.UNAVAILABLE,
}


def _verdict(items: Mapping[BasicItem, Agreement]) -> Outcome:
    if Agreement.DIFFERS in items.values():
        return Outcome.DIFFERENT
    if any(items[item] is Agreement.NOT_TOLD for item in REQUIRED):
        return Outcome.INCOMPLETE
    return Outcome.PROVEN
