"""Reading tokens of staff, with everything that this needs imported late, as in `citizen_tokens`."""

from typing import TYPE_CHECKING

from functions.authorizer.settings import Settings
from machi.core.principal import Principal

if TYPE_CHECKING:
    from machi.staff.access_token import StaffTokens as Tokens


class StaffTokens:
    """Checks tokens of the staff's pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens: Tokens | None = None

    def read(self, token: str) -> Principal | None:
        """The member of staff a token stands for, None if it does not count.

        Raises:
            KeysUnavailable: the pool's keys cannot be had; the request fails without a verdict.
        """
        settings = self._settings
        if not (settings.staff_issuer and settings.staff_client_id and settings.staff_jwks_url):
            return None
        from machi.identity.token_claims import TokenRefused  # noqa: PLC0415

        try:
            return self._reader().principal_of(token)
        except TokenRefused:
            return None

    def _reader(self) -> "Tokens":
        """Made at the first token and kept, so that the pool's keys are fetched once."""
        if self._tokens is None:
            from functions.authorizer.pool_keys import fetcher  # noqa: PLC0415
            from machi.identity.key_set import KeySet  # noqa: PLC0415
            from machi.staff.access_token import StaffTokens as Tokens  # noqa: PLC0415

            settings = self._settings
            keys = KeySet(fetcher(settings.staff_jwks_url, stage=settings.stage))
            self._tokens = Tokens(settings.staff_issuer, settings.staff_client_id, keys)
        return self._tokens
