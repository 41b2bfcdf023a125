"""From an authorization code to the four basic items: token request, checks of the ID token, userinfo."""

import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt

from machi.core.clock import Clock
from machi.identity.key_set import KeySet, KeysUnavailable
from machi.proofing.comparison import CardItems
from machi.proofing.errors import AnswerRefused, CodeRefused, ServiceUnavailable
from machi.proofing.outbound import Outbound, Reply
from machi.proofing.service import Service
from machi.signing.jws import signed
from machi.signing.signer import Signer, SigningFailed

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = timedelta(minutes=2)
"""The service takes five minutes at most."""

_ALGORITHM = "ES256"
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
_LEEWAY_SECONDS = 10
_MAX_TOKEN = 16_384  # characters
_MAX_ITEM = 500  # characters
_OK, _SERVER_ERRORS = 200, 500


class RelyingParty:
    """Our side of the protocol."""

    def __init__(
        self, service: Service, *, signer: Signer, keys: KeySet, outbound: Outbound, clock: Clock
    ) -> None:
        """Prepare; nothing is fetched.

        Args:
            service: the installation and our client there.
            signer: the key that the service knows us by.
            keys: the service's own, for ES256.
            outbound: calls the service.
            clock: the time that assertions carry.
        """
        self._service = service
        self._signer = signer
        self._keys = keys
        self._outbound = outbound
        self._clock = clock

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes; see `Service`."""
        return self._service.authorization_url(state=state, nonce=nonce, verifier=verifier)

    def card_items(self, *, code: str, nonce: str, verifier: str) -> CardItems:
        """Exchange the code of one attempt.

        Raises:
            CodeRefused: the code is used or too old.
            ServiceUnavailable: the service or our own key does not answer.
            AnswerRefused: an answer does not hold.
        """
        tokens = self._tokens(code, verifier)
        subject = self._subject(_text(tokens, "id_token", _MAX_TOKEN), nonce)
        return self._userinfo(_text(tokens, "access_token", _MAX_TOKEN), subject)

    def _tokens(self, code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._service.redirect_uri,
            "client_id": self._service.client_id,
            "code_verifier": verifier,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        try:
            reply = self._outbound.post_form(self._service.token_endpoint, form)
        except OSError as error:
            raise ServiceUnavailable("the token endpoint does not answer") from error
        if reply.status == _OK:
            return _object(reply)
        if reply.status < _SERVER_ERRORS and _error_of(reply) == "invalid_grant":
            raise CodeRefused("the code is used or too old")
        raise ServiceUnavailable(f"the token endpoint answers {reply.status}")

    def _assertion(self) -> str:
        """RFC 7523, section 3: one for each request."""
        now = self._clock()
        claims = {
            "iss": self._service.client_id,
            "sub": self._service.client_id,
            "aud": self._service.token_endpoint,
            "jti": secrets.token_urlsafe(24),
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTION_LIFE).timestamp()),
        }
        try:
            return signed(claims, self._signer, typ="JWT")
        except SigningFailed as error:
            raise ServiceUnavailable("our key does not sign") from error

    def _subject(self, token: str, nonce: str) -> str:
        """OpenID Connect Core, 3.1.3.7. The service names the person only to tie userinfo to the token."""
        claims = self._claims(token)
        given = claims["nonce"]
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
            raise AnswerRefused("the ID token is of another attempt")
        audience, party = claims["aud"], claims.get("azp")
        if isinstance(audience, list) and len(audience) > 1 and party is None:
            raise AnswerRefused("the ID token names several audiences and no authorized party")
        if party is not None and party != self._service.client_id:
            raise AnswerRefused("the ID token was issued to somebody else")
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise AnswerRefused("the ID token names nobody")
        return subject

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self._keys.find(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise AnswerRefused("the ID token is signed with an unknown key")
            return dict(
                jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    audience=self._service.client_id,
                    issuer=self._service.issuer,
                    leeway=_LEEWAY_SECONDS,
                    options={"require": _REQUIRED},
                )
            )
        except KeysUnavailable as error:
            raise ServiceUnavailable("the service's keys cannot be had") from error
        except (jwt.PyJWTError, RecursionError):
            raise AnswerRefused("the ID token does not hold") from None

    def _userinfo(self, access_token: str, subject: str) -> CardItems:
        try:
            reply = self._outbound.get(
                self._service.userinfo_endpoint,
                {"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
            )
        except OSError as error:
            raise ServiceUnavailable("the userinfo endpoint does not answer") from error
        if reply.status != _OK:
            raise ServiceUnavailable(f"the userinfo endpoint answers {reply.status}")
        claims = _object(reply)
        if claims.get("sub") != subject:
            raise AnswerRefused("userinfo is about somebody else than the ID token")
        return CardItems(
            name=_text(claims, "name", _MAX_ITEM),
            address=_text(claims, "address", _MAX_ITEM),
            birthdate=_text(claims, "birthdate", _MAX_ITEM),
            gender=_told(claims, "gender"),
        )


def _object(reply: Reply) -> Mapping[str, Any]:
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise AnswerRefused("an answer is not JSON") from None
    if not isinstance(document, dict):
        raise AnswerRefused("an answer is not an object")
    return document


def _error_of(reply: Reply) -> object:
    try:
        return _object(reply).get("error")
    except AnswerRefused:
        return None


def _text(document: Mapping[str, Any], member: str, longest: int) -> str:
    value = document.get(member)
    if not isinstance(value, str) or not value or len(value) > longest:
        raise AnswerRefused(f"{member} is missing, or not a text of that length")
    return value


def _told(document: Mapping[str, Any], member: str) -> str:
    """Gender may be missing; the forms it can have are unverified, so a number counts too."""
    value = document.get(member)
    return str(value)[:_MAX_ITEM] if isinstance(value, str | int) else ""
