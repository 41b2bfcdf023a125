"""デジタル認証アプリ: the authentication API as third parties' code and the city's facts describe it.

What is unconfirmed there (forms of birthdate and gender, words of errors) is one choice here of several.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7636 import CodeChallenge
from joserfc import jwk
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.simulators.authorization_server import (
    Asked,
    Client,
    CodeGrant,
    IdToken,
    Person,
    Server,
    public_keys,
)
from local.simulators.cards import CARDS, HANAKO, TYPED, Card, typed
from local.simulators.client_assertions import ALGORITHM, METHOD, ClientAssertion, FetchKeys
from local.simulators.pages import page
from local.simulators.reading import asked_of, bearer

PATH = "/digital-id"
REALM = "/api/realms/main"
PROTOCOL = f"{REALM}/protocol/openid-connect"
CLIENT_ID = "ichinomiya-machi"

_SCOPES = frozenset({"openid", "name", "address", "birthdate", "gender", "sign"})
_REQUIRED = ("state", "nonce", "code_challenge", "code_challenge_method")


@dataclass(frozen=True)
class Registration:
    """What the agency knows of the relying party."""

    redirect_uri: str
    fetch_keys: FetchKeys
    client_id: str = CLIENT_ID


class _Grant(CodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)


class _Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)


class DigitalId:
    """The service at one address."""

    def __init__(self, host: str, registration: Registration, new_key: Callable[[], jwk.Key]) -> None:
        """`host` is scheme, host, port and path, as the platform's setting has it."""
        self._issuer = f"{host}{REALM}"
        self._new_key = new_key
        self._keys = [new_key()]
        client = Client(
            id=registration.client_id,
            may_return_to=lambda uri: uri == registration.redirect_uri,
            auth_method=METHOD,
            id_token_signed_response_alg=ALGORITHM,
            scopes=_SCOPES,
        )
        self.server = Server({client.id: client})
        id_token = IdToken(self._issuer, lambda _: self._keys[-1], lambda *_: {}, require_nonce=True)
        self.server.register_grant(_Grant, [_Pkce(required=True), id_token])
        assertion = ClientAssertion(f"{host}{PROTOCOL}/token", registration.fetch_keys)
        self.server.authenticate_client  # noqa: B018 - the registry is made by the next call
        self.server.register_client_auth_method(METHOD, assertion)

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one stays published, as one does."""
        self._keys.append(self._new_key())

    def routes(self) -> list[Route]:
        """Everything below the service's address."""
        return [
            Route(f"{REALM}/.well-known/openid-configuration", self._metadata),
            Route(f"{PROTOCOL}/auth", self._authorize, methods=["GET", "POST"]),
            Route(f"{PROTOCOL}/token", self._token, methods=["POST"]),
            Route(f"{PROTOCOL}/userinfo", self._userinfo),
            Route(f"{PROTOCOL}/certs", self._certs),
        ]

    async def _metadata(self, _request: Request) -> Response:
        protocol = f"{self._issuer}/protocol/openid-connect"
        return JSONResponse(
            {
                "issuer": self._issuer,
                "authorization_endpoint": f"{protocol}/auth",
                "token_endpoint": f"{protocol}/token",
                "userinfo_endpoint": f"{protocol}/userinfo",
                "jwks_uri": f"{protocol}/certs",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": [METHOD],
                "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _authorize(self, request: Request) -> Response:
        asked = await asked_of(request)
        wanting = [name for name in _REQUIRED if not asked.query.get(name)]
        try:
            grant = self.server.get_consent_grant(_only_query(asked))
        except OAuth2Error as error:
            return page("refused", status=400, error=error.error, description=error.description)
        if wanting:
            return page("refused", status=400, error="invalid_request", description=", ".join(wanting))
        if request.method == "GET":
            return page("cards", cards=CARDS.values(), typed=TYPED, example=HANAKO)
        card = _chosen(asked)
        if card is None:
            return page("refused", status=400, error="invalid_request", description="card")
        if card.error:
            return self._declined(asked, card)
        response: Response = self.server.create_authorization_response(
            _only_query(asked), grant_user=self._holder(card), grant=grant
        )
        if "location" in response.headers:
            response.headers["location"] += "&" + urlencode({"session_state": "s", "iss": self._issuer})
        return response

    def _declined(self, asked: Asked, card: Card) -> Response:
        answer = {
            "error": card.error,
            "error_description": card.description,
            "state": asked.query["state"],
            "iss": self._issuer,
        }
        return RedirectResponse(f"{asked.query['redirect_uri']}?{urlencode(answer)}", 302)

    def _holder(self, card: Card) -> Person:
        """`sub` is another for each client, and the same each time."""
        who = "|".join(("digital-id", card.claims["name"], card.claims["birthdate"]))
        return Person(sha256(who.encode()).hexdigest()[:32], card.claims, card.code_is_late)

    async def _token(self, request: Request) -> Response:
        asked = await asked_of(request)
        # In a thread: checking the assertion asks the relying party for its keys.
        response: Response = await run_in_threadpool(self.server.create_token_response, asked)
        return response

    async def _userinfo(self, request: Request) -> Response:
        granted = self.server.granted.get(bearer(request))
        if granted is None:
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": "Bearer"})
        scopes = granted.scope.split()
        claims: Mapping[str, str] = granted.person.claims
        told = {name: value for name, value in claims.items() if name in scopes}
        return JSONResponse({"sub": granted.person.subject, **told})

    async def _certs(self, _request: Request) -> Response:
        return JSONResponse(public_keys(*self._keys))


def _only_query(asked: Asked) -> Asked:
    """The authorization request alone, without the tester's choice."""
    return Asked("GET", asked.url, asked.headers, asked.query, type(asked.form)())


def _chosen(asked: Asked) -> Card | None:
    choice = str(asked.form.get("card", ""))
    if choice == TYPED:
        name, address, birthdate, gender = (
            str(asked.form.get(item, "")) for item in ("name", "address", "birthdate", "gender")
        )
        return typed(name, address, birthdate, gender)
    return CARDS.get(choice)
