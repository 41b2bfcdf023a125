"""Disclosure records in the `people` table (closed class), one chain for each citizen.

| item | pk | sk |
|---|---|---|
| record | `CITIZEN#{subject}` | `HISTORY#{time}#{record id}` |
| head of the chain | `CITIZEN#{subject}` | `CHAIN` |
| a chain grew on a day | `GROWN#{day}#{0 to 3}` | subject |
| last use of a consent | `CITIZEN#{subject}` | `CONSENT-USED#{application}` |

All change in one transaction, so a chain has neither gap nor fork, and no end stays unanchored. The last use
stands beside the consents, where one query finds both (`machi.storage.consent_overview_table`). What
grew is spread over four keys a day, so that no key takes every write; it is forgotten after some weeks,
when it has long been anchored (`machi.audit`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from machi.consent.disclosure import ChainHead, Disclosure, Way, linked
from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem
from machi.storage.client import THREADS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_CHAIN = "CHAIN"
_KIND = "disclosure"
_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}
_ATTEMPTS = 12
_LONGEST_PAUSE = 0.2  # seconds
_SPREAD = 4
_GROWTH_KEPT = timedelta(days=70)


class DisclosureTable:
    """Implements `DisclosureRepository` of `machi.consent` and `ChainRepository` of `machi.audit`."""

    def __init__(
        self, client: DynamoDBClient, table_name: str, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._table = table_name
        self._pause = pause

    def append(self, record: Disclosure) -> Disclosure:
        """Read the head (1 RCU), then write record, head, growth and last use together (8 WCU).

        Raises:
            Conflict: others were first every time; nothing was written.
        """
        for attempt in range(_ATTEMPTS):
            head = self.head_of(record.subject)
            placed, after = linked(record, head)
            if self._write(placed, head, after):
                return placed
            self._pause(random.uniform(0, min(_LONGEST_PAUSE, 0.005 * 2**attempt)))  # noqa: S311  (jitter)
        raise Conflict("too many others record disclosures of the same citizen")

    def append_all(self, records: Sequence[Disclosure]) -> None:
        """As `append`, for records of different citizens, as many at once as there are threads.

        Raises:
            Conflict: not all were written; some may have been.
        """
        if len(records) < 2:  # noqa: PLR2004 - one needs no threads
            for record in records:
                self.append(record)
            return
        with ThreadPoolExecutor(min(len(records), THREADS)) as threads:
            list(threads.map(self.append, records))

    def chain_of(self, subject: CitizenId) -> tuple[Sequence[Disclosure], ChainHead]:
        """Read a citizen's whole chain, strongly consistent, in the order of its sequence."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            FilterExpression="kind = :kind",
            ExpressionAttributeValues={
                ":pk": {"S": f"CITIZEN#{subject}"},
                ":sk": {"S": "HISTORY#"},
                ":kind": {"S": _KIND},
            },
            ConsistentRead=True,
        )
        records = [_disclosure(item) for page in pages for item in page["Items"]]
        return sorted(records, key=lambda record: record.sequence), self.head_of(subject)

    def grown_on(self, day: date) -> Iterator[CitizenId]:
        """Whose chain grew on a day (UTC): four queries."""
        paginator = self._client.get_paginator("query")
        for part in range(_SPREAD):
            pages = paginator.paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"GROWN#{day.isoformat()}#{part}"}},
                ConsistentRead=True,
            )
            for page in pages:
                yield from (CitizenId(item["sk"]["S"]) for item in page["Items"])

    def head_of(self, subject: CitizenId) -> ChainHead:
        """Where the chain stands, strongly consistent (1 RCU)."""
        answer = self._client.get_item(TableName=self._table, Key=_key(subject, _CHAIN), ConsistentRead=True)
        item = answer.get("Item")
        return ChainHead() if item is None else ChainHead(int(item["sequence"]["N"]), item["digest"]["S"])

    def _write(self, placed: Disclosure, before: ChainHead, after: ChainHead) -> bool:
        writes: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": _item(placed),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            self._put_head(placed.subject, before, after),
            {"Put": {"TableName": self._table, "Item": _growth(placed)}},
        ]
        if placed.consent is not None:
            writes.append({"Put": {"TableName": self._table, "Item": _last_use(placed)}})
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if codes & _LOST_RACE:
                return False
            raise
        return True

    def _put_head(self, subject: CitizenId, before: ChainHead, after: ChainHead) -> TransactWriteItemTypeDef:
        item = {
            **_key(subject, _CHAIN),
            "dataClass": {"S": DataClass.CLOSED.value},
            "sequence": {"N": str(after.sequence)},
            "digest": {"S": after.digest},
        }
        if before == ChainHead():
            return {
                "Put": {
                    "TableName": self._table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
        return {
            "Put": {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": "#sequence = :before",
                "ExpressionAttributeNames": {"#sequence": "sequence"},
                "ExpressionAttributeValues": {":before": {"N": str(before.sequence)}},
            }
        }


def _key(subject: CitizenId, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"CITIZEN#{subject}"}, "sk": {"S": sort}}


def _growth(record: Disclosure) -> dict[str, Any]:
    part = sha256(record.subject.encode()).digest()[0] % _SPREAD
    return {
        "pk": {"S": f"GROWN#{record.at.date().isoformat()}#{part}"},
        "sk": {"S": record.subject},
        "dataClass": {"S": DataClass.CLOSED.value},
        "expires": {"N": str(int((record.at + _GROWTH_KEPT).timestamp()))},
    }


def _last_use(record: Disclosure) -> dict[str, Any]:
    return {
        **_key(record.subject, f"CONSENT-USED#{record.recipient}"),
        "dataClass": {"S": DataClass.CLOSED.value},
        "application": {"S": record.recipient},
        "at": {"S": to_iso(record.at)},
    }


def _item(record: Disclosure) -> dict[str, Any]:
    return {
        **_key(record.subject, f"HISTORY#{to_iso(record.at)}#{record.id}"),
        "dataClass": {"S": DataClass.CLOSED.value},
        "kind": {"S": _KIND},
        "id": {"S": record.id},
        "subject": {"S": record.subject},
        "recipient": {"S": record.recipient},
        "way": {"S": record.way.value},
        "items": {"L": [{"S": item} for item in record.items]},
        "purpose": {"S": record.purpose},
        "consent": {"S": record.consent or ""},
        "request": {"S": record.request},
        "sequence": {"N": str(record.sequence)},
        "previous": {"S": record.previous},
    }


def _disclosure(item: dict[str, Any]) -> Disclosure:
    return Disclosure(
        id=item["id"]["S"],
        subject=CitizenId(item["subject"]["S"]),
        recipient=ApplicationId(item["recipient"]["S"]),
        way=Way(item["way"]["S"]),
        items=tuple(DataItem(each["S"]) for each in item["items"]["L"]),
        purpose=item["purpose"]["S"],
        consent=ConsentId(item["consent"]["S"]) if item["consent"]["S"] else None,
        request=item["request"]["S"],
        # As the key has it, not the attribute: so a record that was moved in time has another digest.
        at=datetime.fromisoformat(item["sk"]["S"].split("#")[1]),
        sequence=int(item["sequence"]["N"]),
        previous=item["previous"]["S"],
    )
