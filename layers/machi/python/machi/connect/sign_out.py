"""How a citizen signs out everywhere (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from machi.applications import ApplicationRepository
from machi.connect.id_token import Hint, IdTokenRefused, IdTokens
from machi.connect.request import Clients, with_query
from machi.connect.sessions import PlatformSession, Sessions
from machi.core.clock import Clock
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId, CitizenId
from machi.notices import NoticeKind, Notices, new_notice

_LONGEST_STATE = 512  # characters; it waits in a cookie


class SignOutRefused(MachiError):
    """The address to go back to is not the client's: nobody is sent there."""


@dataclass(frozen=True, slots=True)
class SignOutRequest:
    """A wish to sign out, checked."""

    hint: Hint | None
    """Whom the client means, if it said so with an ID token of ours."""
    client_id: str | None
    return_to: str | None
    """Registered by that client; None if it named none."""
    state: str | None

    @property
    def way_back(self) -> str | None:
        """Where the browser goes in the end, None for a page of ours."""
        if self.return_to is None:
            return None
        return with_query(self.return_to, {"state": self.state}) if self.state is not None else self.return_to

    def means(self, session: PlatformSession) -> bool:
        """True if a client shows that it knows who is signed in here, so that nobody need be asked."""
        return self.hint is not None and self.hint.subject == session.subject


class SignOuts:
    """Ends sessions and has the partners told."""

    def __init__(
        self,
        *,
        clients: Clients,
        applications: ApplicationRepository,
        id_tokens: IdTokens,
        sessions: Sessions,
        notices: Notices,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._applications = applications
        self._id_tokens = id_tokens
        self._sessions = sessions
        self._notices = notices
        self._clock = clock

    def read(self, parameters: Mapping[str, Sequence[str]]) -> SignOutRequest:
        """Check a request.

        Raises:
            SignOutRefused: it names an address to go back to that is not registered by its client.
            KeysUnavailable: nothing can be said about the token that it shows.
        """
        hint = self._hint(_single(parameters, "id_token_hint"))
        named = _single(parameters, "client_id")
        if hint is not None and named is not None and named != hint.client_id:
            raise SignOutRefused("the token was issued to another client")
        client_id = hint.client_id if hint is not None else named
        state = _single(parameters, "state")
        return SignOutRequest(
            hint=hint,
            client_id=client_id,
            return_to=self._return_to(client_id, parameters),
            state=state if state is not None and _is_plain(state) else None,
        )

    def end(self, session: PlatformSession) -> None:
        """End the session of this browser; the partners signed in to from it are told."""
        self._tell(session.subject, self._sessions.end(session))

    def end_all(self, subject: CitizenId) -> None:
        """End the sessions of all browsers; every partner signed in to from one of them is told."""
        self._tell(subject, self._sessions.end_all(subject))

    def _tell(self, subject: CitizenId, applications: frozenset[ApplicationId]) -> None:
        for name in sorted(applications):
            found = self._applications.find(name)
            sign_in = None if found is None else found.application.sign_in
            if sign_in is not None and sign_in.back_channel_logout_uri is not None:
                self._notices.send(
                    new_notice(
                        NoticeKind.BACK_CHANNEL_LOGOUT,
                        subject,
                        self._clock(),
                        application=name,
                        event="logout",
                    )
                )

    def _hint(self, token: str | None) -> Hint | None:
        if token is None:
            return None
        try:
            return self._id_tokens.hint(token)
        except IdTokenRefused:
            return None

    def _return_to(self, client_id: str | None, parameters: Mapping[str, Sequence[str]]) -> str | None:
        if not parameters.get("post_logout_redirect_uri"):
            return None
        wanted = _single(parameters, "post_logout_redirect_uri")
        application = self._clients.find_by_client(client_id) if client_id else None
        client = (
            application.sign_in.client(client_id)
            if application and application.sign_in and client_id
            else None
        )
        if client is None or wanted not in client.post_logout_redirect_uris:
            raise SignOutRefused("the address to go back to is not registered")
        return wanted


def _single(parameters: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = parameters.get(name, ())
    return values[0] if len(values) == 1 and values[0] else None


def _is_plain(state: str) -> bool:
    return len(state) <= _LONGEST_STATE and state.isascii() and state.isprintable()
