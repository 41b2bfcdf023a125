"""Requests as the authorizer sees them, and what it answers."""

from datetime import datetime
from typing import Any

from functions.authorizer.authorizer import Authorizer
from functions.authorizer.citizen_tokens import CitizenTokens
from functions.authorizer.handler import Handler, answering
from functions.authorizer.settings import Settings
from machi.applications import Registry
from machi.core.ids import CitizenId
from machi.identity.access_token import AccessTokens, TokenPolicy
from machi.identity.key_set import KeySet
from tests.token_pool import CLIENT, ISSUER, TokenPool
from tests.unit.applications.builders import NOON
from tests.unit.applications.memory import MemoryApplications
from tests.unit.http.builders import Log

API = "arn:aws:execute-api:ap-northeast-1:111122223333:abc123"


class City:
    """An authorizer with its registry and its pool."""

    def __init__(self) -> None:
        self.applications = MemoryApplications()
        self.registry = Registry(self.applications, clock=lambda: NOON)
        self.pool = TokenPool()
        self.log = Log()
        self.lookups = 0
        self.broken = False
        """The registry does not answer."""
        self.signed_out: set[tuple[str, str | None]] = set()
        """Citizen and session of the sign-ins that are over."""
        self.asked_about: list[datetime | None] = []
        """When the sign-ins began that were asked about."""
        self.handler: Handler = answering(Authorizer(self, self._tokens().read), self.log.logger)

    def find_by_key(self, digest: str) -> Any:  # noqa: ANN401
        """Counts what would be reads of the table."""
        self.lookups += 1
        if self.broken:
            raise TimeoutError("no answer")
        return self.applications.find_by_key(digest)

    def find_by_client(self, client_id: str) -> Any:  # noqa: ANN401
        """Counts too."""
        self.lookups += 1
        return self.applications.find_by_client(client_id)

    def is_signed_out(
        self, citizen: CitizenId, session: str | None, authenticated_at: datetime | None
    ) -> bool:
        self.asked_about.append(authenticated_at)
        return (citizen, session) in self.signed_out

    def ask(self, area: str, **headers: str | list[str]) -> dict[str, Any]:
        """The authorizer's answer to a request for a part of the API."""
        return self.handler(request(area, **headers))

    def _tokens(self) -> CitizenTokens:
        settings = Settings("city", "people", "local", "pool", (CLIENT,), ISSUER, "https://pool.example")
        tokens = CitizenTokens(settings, self, self)
        policy = TokenPolicy(ISSUER, frozenset({CLIENT}))
        tokens._tokens = AccessTokens(policy, KeySet(self.pool.key_set), self.find_by_client)
        return tokens


def request(area: str, **headers: str | list[str]) -> dict[str, Any]:
    """An event of a REQUEST authorizer. Header names are written with `_`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    multi = {name: [value] if isinstance(value, str) else value for name, value in named.items()}
    path = f"/{area}/v1/anything"
    return {
        "type": "REQUEST",
        "methodArn": f"{API}/live/GET{path}",
        "resource": f"/{area}/v1/{{proxy+}}",
        "path": path,
        "httpMethod": "GET",
        "headers": {name: values[-1] for name, values in multi.items()},
        "multiValueHeaders": multi,
        "requestContext": {"requestId": "request-1", "stage": "live"},
    }


def effect(answer: dict[str, Any]) -> str:
    """`Allow` or `Deny`."""
    (statement,) = answer["policyDocument"]["Statement"]
    return str(statement["Effect"])
