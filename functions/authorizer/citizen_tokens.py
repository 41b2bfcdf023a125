"""Reading tokens, with everything that this needs imported late.

Only calls with a token pay for `jwt` and `cryptography` (70 ms), once for each process.
"""

from functools import cache
from typing import TYPE_CHECKING

from functions.authorizer.settings import Settings
from machi.core.principal import Principal

if TYPE_CHECKING:
    from machi.identity.access_token import AccessTokens


class CitizenTokens:
    """Checks tokens of the citizens' pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def read(self, token: str) -> Principal | None:
        """The citizen a token stands for, None if it does not count.

        Raises:
            KeysUnavailable: the pool's keys cannot be had; the request fails without a verdict.
        """
        from machi.identity.access_token import TokenRefused  # noqa: PLC0415

        try:
            return _access_tokens(self._settings).principal_of(token)
        except TokenRefused:
            return None


@cache
def _access_tokens(settings: Settings) -> "AccessTokens":
    from functions.authorizer.pool_keys import fetcher  # noqa: PLC0415
    from machi.identity.access_token import AccessTokens, TokenPolicy  # noqa: PLC0415
    from machi.identity.key_set import KeySet  # noqa: PLC0415

    keys = KeySet(fetcher(settings.jwks_url, stage=settings.stage))
    return AccessTokens(TokenPolicy(settings.issuer, frozenset(settings.citizen_client_ids)), keys)
