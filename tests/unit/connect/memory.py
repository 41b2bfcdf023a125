"""The front door's storage and the pool in memory, with the promises that the real ones make."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from machi.connect.pool import CodeRefused, challenge_of
from machi.connect.sessions import PlatformSession
from machi.connect.waiting import Deciding, SigningIn, new_secret
from machi.core.ids import ApplicationId, CitizenId
from machi.notices import Notice
from tests.token_pool import TokenPool


@dataclass
class MemorySessions:
    kept: dict[str, PlatformSession] = field(default_factory=dict)

    def put(self, session: PlatformSession) -> None:
        self.kept[session.key] = session

    def find(self, key: str) -> PlatformSession | None:
        return self.kept.get(key)

    def add_application(self, session: PlatformSession, application: ApplicationId) -> None:
        if session.key in self.kept:
            found = self.kept[session.key]
            self.kept[session.key] = replace(found, applications=found.applications | {application})

    def drop(self, session: PlatformSession) -> None:
        self.kept.pop(session.key, None)

    def all_of(self, subject: CitizenId) -> list[PlatformSession]:
        return [session for session in self.kept.values() if session.subject == subject]


@dataclass
class MemoryWaiting:
    signing_in: dict[str, SigningIn] = field(default_factory=dict)
    deciding: dict[str, Deciding] = field(default_factory=dict)

    def put_signing_in(self, waiting: SigningIn) -> None:
        self.signing_in[waiting.id] = waiting

    def take_signing_in(self, waiting_id: str) -> SigningIn | None:
        return self.signing_in.pop(waiting_id, None)

    def put_deciding(self, waiting: Deciding) -> None:
        self.deciding[waiting.id] = waiting

    def find_deciding(self, waiting_id: str) -> Deciding | None:
        return self.deciding.get(waiting_id)

    def take_deciding(self, waiting_id: str) -> Deciding | None:
        return self.deciding.pop(waiting_id, None)


@dataclass
class MemoryNotices:
    sent: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice) -> None:
        self.sent.append(notice)


@dataclass
class PoolDouble:
    """The pool's log-in page and token endpoint, as strict as Cognito: a code counts once for its verifier.

    The claim `unsigned` makes a token without signature.
    """

    keys: TokenPool = field(default_factory=TokenPool)
    codes: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def signs_in(self, address: str, subject: str, *, at: int, **claims: object) -> dict[str, str]:
        """The citizen fills in the page at the address; gives the parameters that come back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = new_secret()
        told: dict[str, Any] = {
            "aud": asked["client_id"],
            "nonce": asked["nonce"],
            "sub": subject,
            "token_use": "id",
            "auth_time": at,
            **claims,
        }
        self.codes[code] = (asked["code_challenge"], told)
        return {"state": asked["state"], "code": code}

    def redeem(self, code: str, verifier: str) -> str:
        """Implements `machi.connect.pool.RedeemCode`."""
        if code not in self.codes:
            raise CodeRefused("no such code")
        challenge, claims = self.codes.pop(code)
        if challenge_of(verifier) != challenge:
            raise CodeRefused("another verifier")
        if claims.pop("unsigned", False):
            told = jwt.decode(self.keys.token(**claims), options={"verify_signature": False})
            return jwt.encode(told, "", algorithm="none", headers={"kid": self.keys.key_id})
        return self.keys.token(**claims)
