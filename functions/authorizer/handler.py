"""The Lambda function of the request authorizer."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger

from functions.authorizer.authorizer import Authorizer, Stopped, area_of
from functions.authorizer.citizen_tokens import CitizenTokens
from functions.authorizer.credentials import Unauthorized
from functions.authorizer.policy import allow, deny
from functions.authorizer.settings import Settings
from functions.authorizer.staff_tokens import StaffTokens
from machi.core.ids import CitizenId
from machi.core.log import logger_for
from machi.core.principal import Principal
from machi.core.settings import read_settings
from machi.storage.application_table import ApplicationTable
from machi.storage.client import dynamodb_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Decide about one request."""
    return build()(event)


@cache
def build() -> Handler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client = dynamodb_client()
    applications = ApplicationTable(client, settings.city_table)
    tokens = CitizenTokens(settings, applications, _SignIns(client, settings.people_table))
    authorizer = Authorizer(applications, tokens.read, StaffTokens(settings).read)
    return answering(authorizer, logger_for("authorizer"))


class _SignIns:
    """Looks at the table of sign-ins, whose module only calls with a token pay for."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def is_signed_out(
        self, citizen: CitizenId, session: str | None, authenticated_at: datetime | None
    ) -> bool:
        from machi.storage.device_table import DeviceTable  # noqa: PLC0415

        return DeviceTable(self._client, self._table).is_signed_out(citizen, session, authenticated_at)


def answering(authorizer: Authorizer, logger: Logger) -> Handler:
    """From a request event to the gateway's policy, with one log line."""

    def answer(event: dict[str, Any]) -> dict[str, Any]:
        began = perf_counter()
        principal: Principal | None = None
        outcome = "failed"
        try:
            principal = authorizer.identify(event)
            outcome = "allowed"
            return allow(principal, event["methodArn"])
        except Stopped:
            outcome = "stopped"
            return deny(event["methodArn"])
        except Unauthorized:
            outcome = "unauthorized"
            raise
        finally:
            logger.info(
                "authorization",
                extra={
                    "outcome": outcome,
                    "area": area_of(event),
                    "principal": principal.kind.value if principal else "none",
                    "application": (principal.application or "") if principal else "",
                    "ms": round((perf_counter() - began) * 1000, 2),
                    "request_id": event["requestContext"].get("requestId", ""),
                },
            )

    return answer
