"""Tickets, attempts and results of identity proofing in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| ticket | `TICKET#{hash}` | `TICKET` |
| attempt | `PROOF#{hash of state}` | `PROOF` |
| assurance | `CITIZEN#{subject}` | attribute `assurance` of `ACCOUNT` |

Time to live only tidies up: whoever reads looks at `expires`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.identity.assurance import Assurance, AssuranceLevel, BasicItem, ProofingMethod
from machi.proofing.attempts import Attempt, Ticket

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]


class ProofingTable:
    """Implements `machi.proofing.attempts.AttemptRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def keep_ticket(self, key: str, ticket: Ticket) -> None:
        """Write a ticket (1 WCU)."""
        self._put(_ticket_key(key), _who(ticket))

    def take_ticket(self, key: str) -> Ticket | None:
        """Delete a ticket (1 WCU); only one of two callers receives it."""
        item = self._take(_ticket_key(key))
        return None if item is None else Ticket(**_read_who(item))

    def keep_attempt(self, key: str, attempt: Attempt) -> None:
        """Write an attempt (1 WCU)."""
        secrets = {"nonce": {"S": attempt.nonce}, "verifier": {"S": attempt.verifier}}
        self._put(_attempt_key(key), {**_who(attempt), **secrets})

    def find_attempt(self, key: str) -> Attempt | None:
        """Read an attempt, strongly consistent (1 RCU): the browser is on its way since milliseconds."""
        answer = self._client.get_item(TableName=self._table, Key=_attempt_key(key), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else _attempt(item)

    def take_attempt(self, key: str) -> Attempt | None:
        """Delete an attempt (1 WCU); only one of two callers receives it."""
        item = self._take(_attempt_key(key))
        return None if item is None else _attempt(item)

    def _put(self, key: Item, attributes: Item) -> None:
        self._client.put_item(
            TableName=self._table,
            Item={**key, **attributes, "dataClass": {"S": DataClass.CLOSED.value}},
            ConditionExpression="attribute_not_exists(pk)",
        )

    def _take(self, key: Item) -> Item | None:
        answer = self._client.delete_item(TableName=self._table, Key=key, ReturnValues="ALL_OLD")
        return answer.get("Attributes") or None


class AssuranceTable:
    """Implements `machi.identity.assurance.Assurances` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def keep(self, citizen: CitizenId, assurance: Assurance) -> None:
        """Write the result on the account (1 WCU).

        Raises:
            NotFound: the citizen has no account.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": f"CITIZEN#{citizen}"}, "sk": {"S": "ACCOUNT"}},
                UpdateExpression="SET assurance = :assurance",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":assurance": assurance_attribute(assurance)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise NotFound("there is no such account") from None


def assurance_attribute(assurance: Assurance) -> dict[str, Any]:
    """The attribute `assurance` of an account."""
    return {
        "M": {
            "level": {"S": assurance.level.value},
            "method": {"S": assurance.method.value},
            "at": {"S": to_iso(assurance.at)},
            "items": {"L": [{"S": item.value} for item in sorted(assurance.items)]},
            "told": {"S": assurance.told},
        }
    }


def read_assurance(attribute: Item | None) -> Assurance | None:
    """What `assurance_attribute` wrote; None if the account has none."""
    if attribute is None:
        return None
    kept = attribute["M"]
    return Assurance(
        level=AssuranceLevel(kept["level"]["S"]),
        method=ProofingMethod(kept["method"]["S"]),
        at=datetime.fromisoformat(kept["at"]["S"]),
        items=frozenset(BasicItem(item["S"]) for item in kept["items"]["L"]),
        told=kept["told"]["S"],
    )


def _ticket_key(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"TICKET#{key}"}, "sk": {"S": "TICKET"}}


def _attempt_key(key: str) -> dict[str, Any]:
    return {"pk": {"S": f"PROOF#{key}"}, "sk": {"S": "PROOF"}}


def _who(kept: Ticket | Attempt) -> dict[str, Any]:
    return {
        "citizen": {"S": kept.citizen},
        "application": {"S": kept.application or ""},
        "language": {"S": kept.language.value},
        "expires": {"N": str(int(kept.expires.timestamp()))},
    }


def _read_who(item: Item) -> dict[str, Any]:
    application = item["application"]["S"]
    return {
        "citizen": CitizenId(item["citizen"]["S"]),
        "application": ApplicationId(application) if application else None,
        "language": Language(item["language"]["S"]),
        "expires": datetime.fromtimestamp(int(item["expires"]["N"]), UTC),
    }


def _attempt(item: Item) -> Attempt:
    return Attempt(**_read_who(item), nonce=item["nonce"]["S"], verifier=item["verifier"]["S"])
