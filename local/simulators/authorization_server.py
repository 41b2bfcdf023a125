"""Authlib's authorization server behind Starlette: clients, codes and tokens in memory."""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwk
from starlette.datastructures import FormData, Headers, QueryParams
from starlette.responses import JSONResponse, Response

CODE_SECONDS = 60
TOKEN_SECONDS = 300

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the server, read whole."""

    method: str
    url: str
    headers: Headers
    query: QueryParams
    form: FormData


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in, and what the service would say."""

    subject: str
    claims: Mapping[str, Any]
    """Whatever the service's own rules choose from."""
    code_is_late: bool = False
    """The code is too old once it arrives."""


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """A relying party, registered beforehand."""

    id: str
    may_return_to: Callable[[str], bool]
    auth_method: str
    id_token_signed_response_alg: str
    secret: str = ""
    scopes: frozenset[str] = frozenset()

    def get_client_id(self) -> str:
        """Its id."""
        return self.id

    def get_default_redirect_uri(self) -> None:
        """None: it must name one."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """The scopes asked for that it may have."""
        return " ".join(part for part in (scope or "").split() if part in self.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the browser may be sent there."""
        return self.may_return_to(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether it is its secret."""
        return bool(self.secret) and secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - Authlib's own
        """Whether it may authenticate so."""
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        """Codes only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Codes only."""
        return grant_type == "authorization_code"


@dataclass
class Code:
    """An authorization code; the names of methods and members are Authlib's."""

    client_id: str
    person: Person
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        """Where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What was granted."""
        return self.scope

    def get_nonce(self) -> str | None:
        """Of the authorization request."""
        return self.nonce

    def get_auth_time(self) -> int:
        """When the person signed in."""
        return self.auth_time

    def get_acr(self) -> None:
        """Not told."""

    def get_amr(self) -> None:
        """Not told."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What an access token opens."""

    person: Person
    scope: str


class Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    """Query and form together, as Authlib wants them."""

    def __init__(self, asked: Asked) -> None:
        self._items = [*asked.query.multi_items(), *asked.form.multi_items()]

    @cached_property
    def data(self) -> dict[str, str]:
        """One value a name."""
        return {name: str(value) for name, value in self._items}

    @cached_property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Every value."""
        values: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in self._items:
            values[name].append(str(value))
        return values


class Request(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """One request in Authlib's words."""

    def __init__(self, asked: Asked) -> None:
        # Authlib insists on https, which stands for this machine's loopback here.
        super().__init__(asked.method, asked.url.replace("http://", "https://", 1), headers=asked.headers)
        self._asked = asked
        self.payload = Payload(asked)

    @property
    def args(self) -> dict[str, str]:
        """The query."""
        return dict(self._asked.query)

    @property
    def form(self) -> dict[str, str]:
        """The form."""
        return {name: str(value) for name, value in self._asked.form.items()}


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """One service's authorization server."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        super().__init__()
        self._clients = clients
        self.codes: dict[str, Code] = {}
        self.granted: dict[str, Granted] = {}
        self.register_token_generator("default", _new_token)

    def query_client(self, client_id: str) -> Client | None:
        """The client of that id."""
        return self._clients.get(client_id)

    def save_token(self, token: Mapping[str, Any], request: Request) -> None:
        """Remember what the token opens."""
        self.granted[token["access_token"]] = Granted(request.user, token.get("scope") or "")

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Asked) -> Request:
        """Authlib's request."""
        return Request(request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:  # noqa: ANN401 - Authlib's own
        """Starlette's answer."""
        if isinstance(body, dict):
            return JSONResponse(body, status, dict(headers))
        return Response(str(body), status, dict(headers))


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Codes are used once, whether that use succeeds or not."""

    def save_authorization_code(self, code: str, request: Request) -> None:
        """Keep it for a minute."""
        asked = request.payload.data
        kept = Code(
            client_id=request.client.id,
            person=request.user,
            redirect_uri=request.payload.redirect_uri,
            scope=request.client.get_allowed_scope(request.payload.scope),
            nonce=asked.get("nonce"),
            code_challenge=asked.get("code_challenge"),
            code_challenge_method=asked.get("code_challenge_method"),
        )
        if kept.person.code_is_late:
            kept.auth_time -= CODE_SECONDS + 1
        self.server.codes[code] = kept

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """Take it out; None where it is another client's, too old, or used."""
        kept: Code | None = self.server.codes.pop(code, None)
        if kept is None or kept.client_id != client.id or time.time() > kept.auth_time + CODE_SECONDS:
            return None
        return kept

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is gone already."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        """Who signed in."""
        return authorization_code.person


class IdToken(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
    """Signs ID tokens as the service does."""

    def __init__(
        self,
        issuer: str,
        key_of: Callable[[Client], jwk.Key],
        claims_of: Callable[[Person, str], Claims],
        *,
        require_nonce: bool,
    ) -> None:
        super().__init__(require_nonce=require_nonce)
        self._issuer = issuer
        self._key_of = key_of
        self._claims_of = claims_of

    def exists_nonce(self, nonce: str, request: Request) -> bool:  # noqa: ARG002 - Authlib's own
        """Nonces may come again until a code is made of them; relying parties are those who must look."""
        return False

    def resolve_client_private_key(self, client: Client) -> jwk.Key:
        """What signs for this client."""
        return self._key_of(client)

    def get_client_claims(self, client: Client) -> Claims:
        """What every token of this client says."""
        return {"iss": self._issuer, "aud": client.id}

    def get_encode_header(self, client: Client) -> Claims:
        """The algorithm and the key's name."""
        header = {"alg": client.id_token_signed_response_alg, "typ": "JWT"}
        key = self._key_of(client)
        return header if isinstance(key, jwk.OctKey) else {**header, "kid": key.kid}

    def generate_user_info(self, user: Person, scope: str) -> Claims:
        """What the token says of the person."""
        return {"sub": user.subject, **self._claims_of(user, scope)}


def public_keys(*keys: jwk.Key) -> dict[str, object]:
    """A key set document (RFC 7517)."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}


def _new_token(*, scope: str | None, **_others: object) -> dict[str, object]:
    return {
        "access_token": secrets.token_urlsafe(32),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": scope or "",
    }
