"""Social providers: one OpenID provider each, with its quirks (`providers.py`)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from joserfc import jwk
from starlette.datastructures import FormData, QueryParams
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
from local.simulators.pages import form_post, page
from local.simulators.providers import IdTokens, Provider
from local.simulators.reading import asked_of, bearer

PATH = "/social"
CLIENT_ID = "ichinomiya-machi"
CLIENT_SECRET = "simulated-secret-of-no-worth-outside-this-machine"  # noqa: S105 - a simulator's
"""Also the key of LINE's HS256 tokens, as at LINE."""

_CALLBACK = "/oauth2/idpresponse"
_RELAY = "privaterelay.appleid.com"


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody with an account at the provider."""

    id: str
    label: str
    name: str
    email: str
    email_verified: bool = True


PERSONAS = (
    Persona("hanako", "一宮 花子（市のアカウントと同じメールアドレス）", "一宮 花子", "hanako@example.jp"),
    Persona("jiro", "尾西 次郎（市のアカウントなし）", "尾西 次郎", "jiro@example.jp"),
    Persona(
        "unverified", "メールアドレス未確認の人", "名乗る 花子", "hanako@example.jp", email_verified=False
    ),
    Persona("no-mail", "メールアドレスのない人", "電話 三郎", ""),
)
TYPED = "typed"


class _Grant(CodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_post",)


class SocialProvider:
    """One provider at one address."""

    def __init__(self, provider: Provider, base: str, new_key: Callable[[], jwk.Key]) -> None:
        """`base` is scheme, host and port."""
        self._provider = provider
        self.issuer = f"{base}{PATH}/{provider.id}"
        self._userinfo_url = f"{base}{PATH}{provider.userinfo_host or '/' + provider.id}{provider.userinfo}"
        self._new_key = new_key
        self._told_names: set[str] = set()
        client = Client(
            id=CLIENT_ID,
            secret=CLIENT_SECRET,
            may_return_to=lambda uri: urlsplit(uri).path == _CALLBACK,
            auth_method="client_secret_post",
            id_token_signed_response_alg=provider.algorithm,
            scopes=provider.scopes,
        )
        self.server = Server({client.id: client})
        id_token = IdToken(
            self.issuer,
            lambda _: self._key,
            lambda person, _: dict(provider.in_id_token(person.claims)),
            require_nonce=False,
        )
        self.server.register_grant(_Grant, [id_token])

    @cached_property
    def _key(self) -> jwk.Key:
        """What signs; made when first needed, because RSA takes its time."""
        if self._provider.algorithm == "HS256":
            return jwk.OctKey.import_key(CLIENT_SECRET)
        return self._new_key()

    def routes(self) -> list[Route]:
        """Everything, from the simulators' root."""
        mine = f"{PATH}/{self._provider.id}"
        provider = self._provider
        routes = [
            Route(f"{mine}{provider.authorize}", self._authorize, methods=["GET", "POST"]),
            Route(f"{mine}{provider.token}", self._token, methods=["POST"]),
            Route(f"{mine}{provider.keys}", self._certs),
        ]
        if provider.userinfo:
            routes.append(Route(urlsplit(self._userinfo_url).path, self._userinfo))
        if provider.discovery:
            routes.append(Route(f"{mine}/.well-known/openid-configuration", self._metadata))
        return routes

    async def _metadata(self, _request: Request) -> Response:
        provider = self._provider
        document: dict[str, object] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}{provider.authorize}",
            "token_endpoint": f"{self.issuer}{provider.token}",
            "jwks_uri": f"{self.issuer}{provider.keys}",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise" if provider.name_once else "public"],
            "id_token_signing_alg_values_supported": [provider.algorithm],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "scopes_supported": sorted(provider.scopes),
        }
        if provider.userinfo:
            document["userinfo_endpoint"] = self._userinfo_url
        return JSONResponse(document)

    async def _authorize(self, request: Request) -> Response:
        asked = self._in_its_words(await asked_of(request))
        try:
            grant = self.server.get_consent_grant(_only_query(asked))
        except OAuth2Error as error:
            return page("refused", status=400, error=error.error, description=error.description)
        if request.method == "GET":
            return page("log_in", provider=self._provider, personas=PERSONAS, typed=TYPED)
        persona = _chosen(asked.form)
        if persona is None:
            return self._declined(asked)
        person = self._person(persona, asked.form)
        response: Response = self.server.create_authorization_response(
            _only_query(asked), grant_user=person, grant=grant
        )
        return self._answered(response, person, asked)

    def _answered(self, response: Response, person: Person, asked: Asked) -> Response:
        """The code by redirect, or by form with the name that comes once."""
        wants = set(asked.query.get("scope", "").split())
        if not self._provider.form_post or not wants & {"name", "email"}:
            return response
        target, _, query = response.headers["location"].partition("?")
        fields = dict(parse_qsl(query))
        if "name" in wants and person.subject not in self._told_names:
            self._told_names.add(person.subject)
            family, _, given = str(person.claims["name"]).partition(" ")
            user = {"name": {"firstName": given, "lastName": family}, "email": person.claims.get("email")}
            fields["user"] = json.dumps(user, ensure_ascii=False)
        return form_post(target, fields)

    def _declined(self, asked: Asked) -> Response:
        if self._provider.bail and asked.query.get("bail") != "1":
            return page("declined", provider=self._provider)
        answer = {"error": "access_denied", "state": asked.query.get("state", "")}
        return RedirectResponse(f"{asked.query['redirect_uri']}?{urlencode(answer)}", 302)

    def _person(self, persona: Persona, form: FormData) -> Person:
        subject = sha256(f"{self._provider.id}|{persona.id}|{persona.email}".encode()).hexdigest()[:24]
        claims: dict[str, object] = {
            "sub": subject,
            "name": persona.name,
            "email": persona.email,
            "email_verified": persona.email_verified if persona.email else None,
        }
        if self._provider.relays_mail and form.get("hide") and persona.email:
            claims |= {"email": f"{subject[:10]}@{_RELAY}", "is_private_email": True}
        if self._provider.mail_needs_approval and not form.get("approve"):
            claims |= {"email": "", "email_verified": None}
        return Person(subject, claims)

    def _in_its_words(self, asked: Asked) -> Asked:
        """Facebook separates scopes by commas too."""
        scope = asked.query.get("scope", "")
        if self._provider.id != "facebook" or "," not in scope:
            return asked
        query = QueryParams({**dict(asked.query), "scope": scope.replace(",", " ")})
        return Asked(asked.method, asked.url, asked.headers, query, asked.form)

    async def _token(self, request: Request) -> Response:
        response: Response = self.server.create_token_response(await asked_of(request))
        return response

    async def _userinfo(self, request: Request) -> Response:
        token = bearer(request) or request.query_params.get("access_token", "")
        granted = self.server.granted.get(token)
        if granted is None:
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": "Bearer"})
        claims = dict(self._provider.in_userinfo(granted.person.claims))
        if self._provider.id_tokens is IdTokens.ALWAYS:
            claims["sub"] = granted.person.subject
        return JSONResponse(claims)

    async def _certs(self, _request: Request) -> Response:
        keys = [] if isinstance(self._key, jwk.OctKey) else [self._key]
        return JSONResponse(public_keys(*keys))


def _only_query(asked: Asked) -> Asked:
    """The authorization request alone, without the tester's choice."""
    return Asked("GET", asked.url, asked.headers, asked.query, FormData())


def _chosen(form: FormData) -> Persona | None:
    """None where the person declines."""
    choice = str(form.get("person", ""))
    if choice == TYPED:
        name, email = (str(form.get(field, "")) for field in ("name", "email"))
        # Who is typed in is known by both: two people may have no address, or share one.
        return Persona(f"{TYPED}|{name}", "", name, email, email_verified=bool(form.get("verified")))
    return next((persona for persona in PERSONAS if persona.id == choice), None)
