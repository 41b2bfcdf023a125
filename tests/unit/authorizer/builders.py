"""Requests as the authorizer sees them, and what it answers."""

from typing import Any

from functions.authorizer.authorizer import Authorizer
from functions.authorizer.handler import Handler, answering
from machi.applications import Registry
from machi.core.principal import Principal
from machi.identity.access_token import AccessTokens, TokenPolicy, TokenRefused
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
        self._tokens = AccessTokens(TokenPolicy(ISSUER, frozenset({CLIENT})), KeySet(self.pool.key_set))
        self.lookups = 0
        self.broken = False
        """The registry does not answer."""
        self.handler: Handler = answering(Authorizer(self, self._read), self.log.logger)

    def find_by_key(self, digest: str) -> Any:  # noqa: ANN401
        """Counts what would be reads of the table."""
        self.lookups += 1
        if self.broken:
            raise TimeoutError("no answer")
        return self.applications.find_by_key(digest)

    def ask(self, area: str, **headers: str | list[str]) -> dict[str, Any]:
        """The authorizer's answer to a request for a part of the API."""
        return self.handler(request(area, **headers))

    def _read(self, token: str) -> Principal | None:
        try:
            return self._tokens.principal_of(token)
        except TokenRefused:
            return None


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
