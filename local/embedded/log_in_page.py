"""The hosted log-in page as AWS has it: it remembers the browser, offers other providers, takes tokens back.

MiniStack asks for the password at every request, so that no second application could be seen not to ask.
"""

# ruff: noqa: SLF001 - MiniStack has no public way to any of this

import html
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from local.embedded.asgi import Application, Receive, Scope, Send, answer_json, read_body
from local.embedded.cognito import Answer, Cognito, Query

COOKIE = "cognito"
SESSION_SECONDS = 3600
"""As long as AWS's page remembers a browser; not configurable there."""

_KEPT = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)


@dataclass(frozen=True, slots=True)
class _Session:
    pool_id: str
    username: str
    auth_time: int


class LogInPage:
    """Which browsers are signed in; forgotten when the emulator stops."""

    def __init__(self, cognito: Cognito) -> None:
        self._cognito = cognito
        self._sessions: dict[str, _Session] = {}
        self._authorize = cognito.handle_oauth2_authorize
        self._log_out = cognito.handle_logout
        self._issue = cognito._issue_auth_code_redirect

    def install(self) -> None:
        """Answer in MiniStack's place."""
        self._cognito.handle_oauth2_authorize = self.authorize
        self._cognito.handle_logout = self.log_out
        self._cognito._issue_auth_code_redirect = self.sign_in

    def authorize(self, method: str, path: str, headers: Mapping[str, str], query: Query) -> Answer:
        """The page; or a code at once for a browser that is signed in, unless it is to be asked again."""
        status, answer_headers, body = self._authorize(method, path, headers, query)
        if status != HTTPStatus.OK:
            return status, answer_headers, body
        given = {name: self._cognito._qp(query, name) for name in (*_KEPT, "prompt")}
        pool_id, pool, _ = self._cognito._find_pool_by_client_id(given["client_id"])
        session = self._session(headers, pool_id)
        if session is not None and given["prompt"] != "login":
            return self._code(given, session, cookie=None)
        if given["prompt"] == "none":
            return _back(given["redirect_uri"], {"error": "login_required", "state": given["state"]})
        return status, answer_headers, _with_providers(body, pool, given)

    def sign_in(
        self, client_id: str, pool_id: str, redirect_uri: str, scope: str, username: str, *rest: str
    ) -> Answer:
        """A code for somebody who has just proved who it is; the browser is remembered."""
        nonce, challenge, challenge_method, state = rest
        given = {
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": challenge_method,
            "state": state,
        }
        cookie = secrets.token_urlsafe(32)
        session = _Session(pool_id, username, int(time.time()))
        answer = self._code(given, session, cookie)
        if "Set-Cookie" in answer[1]:
            self._sessions[cookie] = session
        return answer

    def log_out(self, method: str, path: str, headers: Mapping[str, str], query: Query) -> Answer:
        """Forget the browser and send it on."""
        answer: Answer = self._log_out(method, path, headers, query)
        if answer[0] == HTTPStatus.FOUND:
            self._sessions.pop(_cookie(headers), None)
            return answer[0], {**answer[1], "Set-Cookie": _set_cookie("", 0)}, answer[2]
        return answer

    def _session(self, headers: Mapping[str, str], pool_id: str) -> _Session | None:
        session = self._sessions.get(_cookie(headers))
        if session is None or session.pool_id != pool_id or session.auth_time + SESSION_SECONDS < time.time():
            return None
        pool = self._cognito._get_pool_unscoped(pool_id) or {}
        user = pool.get("_users", {}).get(session.username)
        return session if user is not None and user.get("Enabled", True) else None

    def _code(self, given: Mapping[str, str], session: _Session, cookie: str | None) -> Answer:
        status, headers, body = self._issue(
            given["client_id"],
            session.pool_id,
            given["redirect_uri"],
            given["scope"],
            session.username,
            given["nonce"],
            given["code_challenge"],
            given["code_challenge_method"],
            given["state"],
        )
        codes = parse_qs(urlsplit(headers.get("Location", "")).query).get("code")
        if status != HTTPStatus.FOUND or not codes:
            return status, headers, body
        self._cognito._authorization_codes[codes[0]]["auth_time"] = session.auth_time
        if cookie is not None:
            headers = {**headers, "Set-Cookie": _set_cookie(cookie, SESSION_SECONDS)}
        return status, headers, body


def with_revocation(emulator: Application, cognito: Cognito) -> Application:
    """The emulator with the one OAuth endpoint that it lacks: `/oauth2/revoke` (RFC 7009)."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/oauth2/revoke" or scope["method"] != "POST":
            await emulator(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        body = (await read_body(receive)).decode(errors="replace")
        form = {name: values[0] for name, values in parse_qs(body).items()}
        status, answer = revoke(cognito, headers, form)
        await answer_json(send, status, answer, [(b"access-control-allow-origin", b"*")])

    return application


def revoke(
    cognito: Cognito, headers: Mapping[str, str], form: Mapping[str, str]
) -> tuple[int, dict[str, str]]:
    """Take a refresh token back, and with it every token made from it; an unknown one is as good as taken."""
    client_id, secret = cognito._authenticate_client(headers, form)
    client = cognito._find_pool_by_client_id(client_id)[2]
    if client is None or (client.get("ClientSecret") or "") != (secret or ""):
        return 400, {"error": "invalid_client"}
    token = form.get("token", "")
    if cognito._token_claims(token).get("client_id") == client_id:
        cognito._revoke_token({"Token": token})
    return 200, {}


def _back(redirect_uri: str, answer: Mapping[str, str]) -> Answer:
    separator = "&" if "?" in redirect_uri else "?"
    said = urlencode({name: value for name, value in answer.items() if value})
    return 302, {"Location": f"{redirect_uri}{separator}{said}", "Cache-Control": "no-store"}, b""


def _with_providers(body: bytes, pool: Mapping[str, Any], given: Mapping[str, str]) -> bytes:
    """A way on to each provider of the pool, as the managed page has it."""
    links = []
    for name in pool.get("_identity_providers", {}):
        query = urlencode({**{key: given[key] for key in _KEPT if given[key]}, "identity_provider": name})
        href = html.escape(f"/oauth2/authorize?{query}")
        links.append(f'<p><a href="{href}">Continue with {html.escape(name)}</a></p>')
    return body.replace(b'<div class="footer">', "".join(links).encode() + b'<div class="footer">', 1)


def _cookie(headers: Mapping[str, str]) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _set_cookie(value: str, seconds: int) -> str:
    return f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"
