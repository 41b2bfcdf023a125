"""Is this authorization request one of ours, complete, and safe to answer? (OpenID Connect Core 3.1.2.1)

Order matters: as long as client and redirect URI are not known to belong together, nothing is sent anywhere;
whatever is wrong after that goes back to the client.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

from machi.applications import Application, Party
from machi.connect.locales import chosen_language
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId
from machi.core.language import Language

Parameters = Mapping[str, Sequence[str]]
"""Values by name, as they came; a name twice has two values."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256, RFC 7636 4.2
_TEXT = re.compile(r"[\x20-\x7e]+")  # RFC 6749, appendix A.5
_SECONDS = re.compile(r"[0-9]{1,9}")
_LONGEST_STATE, _LONGEST_NONCE = 2_048, 255
_KNOWN_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
"""What clients ask for out of habit; only `openid` has an effect, the consent decides what is given."""


class DoorReason(StrEnum):
    """Why nothing is sent back to the client."""

    UNKNOWN_CLIENT = "unknown-client"
    WRONG_REDIRECT = "wrong-redirect"
    OUT_OF_SERVICE = "out-of-service"
    """Suspended or retired."""


class DoorClosed(MachiError):
    """The browser stays here and is shown a page; sending it on could serve a stranger."""

    def __init__(self, reason: DoorReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class SentBack(MachiError):
    """The client is told what is wrong: `location` is its redirect URI with the error."""

    def __init__(self, location: str) -> None:
        super().__init__("the authorization request goes back to its client")
        self.location = location


class Prompt(StrEnum):
    """What the client wants of the citizen, whatever is known already."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"
    """There is one account a browser, so this is signing in anew."""


class Clients(Protocol):
    """Where applications are found by their clients."""

    def find_by_client(self, client_id: str) -> Application | None:
        """The application in its present state."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that may be granted: all checked but the citizen."""

    application: ApplicationId
    is_partner: bool
    client_id: str
    redirect_uri: str
    state: str | None
    nonce: str
    code_challenge: str
    prompt: frozenset[Prompt] = frozenset()
    max_age: int | None = None
    """Seconds since the citizen last gave a password or the like."""
    language: Language | None = None

    def refusal(self, error: str, description: str = "") -> SentBack:
        """The answer that nothing was granted; `error` is a code of RFC 6749 or OpenID Connect."""
        return SentBack(_location(self.redirect_uri, error, description, self.state))


def read_request(parameters: Parameters, clients: Clients) -> AuthorizationRequest:
    """Check a request.

    Raises:
        DoorClosed: client or redirect URI is not known, or the application is out of service.
        SentBack: something else is wrong; the client is told.
    """
    application, client_id, redirect_uri = _known(parameters, clients)
    reader = _Reader(parameters, redirect_uri)
    reader.check_kind()
    return AuthorizationRequest(
        application=application.id,
        is_partner=application.sign_in is None or application.sign_in.party is Party.PARTNER,
        client_id=client_id,
        redirect_uri=redirect_uri,
        state=reader.state,
        nonce=reader.nonce(),
        code_challenge=reader.challenge(),
        prompt=reader.prompt(),
        max_age=reader.max_age(),
        language=chosen_language((reader.optional("ui_locales") or "").split()),
    )


def with_query(address: str, parameters: Mapping[str, str]) -> str:
    """The address with more parameters behind those it has."""
    parts = urlsplit(address)
    added = urlencode(parameters)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def _known(parameters: Parameters, clients: Clients) -> tuple[Application, str, str]:
    client_id, redirect_uri = _single(parameters, "client_id"), _single(parameters, "redirect_uri")
    application = (
        clients.find_by_client(client_id) if client_id and len(client_id) <= _LONGEST_NONCE else None
    )
    client = (
        application.sign_in.client(client_id) if application and application.sign_in and client_id else None
    )
    if application is None or client is None:
        raise DoorClosed(DoorReason.UNKNOWN_CLIENT)
    if redirect_uri is None or redirect_uri not in client.redirect_uris:
        raise DoorClosed(DoorReason.WRONG_REDIRECT)
    if not application.state.may_call:
        raise DoorClosed(DoorReason.OUT_OF_SERVICE)
    return application, client.id, redirect_uri


def _single(parameters: Parameters, name: str) -> str | None:
    values = parameters.get(name, ())
    return values[0] if len(values) == 1 else None


def _location(redirect_uri: str, error: str, description: str, state: str | None) -> str:
    # No `iss` (RFC 9207): the pool sends none with its codes, so we cannot promise it, and older clients take
    # an answer that carries it for a request to begin anew; see docs/adr/0101.
    answer = {"error": error}
    if description:
        answer["error_description"] = description
    if state is not None:
        answer["state"] = state
    return with_query(redirect_uri, answer)


class _Reader:
    """Reads one parameter after the other; the first that is wrong sends the request back."""

    def __init__(self, parameters: Parameters, redirect_uri: str) -> None:
        self._parameters = parameters
        self._redirect_uri = redirect_uri
        self.state: str | None = None
        self.state = self._state()

    def refuse(self, error: str, description: str) -> NoReturn:
        raise SentBack(_location(self._redirect_uri, error, description, self.state))

    def optional(self, name: str) -> str | None:
        values = self._parameters.get(name, ())
        if len(values) > 1:
            self.refuse("invalid_request", f"{name} is there twice")
        return values[0] if values and values[0] else None

    def check_kind(self) -> None:
        if self.optional("response_type") != "code":
            self.refuse("unsupported_response_type", "response_type must be code")
        if self.optional("response_mode") not in {None, "query"}:
            self.refuse("invalid_request", "response_mode must be query")
        if self.optional("request") is not None:
            self.refuse("request_not_supported", "request objects are not taken")
        if self.optional("request_uri") is not None:
            self.refuse("request_uri_not_supported", "request objects are not taken")
        scopes = (self.optional("scope") or "").split(" ")
        if "openid" not in scopes or not set(scopes) <= _KNOWN_SCOPES:
            self.refuse("invalid_scope", "scope must be openid")

    def nonce(self) -> str:
        nonce = self.optional("nonce")
        if nonce is None or len(nonce) > _LONGEST_NONCE or not _TEXT.fullmatch(nonce):
            self.refuse("invalid_request", "nonce is needed")
        return nonce

    def challenge(self) -> str:
        challenge = self.optional("code_challenge")
        if self.optional("code_challenge_method") != "S256":
            self.refuse("invalid_request", "code_challenge_method must be S256")
        if challenge is None or not _CHALLENGE.fullmatch(challenge):
            self.refuse("invalid_request", "code_challenge is needed")
        return challenge

    def prompt(self) -> frozenset[Prompt]:
        names = (self.optional("prompt") or "").split()
        if not set(names) <= set(Prompt) or (Prompt.NONE in names and len(names) > 1):
            self.refuse("invalid_request", "prompt is none, or some of login, consent and select_account")
        return frozenset(map(Prompt, names))

    def max_age(self) -> int | None:
        text = self.optional("max_age")
        if text is None:
            return None
        if not _SECONDS.fullmatch(text):
            self.refuse("invalid_request", "max_age is a number of seconds")
        return int(text)

    def _state(self) -> str | None:
        values = self._parameters.get("state", ())
        if not values or values == [""]:
            return None
        state = values[0]
        if len(values) > 1 or len(state) > _LONGEST_STATE or not _TEXT.fullmatch(state):
            self.refuse("invalid_request", "state cannot be sent back as it is")
        return state
