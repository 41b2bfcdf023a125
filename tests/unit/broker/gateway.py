"""The broker's application asked as API Gateway asks it: with proxy events of a REST API."""

import asyncio
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote_plus

from aws_lambda_powertools import Logger
from mangum.types import LambdaConfig
from starlette.types import Message

from functions.broker.app import app
from functions.broker.personal import PersonalServices
from functions.broker.services import Services
from functions.broker.tenant_echo import EchoTenant
from machi.core.ids import ApplicationId
from machi.core.principal import Principal, PrincipalKind, Scope
from machi.http.lambda_entry import RestApiEvent

ROOT = "/ngsi-ld/v1"
_CONFIG: LambdaConfig = {"api_gateway_base_path": "/", "text_mime_types": [], "exclude_headers": []}
CALLER = Principal(
    PrincipalKind.APPLICATION,
    ApplicationId("tester"),
    scopes=frozenset({Scope.ENTITIES_READ, Scope.ENTITIES_WRITE}),
)


@dataclass(frozen=True)
class Answer:
    """What the gateway would send."""

    status: int
    headers: Mapping[str, str]
    text: str

    @cached_property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(self.text)

    @property
    def error(self) -> str:
        """The last part of the problem's type."""
        return str(self.json["type"]).rpartition("/")[2]

    @property
    def link(self) -> Mapping[str, str]:
        """Relation → target of the Link header."""
        links = {}
        for value in self.headers.get("link", "").split(", <"):
            target, _, parameters = value.lstrip("<").partition(">")
            for parameter in parameters.split(";"):
                name, _, text = parameter.strip().partition("=")
                if name == "rel":
                    links[text.strip('"')] = target
        return links


class Api:
    """A client of the application in this process."""

    def __init__(self, services: Services, personal: PersonalServices | None = None) -> None:
        self.services = services
        self.caller = CALLER
        self.log = io.StringIO()
        logger = Logger(service="broker-test", stream=self.log)
        self._application = EchoTenant(app(services, logger, personal))
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def get(self, path: str, **more: Any) -> Answer:  # noqa: ANN401
        return self("GET", path, **more)

    def post(self, path: str, document: object, **more: Any) -> Answer:  # noqa: ANN401
        return self("POST", path, document=document, **more)

    def patch(self, path: str, document: object, **more: Any) -> Answer:  # noqa: ANN401
        return self("PATCH", path, document=document, **more)

    def put(self, path: str, document: object, **more: Any) -> Answer:  # noqa: ANN401
        return self("PUT", path, document=document, **more)

    def delete(self, path: str, **more: Any) -> Answer:  # noqa: ANN401
        return self("DELETE", path, **more)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        document: object = None,
        text: str | None = None,
        headers: Mapping[str, str] | None = None,
        ld: bool = False,
        **parameters: str,
    ) -> Answer:
        """One request; `ld` sends and accepts JSON-LD, other keyword arguments are URL parameters."""
        given = {name.lower(): value for name, value in (headers or {}).items()}
        body = json.dumps(document) if text is None and document is not None else text
        if body is not None:
            given.setdefault("content-type", "application/ld+json" if ld else "application/json")
            given.setdefault("content-length", str(len(body.encode())))
        if ld:
            given.setdefault("accept", "application/ld+json")
        path, _, query = path.partition("?")
        pairs = [part.partition("=")[::2] for part in query.split("&") if part]
        asked = [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
        event = {
            "httpMethod": method,
            "path": path if path.startswith(ROOT) else ROOT + path,
            "multiValueQueryStringParameters": _grouped([*asked, *parameters.items()]),
            "multiValueHeaders": {name: [value] for name, value in given.items()},
            "body": body,
            "isBase64Encoded": False,
            "requestContext": {
                "requestId": "test",
                "authorizer": self.caller.to_context(),
                "identity": {"sourceIp": "192.0.2.1"},
            },
        }
        return self._runner.run(self._answer(event))

    async def _answer(self, event: dict[str, Any]) -> Answer:
        reader = RestApiEvent(event, SimpleNamespace(), _CONFIG)
        sent: list[Message] = []
        body: list[Message] = [{"type": "http.request", "body": reader.body, "more_body": False}]

        async def receive() -> Message:
            return body.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        await self._application(reader.scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        answer = reader({"status": sent[0]["status"], "headers": sent[0]["headers"], "body": content})
        headers = {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], headers, answer["body"])


def at(entity: str, *rest: str) -> str:
    """The path of an entity, or of something below it."""
    return "/".join(["/entities", quote(entity, safe=":"), *(quote(part, safe="") for part in rest)])


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]] | None:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found or None
