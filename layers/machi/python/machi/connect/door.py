"""The front door: takes a partner's request, the citizen's sign-in and the citizen's decision, in that order.

Each step ends in one of three: the browser goes on to the pool, to the consent page, or back to the partner.
What a partner gets in the end the pool's trigger and userinfo decide again, on the record.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from machi.connect.decisions import Decisions
from machi.connect.id_token import Authenticated, IdTokenRefused, IdTokens
from machi.connect.pool import CodeRefused, Pool, RedeemCode
from machi.connect.request import AuthorizationRequest, Prompt
from machi.connect.sessions import PlatformSession, Sessions
from machi.connect.waiting import PATIENCE, Deciding, SigningIn, WaitingRequests, hash_of, new_secret
from machi.consent.agreement import Agreement
from machi.consent.decision import Reason
from machi.consent.record import Actor, Choice, ConsentRefused, ReleaseRequest
from machi.consent.releases import Releases
from machi.consent.repositories import AgreementRepository
from machi.core.clock import Clock
from machi.core.errors import MachiError
from machi.core.ids import CitizenId, DataItem
from machi.core.language import Language
from machi.identity.account import Account, AccountState

FindAccount = Callable[[CitizenId], Account | None]
"""The citizen's account as it is now; None before the terms were accepted."""

_CLOCK_SKEW = timedelta(minutes=1)
_ANEW = {Prompt.LOGIN, Prompt.SELECT_ACCOUNT}
_CONSENTED = {Reason.COVERED, Reason.NOT_AGREED}
"""NOT_AGREED: there is a consent, with some optional items left out."""


class RequestOver(MachiError):
    """Nothing waits under this name here: used already, too old, or another browser's."""


class RegistrationIncomplete(MachiError):
    """The citizen came by an identity provider and has not accepted the terms yet."""


