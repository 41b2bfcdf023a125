"""Platform sessions in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| session, found by what the browser holds | `SESSION#{SHA-256 of the cookie}` | `SESSION` |
| the same, found by its citizen | `CITIZEN#{subject}` | `SESSION#{SHA-256 of the cookie}` |

Both have the TTL attribute `expires`; until DynamoDB removes them the reader looks at the time itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.connect.sessions import PlatformSession
from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.ids import ApplicationId, CitizenId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SESSION = "SESSION"


class SessionTable:
    """Implements `machi.connect.sessions.SessionRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def put(self, session: PlatformSession) -> None:
        """Write both items (4 WCU, one transaction)."""
        self._client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": self._table,
                        "Item": {**key, **_attributes(session)},
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                }
                for key in (_by_token(session.key), _by_citizen(session))
            ]
        )

    def find(self, key: str) -> PlatformSession | None:
        """Read one session, strongly consistent (1 RCU): a sign-out counts at once."""
        answer = self._client.get_item(TableName=self._table, Key=_by_token(key), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else _session(item)

    def add_application(self, session: PlatformSession, application: ApplicationId) -> None:
        """Add to both items (4 WCU, one transaction); nothing if the session is gone."""
        try:
            self._client.transact_write_items(
                TransactItems=[
                    {
                        "Update": {
                            "TableName": self._table,
                            "Key": key,
                            "UpdateExpression": "ADD applications :one",
                            "ConditionExpression": "attribute_exists(pk)",
                            "ExpressionAttributeValues": {":one": {"SS": [application]}},
                        }
                    }
                    for key in (_by_token(session.key), _by_citizen(session))
                ]
            )
        except self._client.exceptions.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if "ConditionalCheckFailed" not in codes:
                raise

    def drop(self, session: PlatformSession) -> None:
        """Delete both items (4 WCU, one transaction)."""
        self._client.transact_write_items(
            TransactItems=[
                {"Delete": {"TableName": self._table, "Key": key}}
                for key in (_by_token(session.key), _by_citizen(session))
            ]
        )

    def all_of(self, subject: CitizenId) -> list[PlatformSession]:
        """Read a citizen's sessions in one query (1 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{subject}"}, ":sk": {"S": f"{_SESSION}#"}},
            ConsistentRead=True,
        )
        return [_session(item) for page in pages for item in page["Items"]]


def _by_token(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"{_SESSION}#{key}"}, "sk": {"S": _SESSION}}


def _by_citizen(session: PlatformSession) -> dict[str, Any]:
    return {"pk": {"S": f"CITIZEN#{session.subject}"}, "sk": {"S": f"{_SESSION}#{session.key}"}}


def _attributes(session: PlatformSession) -> dict[str, Any]:
    item: dict[str, Any] = {
        "dataClass": {"S": DataClass.CLOSED.value},
        "key": {"S": session.key},
        "subject": {"S": session.subject},
        "authenticatedAt": {"S": to_iso(session.authenticated_at)},
        "endsAt": {"S": to_iso(session.ends_at)},
        "expires": {"N": str(int(session.ends_at.timestamp()) + 1)},
    }
    if session.applications:
        item["applications"] = {"SS": sorted(session.applications)}
    return item


def _session(item: dict[str, Any]) -> PlatformSession:
    return PlatformSession(
        key=item["key"]["S"],
        subject=CitizenId(item["subject"]["S"]),
        authenticated_at=_moment(item["authenticatedAt"]["S"]),
        ends_at=_moment(item["endsAt"]["S"]),
        applications=frozenset(map(ApplicationId, item.get("applications", {}).get("SS", []))),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
