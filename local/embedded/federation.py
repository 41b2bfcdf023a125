"""Sign-in by way of another provider, as Cognito does it: the application's own request is kept to the end.

MiniStack forgets PKCE on the way, copies every claim into the account, and leaves the browser with a JSON
error where Cognito sends it back to the application.
"""

# ruff: noqa: SLF001 - MiniStack has no public way to any of this

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from local.embedded.cognito import Answer, Cognito, Query


class Federation:
    """The two stations of a federated sign-in: the way out and the way back."""

    def __init__(self, cognito: Cognito, origin: str) -> None:
        """`origin` is where browsers reach the log-in page."""
        self._cognito = cognito
        self._origin = origin
        self._out = cognito._oauth2_authorize_federation
        self._back = cognito._oauth2_idp_response
        self._ask_trigger = cognito._apply_inbound_federation_trigger

    def install(self) -> None:
        """Stand in for MiniStack's own."""
        self._cognito._oidc_callback_url = lambda _pool: f"{self._origin}/oauth2/idpresponse"
        self._cognito._oauth2_authorize_federation = self.leave
        self._cognito._oauth2_idp_response = self.come_back
        self._cognito._apply_inbound_federation_trigger = self.map_claims

    def leave(self, query: Query) -> Answer:
        """Send the browser to the provider, and remember the application's challenge."""
        answer: Answer = self._out(query)
        state = parse_qs(urlsplit(answer[1].get("Location", "")).query).get("state", [""])[0]
        relay = self._cognito._auth_codes.get(state)
        if relay is not None:
            for name in ("code_challenge", "code_challenge_method"):
                relay[name] = self._cognito._qp(query, name)
        return answer

    def come_back(self, method: str, body: bytes, query: Query) -> Answer:
        """Take the provider's answer; whatever it is, the browser goes back to the application with it."""
        given = self._given(method, body, query)
        relay = self._cognito._auth_codes.get(given["state"])
        if relay is None or relay.get("type") != "relay":
            answer: Answer = self._back(method, body, query)
            return answer
        if given["error"]:
            self._cognito._auth_codes.pop(given["state"], None)
            return _refused(relay, given["error"], given["error_description"])
        status, headers, content = self._back(method, body, query)
        if status != HTTPStatus.FOUND:
            return _refused(relay, "invalid_request", str(json.loads(content).get("message", "")))
        code = parse_qs(urlsplit(headers["Location"]).query)["code"][0]
        entry = self._cognito._auth_codes.pop(code)
        # The code is exchanged like any other, with everything that is checked there.
        onward: Answer = self._cognito._issue_auth_code_redirect(
            relay["client_id"],
            relay["pool_id"],
            relay["redirect_uri"],
            relay.get("scope", "openid"),
            entry["username"],
            relay.get("nonce", ""),
            relay.get("code_challenge", ""),
            relay.get("code_challenge_method", ""),
            relay.get("state", ""),
        )
        return onward

    def map_claims(  # noqa: PLR0917 - as MiniStack calls it
        self,
        pool_id: str,
        client_id: str,
        username: str,
        provider_name: str,
        provider_type: str,
        attributes: Mapping[str, Any],
    ) -> dict[str, str]:
        """Claims that the provider's mapping names, and no other; booleans as Cognito writes them."""
        mapped = self._ask_trigger(pool_id, client_id, username, provider_name, provider_type, attributes)
        if mapped:
            return dict(mapped)
        pool = self._cognito._get_pool_unscoped(pool_id) or {}
        provider = pool.get("_identity_providers", {}).get(provider_name, {})
        wanted = {"sub", *provider.get("AttributeMapping", {}).values()}
        claims = attributes.get("idToken", {})
        return {name: _as_text(claims[name]) for name in wanted if claims.get(name) not in {None, ""}}

    def _given(self, method: str, body: bytes, query: Query) -> dict[str, str]:
        names = ("state", "error", "error_description")
        given = {name: self._cognito._qp(query, name) for name in names}
        if method == "POST":
            form = parse_qs(body.decode(errors="replace"))
            given = {name: given[name] or form.get(name, [""])[0] for name in names}
        return given


def _refused(relay: Mapping[str, str], error: str, description: str) -> Answer:
    separator = "&" if "?" in relay["redirect_uri"] else "?"
    said = {"error": error, "error_description": description, "state": relay.get("state", "")}
    query = urlencode({name: value for name, value in said.items() if value})
    return 302, {"Location": f"{relay['redirect_uri']}{separator}{query}"}, b""


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
