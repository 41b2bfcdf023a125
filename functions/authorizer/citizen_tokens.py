"""Reading tokens, with everything that this needs imported late.

Only calls with a token pay for `jwt` and `cryptography` (70 ms), once for each process.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from functions.authorizer.authorizer import Stopped
from functions.authorizer.settings import Settings
from machi.applications import Application
from machi.core.ids import CitizenId
from machi.core.principal import Principal

if TYPE_CHECKING:
    from machi.identity.access_token import AccessTokens


class Clients(Protocol):
    """Finds the application that a client belongs to."""

    def find_by_client(self, client_id: str) -> Application | None:
        """The application in its present state."""


class SignIns(Protocol):
    """Knows which sign-ins a citizen has put an end to."""

    def is_signed_out(
        self, citizen: CitizenId, session: str | None, authenticated_at: datetime | None
    ) -> bool:
        """True if this one is over, though its tokens still look genuine."""


class CitizenTokens:
    """Checks tokens of the citizens' pool, issued to our own programs or to partners."""

    def __init__(self, settings: Settings, clients: Clients, sign_ins: SignIns) -> None:
        self._settings = settings
        self._clients = clients
        self._sign_ins = sign_ins
        self._tokens: AccessTokens | None = None

    def read(self, token: str) -> Principal | None:
        """The citizen a token stands for, None if it does not count.

        Raises:
            Stopped: it was issued to a partner that is out of service.
            KeysUnavailable: the pool's keys cannot be had; the request fails without a verdict.
        """
        from machi.identity.access_token import ApplicationStopped, TokenRefused  # noqa: PLC0415

        try:
            principal = self._reader().principal_of(token)
        except TokenRefused:
            return None
        except ApplicationStopped:
            raise Stopped from None
        if principal.subject is None or self._sign_ins.is_signed_out(
            principal.subject, principal.session, principal.authenticated_at
        ):
            return None
        return principal

    def _reader(self) -> "AccessTokens":
        """Made at the first token and kept, so that the pool's keys are fetched once."""
        if self._tokens is None:
            from functions.authorizer.pool_keys import fetcher  # noqa: PLC0415
            from machi.identity.access_token import AccessTokens, TokenPolicy  # noqa: PLC0415
            from machi.identity.key_set import KeySet  # noqa: PLC0415

            settings = self._settings
            keys = KeySet(fetcher(settings.jwks_url, stage=settings.stage))
            policy = TokenPolicy(settings.issuer, frozenset(settings.citizen_client_ids))
            self._tokens = AccessTokens(policy, keys, self._clients.find_by_client)
        return self._tokens
