"""What the front door has to do with the citizens' pool: sending browsers there, and taking them back."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from machi.connect.request import AuthorizationRequest
from machi.connect.waiting import SigningIn
from machi.core.errors import MachiError
from machi.core.language import Language

_LANGUAGES = {
    Language.JAPANESE: "ja",
    Language.EASY_JAPANESE: "ja",
    Language.ENGLISH: "en",
    Language.PORTUGUESE: "pt-BR",
    Language.CHINESE: "zh-CN",
}
"""Those that the pool's pages speak; Vietnamese is not among them."""


class PoolUnavailable(MachiError):
    """The pool does not answer; the citizen may try again."""


class CodeRefused(MachiError):
    """The pool does not take the code: used, over, or somebody else's."""


RedeemCode = Callable[[str, str], str]
"""Code and verifier in, ID token out.

Raises:
    CodeRefused, PoolUnavailable: see there.
"""


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool as browsers see it, and the front door as its client."""

    auth_url: str
    client_id: str
    callback: str
    signed_out: str
    """Where the pool sends browsers that signed out; both are registered with the client."""

    def sign_in(self, waiting: SigningIn, *, prompt: str | None) -> str:
        """Where the citizen signs in, to come back to us."""
        return self._authorize(
            {
                "client_id": self.client_id,
                "redirect_uri": self.callback,
                "state": waiting.id,
                "nonce": waiting.nonce,
                "code_challenge": challenge_of(waiting.verifier),
            },
            waiting.request.language,
            prompt,
        )

    def issue(self, request: AuthorizationRequest, *, prompt: str | None) -> str:
        """Where the pool, which knows the citizen by now, gives the partner its code."""
        parameters = {
            "client_id": request.client_id,
            "redirect_uri": request.redirect_uri,
            "nonce": request.nonce,
            "code_challenge": request.code_challenge,
        }
        if request.state is not None:
            parameters["state"] = request.state
        return self._authorize(parameters, request.language, prompt)

    def sign_out(self) -> str:
        """Where the pool forgets the browser."""
        query = urlencode({"client_id": self.client_id, "logout_uri": self.signed_out})
        return f"{self.auth_url}/logout?{query}"

    def _authorize(self, parameters: dict[str, str], language: Language | None, prompt: str | None) -> str:
        query = {"response_type": "code", "scope": "openid", **parameters, "code_challenge_method": "S256"}
        if language in _LANGUAGES:
            query["lang"] = _LANGUAGES[language]
        if prompt is not None:
            query["prompt"] = prompt
        return f"{self.auth_url}/oauth2/authorize?{urlencode(query)}"


def challenge_of(verifier: str) -> str:
    """RFC 7636, 4.2: S256."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
