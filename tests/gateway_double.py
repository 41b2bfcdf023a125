"""What API Gateway does around a function, as far as the function can see: events in, answers out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import ANONYMOUS, Principal, PrincipalKind, Scope
from machi.http.lambda_entry import LambdaHandler

EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True)
class Answer:
    """What the client receives."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:  # noqa: ANN401
        """The body, parsed."""
        return json.loads(self.text)

    @property
    def problem(self) -> str:
        """The last part of the problem's type."""
        return str(self.json()["type"]).rpartition(":")[2]


@dataclass(frozen=True)
class Gateway:
    """Sends requests to one function as the gateway would, for a principal of one's choice."""

    handler: LambdaHandler

    def send(
        self,
        method: str,
        path: str,
        *,
        principal: Principal | None = ANONYMOUS,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Answer:
        """One request; `principal=None` is one that did not come through the authorizer."""
        context = None if principal is None else principal.to_context()
        return self.send_event(event(method, path, authorizer=context, headers=headers or {}, body=body))

    def send_event(self, given: dict[str, Any]) -> Answer:
        """One event, as it is."""
        response = self.handler(given, None)
        headers = {name: ", ".join(values) for name, values in response["multiValueHeaders"].items()}
        return Answer(response["statusCode"], headers, response["body"])


def event(
    method: str,
    path: str,
    *,
    authorizer: Mapping[str, str] | None,
    headers: Mapping[str, str],
    body: str | None = None,
) -> dict[str, Any]:
    """A proxy event of payload format 1.0. The path stays encoded, the query arrives decoded, as on AWS."""
    raw_path, _, query = path.partition("?")
    context: dict[str, Any] = {"requestId": "request-1", "identity": {"sourceIp": "192.0.2.1"}}
    if authorizer is not None:
        context["authorizer"] = dict(authorizer)
    return {
        "resource": "/{proxy+}",
        "path": raw_path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": False,
    }


def application(*scopes: Scope) -> Principal:
    """An application acting for itself."""
    return Principal(
        PrincipalKind.APPLICATION, application=ApplicationId("explorer"), scopes=frozenset(scopes)
    )


def citizen(subject: str = "hanako", scopes: frozenset[Scope] = EVERY_SCOPE) -> Principal:
    """A citizen signed in through the portal."""
    return Principal(
        PrincipalKind.CITIZEN,
        application=ApplicationId("portal-client"),
        subject=CitizenId(subject),
        scopes=scopes,
    )


def staff(scopes: frozenset[Scope] = EVERY_SCOPE) -> Principal:
    """A member of the city's staff."""
    return Principal(PrincipalKind.STAFF, subject=CitizenId("clerk"), scopes=scopes)
