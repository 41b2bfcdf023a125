# ruff: noqa: INP001 - a program of its own, not a package
"""A service that signs citizens in with the common ID: as little as it takes, with nothing left out.

Settings come from the environment: DISCOVERY, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SIGNED_OUT_URI,
BACK_CHANNEL_URI, CONSENT_EVENTS_URI, API_ORIGIN, API_KEY. Runs with `python relying_party.py`; needs authlib,
httpx, starlette and uvicorn. Sessions are kept in memory: a real service keeps them where its other sessions
are.
"""

import os
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import uvicorn
from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
CONSENT_WITHDRAWN = "/events/consent-withdrawn"
"""How the name of the event ends; it begins with the portal's address."""


@dataclass(frozen=True)
class Settings:
    """What the city has given you, and what you have registered with it."""

    discovery: str
    client_id: str
    client_secret: str
    redirect_uri: str
    signed_out_uri: str
    back_channel_uri: str
    consent_events_uri: str
    api_origin: str
    api_key: str

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read them."""
        return cls(**{name: os.environ[name.upper()] for name in cls.__dataclass_fields__})


@dataclass
class Sessions:
    """Sessions by what the browser holds; middleware, so that Authlib finds its own in `request.session`."""

    app: ASGIApp
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request its session, and the browser a cookie if it has none."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = f"sample-{urlsplit(str(Request(scope).url)).port}"  # cookies do not know ports
        held = Request(scope).cookies.get(name, "")
        is_new = held not in self.kept
        key = secrets.token_urlsafe(32) if is_new else held
        scope["session"] = self.kept.setdefault(key, {})

        async def with_cookie(message: Message) -> None:
            if is_new and message["type"] == "http.response.start":
                cookie = f"{name}={key}; Path=/; HttpOnly; SameSite=Lax"  # and `Secure` where there is TLS
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        await self.app(scope, receive, with_cookie)

    def sign_out(self, subject: str) -> None:
        """The city says that this citizen has signed out."""
        for session in self.kept.values():
            if session.get("claims", {}).get("sub") == subject:
                session.clear()

    def forget(self, pseudonym: str) -> None:
        """Delete what the city told about this citizen; what is still agreed to is asked anew each time."""
        for session in self.kept.values():
            claims = session.get("claims", {})
            if claims.get("ppid") == pseudonym:
                session["claims"] = {name: claims[name] for name in ("sub", "ppid")}
                token = session["token"]  # of which these two carry the claims as well
                session["token"] = {
                    name: token[name] for name in token if name not in {"id_token", "userinfo"}
                }


class RelyingParty:
    """The service: a front page, sign-in, sign-out, and where the city tells it what citizens do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        oauth = OAuth()
        # Everything else Authlib reads from the discovery document. It makes state, nonce and PKCE itself and
        # checks signature, issuer, audience, time and nonce of the ID token.
        self._city = oauth.register(
            "city",
            server_metadata_url=settings.discovery,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": 30},
        )
        routes = [
            Route("/", self.front_page),
            Route("/sign-in", self.sign_in),
            Route("/sign-out", self.sign_out),
            Route(urlsplit(settings.redirect_uri).path, self.came_back),
            Route(urlsplit(settings.signed_out_uri).path, self.signed_out),
            Route(urlsplit(settings.back_channel_uri).path, self.told_of_sign_out, methods=["POST"]),
            Route(urlsplit(settings.consent_events_uri).path, self.told_of_withdrawal, methods=["POST"]),
        ]
        self.sessions = Sessions(Starlette(routes=routes))

    async def front_page(self, request: Request) -> Response:
        """What the service knows; asks the city again, so that a withdrawal shows at once."""
        session = request.session
        if "token" not in session:
            return JSONResponse({"signedIn": False})
        userinfo = await self._city.userinfo(token=session["token"])
        return JSONResponse({"signedIn": True, "claims": dict(userinfo)})

    async def sign_in(self, request: Request) -> Response:
        """To the city's front door; `prompt` and `ui_locales` may be handed on."""
        more = {
            name: request.query_params[name]
            for name in ("prompt", "ui_locales")
            if name in request.query_params
        }
        redirect: Response = await self._city.authorize_redirect(request, self._settings.redirect_uri, **more)
        return redirect

    async def came_back(self, request: Request) -> Response:
        """From the city, with a code or with the reason why there is none."""
        try:
            token = await self._city.authorize_access_token(request)
        except OAuthError as error:
            return JSONResponse({"signedIn": False, "error": error.error}, status_code=403)
        claims = token["userinfo"]  # of the ID token
        userinfo = await self._city.userinfo(token=token)
        if userinfo["sub"] != claims["sub"]:  # OpenID Connect Core 5.3.2
            return JSONResponse({"signedIn": False, "error": "subject"}, status_code=403)
        request.session.clear()  # a session of its own for who is signed in
        request.session.update(token=token, claims=dict(claims))
        return RedirectResponse("/", status_code=303)

    async def sign_out(self, request: Request) -> Response:
        """Here and at the city."""
        session, metadata = request.session, await self._city.load_server_metadata()
        query = {
            "post_logout_redirect_uri": self._settings.signed_out_uri,
            "client_id": self._settings.client_id,
        }
        if "id_token" in session.get("token", {}):
            query["id_token_hint"] = session["token"]["id_token"]
        session.clear()
        return RedirectResponse(f"{metadata['end_session_endpoint']}?{urlencode(query)}", status_code=303)

    async def signed_out(self, _request: Request) -> Response:
        """Back from the city."""
        return JSONResponse({"signedIn": False, "signedOut": True})

    async def told_of_sign_out(self, request: Request) -> Response:
        """OpenID Connect Back-Channel Logout 1.0, 2.6: the citizen has signed out elsewhere."""
        form = dict(part.split("=", 1) for part in (await request.body()).decode().split("&"))
        try:
            token = await self._told(form["logout_token"], "iat", "jti", "sub", "events")
        except (JoseError, KeyError, ValueError):
            return JSONResponse({"error": "invalid_request"}, status_code=400)
        if LOGOUT_EVENT not in token.claims["events"] or "nonce" in token.claims:
            return JSONResponse({"error": "invalid_request"}, status_code=400)
        self.sessions.sign_out(token.claims["sub"])
        return Response(status_code=200, headers={"Cache-Control": "no-store"})

    async def told_of_withdrawal(self, request: Request) -> Response:
        """RFC 8935, 2: a citizen took something back. Keep it, answer 202, delete, say that it is done."""
        try:
            token = await self._told((await request.body()).decode(), "jti", "sub_id", "events")
            ((name, event),) = token.claims["events"].items()
        except (JoseError, ValueError):
            return JSONResponse({"err": "invalid_request", "description": "not for us"}, status_code=400)
        if token.header.get("typ") != "secevent+jwt" or not name.endswith(CONSENT_WITHDRAWN):
            return JSONResponse({"err": "invalid_request", "description": "not this event"}, status_code=400)
        deleting = BackgroundTask(self._delete, token.claims["sub_id"]["id"], event)
        return Response(status_code=202, background=deleting)

    async def _told(self, token: str, *needed: str) -> jwt.Token:
        """A token that the city has signed for this service, with the claims that it needs to have."""
        keys = KeySet.import_key_set(await self._city.fetch_jwk_set(force=True))
        told = jwt.decode(token, keys, algorithms=["ES256"])
        issuer = (await self._city.load_server_metadata())["issuer"]
        registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": self._settings.client_id},
            **{name: {"essential": True} for name in needed},
        )
        registry.validate(told.claims)
        return told

    async def _delete(self, pseudonym: str, event: dict[str, Any]) -> None:
        """A real service does this from a queue, and deletes in its database too."""
        self.sessions.forget(pseudonym)
        async with httpx.AsyncClient(base_url=self._settings.api_origin, timeout=30) as api:
            answer = await api.post(
                event["acknowledgement"],
                json={"deletedAt": datetime.now(UTC).isoformat()},
                headers={"X-Api-Key": self._settings.api_key},
            )
            answer.raise_for_status()


if __name__ == "__main__":
    chosen = Settings.from_environment()
    address = urlsplit(chosen.redirect_uri)
    uvicorn.run(RelyingParty(chosen).sessions, host=address.hostname or "localhost", port=address.port or 443)
