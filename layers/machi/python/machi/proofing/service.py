"""Where デジタル認証アプリ is, and how a browser is sent there."""

import base64
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from machi.identity.assurance import BasicItem

PRODUCTION = "https://auth-and-sign.go.jp"
SANDBOX = "https://sb-auth-and-sign.go.jp"

_SCOPE = " ".join(("openid", *(item.value for item in BasicItem)))
_ASSURANCE = "aal3 crl"
"""PIN and card, and a look at the list of revoked certificates."""


@dataclass(frozen=True, slots=True)
class Service:
    """One installation of the service, and our client there."""

    host: str
    """Scheme, host and, for a simulator, port and path; no slash at the end."""
    client_id: str
    redirect_uri: str

    @property
    def issuer(self) -> str:
        """What `iss` is in its tokens."""
        return f"{self.host}/api/realms/main"

    @property
    def token_endpoint(self) -> str:
        """Where a code becomes tokens; also the audience of client assertions."""
        return f"{self._protocol}/token"

    @property
    def userinfo_endpoint(self) -> str:
        """Where an access token becomes the four basic items."""
        return f"{self._protocol}/userinfo"

    @property
    def keys_endpoint(self) -> str:
        """Its public keys."""
        return f"{self._protocol}/certs"

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the citizen's browser goes (OpenID Connect Core 3.1.2.1, RFC 7636)."""
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": _SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "acr_values": _ASSURANCE,
        }
        return f"{self._protocol}/auth?{urlencode(query)}"

    @property
    def _protocol(self) -> str:
        return f"{self.issuer}/protocol/openid-connect"