class Verdict(StrEnum):
    """What the citizen pressed."""

    GIVE = "give"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class GoTo:
    """The browser goes on to this address: the pool's, or the partner's own."""

    url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The citizen must decide first."""

    waiting_id: str


Step = GoTo | Ask


@dataclass(frozen=True, slots=True)
class Returned:
    """The citizen is back from signing in."""

    session_token: str | None
    """What the browser shall hold from now on; None if nobody signed in."""
    step: Step


@dataclass(frozen=True, slots=True)
class Question:
    """What the consent page shows."""

    waiting: Deciding
    agreement: Agreement
    session: PlatformSession


class FrontDoor:
    """See the module."""

    def __init__(
        self,
        *,
        issuer: str,
        pool: Pool,
        redeem: RedeemCode,
        id_tokens: IdTokens,
        sessions: Sessions,
        accounts: FindAccount,
        waiting: WaitingRequests,
        agreements: AgreementRepository,
        releases: Releases,
        decisions: Decisions,
        clock: Clock,
    ) -> None:
        self._issuer = issuer
        self._pool = pool
        self._redeem = redeem
        self._id_tokens = id_tokens
        self._sessions = sessions
        self._accounts = accounts
        self._waiting = waiting
        self._agreements = agreements
        self._releases = releases
        self._decisions = decisions
        self._clock = clock

    def enter(self, request: AuthorizationRequest, session: PlatformSession | None, browser: str) -> Step:
        """A partner has sent the browser here.

        Args:
            request: checked.
            session: the browser's.
            browser: what this browser holds since it first came here.

        Raises:
            SentBack: the partner gets an error.
            RegistrationIncomplete: the citizen has to do something at the portal first.
        """
        is_recent = session is not None and self._is_recent(request, session.authenticated_at)
        if session is not None and is_recent and not request.prompt & _ANEW:
            return self._with(session, request)
        if Prompt.NONE in request.prompt:
            raise request.refusal("login_required")
        return self._sign_in(request if session is None or is_recent else _anew(request), hash_of(browser))

    def come_back(
        self, state: str, answer: dict[str, str], browser: str | None, session_token: str | None
    ) -> Returned:
        """The pool has sent the browser back.

        Args:
            state: names the request.
            answer: the other parameters, `code` or `error` among them.
            browser: what this browser holds since it first came here.
            session_token: what it holds of a session; that one ends.

        Raises:
            RequestOver: nothing waits under the state, or it is another browser's, or the answer is forged.
            SentBack: the partner gets an error.
            RegistrationIncomplete: the citizen has to do something at the portal first.
            PoolUnavailable, KeysUnavailable: nothing happened; the citizen may start again.
        """
        waiting = self._waiting.take_signing_in(state)
        if waiting is None or waiting.expires <= self._clock():
            raise RequestOver("no sign-in waits for this answer")
        if browser is None or not compare_digest(waiting.browser, hash_of(browser)):
            raise RequestOver("the sign-in was begun in another browser")
        if answer.get("iss", self._issuer) != self._issuer:
            raise RequestOver("the answer is another server's")
        if "code" not in answer:
            raise waiting.request.refusal("access_denied", "the citizen did not sign in")
        try:
            token = self._redeem(answer["code"], waiting.verifier)
            who = self._id_tokens.answer(token, client_id=self._pool.client_id, nonce=waiting.nonce)
        except (CodeRefused, IdTokenRefused):
            raise RequestOver("the answer does not hold") from None
        return self._signed_in(waiting, who, session_token)

    def question(self, waiting_id: str, session: PlatformSession | None) -> Question:
        """What to show for a waiting decision. Repeatable, in any language.

        Raises:
            RequestOver: nothing waits under this name for this session.
        """
        waiting = self._waiting.find_deciding(waiting_id)
        return self._question(waiting, session)

    def decide(
        self,
        question: Question,
        *,
        form_token: str,
        revision: int,
        optional_items: frozenset[DataItem],
        language: Language,
        verdict: Verdict,
    ) -> Step:
        """The citizen has decided. To agree means all required items and the optional ones chosen.

        Raises:
            RequestOver: used already, or the form is not ours.
            ConsentRefused: the agreement has changed since it was shown.
            SentBack: the partner is told that the citizen does not agree.
        """
        waiting, session = question.waiting, question.session
        if not compare_digest(waiting.form_token.encode(), form_token.encode()):
            raise RequestOver("the form was not made for this request")
        if question.agreement.revision != revision:
            raise ConsentRefused("the service asks for something else by now; show it again")
        if self._waiting.take_deciding(waiting.id) is None:
            raise RequestOver("the decision was taken already")
        application, agreement = waiting.request.application, question.agreement
        actor = Actor(session.subject)
        if verdict is Verdict.DENY:
            choice = Choice(frozenset(), language, actor)
            self._decisions.refuse(session.subject, application, revision, choice)
            raise waiting.request.refusal("access_denied", "the citizen does not agree")
        choice = Choice(agreement.required | (optional_items & agreement.optional), language, actor)
        self._decisions.give(session.subject, application, revision, choice)
        return self._onward(session, waiting.request)

    def _sign_in(self, request: AuthorizationRequest, browser_hash: str) -> GoTo:
        waiting = SigningIn(
            id=new_secret(),
            request=request,
            browser=browser_hash,
            nonce=new_secret(),
            verifier=new_secret(),
            expires=self._clock() + PATIENCE,
        )
        self._waiting.put_signing_in(waiting)
        return GoTo(self._pool.sign_in(waiting, prompt="login" if request.prompt & _ANEW else None))

    def _signed_in(self, waiting: SigningIn, who: Authenticated, session_token: str | None) -> Returned:
        request = waiting.request
        if request.prompt & _ANEW and who.at < waiting.expires - PATIENCE - _CLOCK_SKEW:
            raise request.refusal("login_required", "the citizen did not sign in anew")
        held, session = self._sessions.begin(who.subject, who.at, session_token)
        if not self._is_recent(request, who.at):
            return Returned(held, self._sign_in(_anew(request), waiting.browser))
        return Returned(held, self._with(session, request))

    def _question(self, waiting: Deciding | None, session: PlatformSession | None) -> Question:
        if waiting is None or waiting.expires <= self._clock():
            raise RequestOver("no decision waits here")
        if session is None or not compare_digest(session.key, waiting.session):
            raise RequestOver("the decision is another session's")
        agreement = self._agreements.current(waiting.request.application)
        if agreement is None:
            raise RequestOver("the agreement is gone")
        return Question(waiting, agreement, session)

    def _is_recent(self, request: AuthorizationRequest, authenticated_at: datetime) -> bool:
        if request.max_age is None:
            return True
        return self._clock() - authenticated_at <= timedelta(seconds=request.max_age) + _CLOCK_SKEW

    def _with(self, session: PlatformSession, request: AuthorizationRequest) -> Step:
        if not request.is_partner:
            return self._onward(session, request)
        self._check_account(session.subject, request)
        agreement = self._agreements.current(request.application)
        if agreement is None:
            raise request.refusal("unauthorized_client", "the service has no agreement")
        if Prompt.CONSENT not in request.prompt and self._has_consent(agreement, session):
            return self._onward(session, request)
        if Prompt.NONE in request.prompt:
            raise request.refusal("consent_required")
        self._decisions.ask(session.subject, request.application)
        return self._ask(session, request)

    def _check_account(self, subject: CitizenId, request: AuthorizationRequest) -> None:
        account = self._accounts(subject)
        if account is not None and account.state is not AccountState.ACTIVE:
            raise request.refusal("access_denied", "the citizen is closing the account")
        if account is None or account.acceptance is None:
            if Prompt.NONE in request.prompt:
                raise request.refusal("interaction_required")
            raise RegistrationIncomplete("the citizen must finish the registration first")

    def _ask(self, session: PlatformSession, request: AuthorizationRequest) -> Ask:
        expires = self._clock() + PATIENCE
        waiting = Deciding(new_secret(), request, session.key, new_secret(), expires)
        self._waiting.put_deciding(waiting)
        return Ask(waiting.id)

    def _has_consent(self, agreement: Agreement, session: PlatformSession) -> bool:
        request = ReleaseRequest(
            agreement.application, session.subject, agreement.all_items, agreement.purpose
        )
        return self._releases.decide(request).reason in _CONSENTED

    def _onward(self, session: PlatformSession, request: AuthorizationRequest) -> GoTo:
        self._sessions.signed_in_to(session, request.application)
        prompt = "none" if Prompt.NONE in request.prompt else None
        return GoTo(self._pool.issue(request, prompt=prompt))


def _anew(request: AuthorizationRequest) -> AuthorizationRequest:
    return replace(request, prompt=request.prompt | {Prompt.LOGIN})
