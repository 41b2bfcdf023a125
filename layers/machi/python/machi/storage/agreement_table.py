"""Agreements in the `city` table.

| item | pk | sk | holds |
|---|---|---|---|
| revision | `AGREEMENT#{application}` | `REVISION#{six digits}` | one revision, never changed once decided |
| current | `AGREEMENT#{application}` | `CURRENT` | copy of the newest approved one: one read a decision |
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from machi.consent.agreement import (
    Agreement,
    AgreementState,
    AgreementText,
    Frequency,
    Necessity,
    Recipient,
    RequestedItem,
)
from machi.core.data_class import DataClass
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_CURRENT = "CURRENT"
_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}


class AgreementTable:
    """Implements `machi.consent.repositories.AgreementRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, application: ApplicationId, revision: int) -> Agreement | None:
        """Read one revision (0.5 RCU up to 4 KB); a decided one never changes, so any copy will do."""
        return self._get(application, _revision(revision), is_consistent=False)

    def current(self, application: ApplicationId) -> Agreement | None:
        """Read the newest approved revision, strongly consistent (1 RCU up to 4 KB)."""
        return self._get(application, _CURRENT, is_consistent=True)

    def latest(self, application: ApplicationId) -> Agreement | None:
        """Read the newest revision, strongly consistent (1 RCU up to 4 KB)."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"AGREEMENT#{application}"}, ":sk": {"S": "REVISION#"}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=1,
        )
        return _agreement(answer["Items"][0]) if answer["Items"] else None

    def all_of(self, application: ApplicationId) -> Sequence[Agreement]:
        """Read every revision, newest first, strongly consistent (1 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"AGREEMENT#{application}"}, ":sk": {"S": "REVISION#"}},
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        return [_agreement(item) for page in pages for item in page["Items"]]

    def add(self, agreement: Agreement) -> None:
        """Keep a new revision.

        Raises:
            Conflict: there is one with this number.
        """
        writes = [self._put(agreement, _revision(agreement.revision), "attribute_not_exists(pk)", {})]
        self._write(agreement, writes)

    def decide(self, agreement: Agreement) -> None:
        """Keep the decision, and an approved revision as the current one, in one transaction.

        Raises:
            Conflict: somebody decided it first, or a later revision is approved already.
        """
        waiting = {":proposed": {"S": AgreementState.PROPOSED.value}}
        self._write(
            agreement, [self._put(agreement, _revision(agreement.revision), "state = :proposed", waiting)]
        )

    def _write(self, agreement: Agreement, writes: list[TransactWriteItemTypeDef]) -> None:
        if agreement.state is AgreementState.APPROVED:
            newer = {":revision": {"N": str(agreement.revision)}}
            condition = "attribute_not_exists(pk) OR revision < :revision"
            writes.append(self._put(agreement, _CURRENT, condition, newer))
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if codes & _LOST_RACE:
                raise Conflict("the agreement was changed by somebody else") from None
            raise

    def _put(
        self, agreement: Agreement, sort: str, condition: str, values: dict[str, Any]
    ) -> TransactWriteItemTypeDef:
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": {**_key(agreement.application, sort), **_attributes(agreement)},
            "ConditionExpression": condition.replace("state", "#state"),
        }
        if "state" in condition:
            put["ExpressionAttributeNames"] = {"#state": "state"}
        if values:
            put["ExpressionAttributeValues"] = values
        return {"Put": put}  # type: ignore[typeddict-item]  # built in parts

    def _get(self, application: ApplicationId, sort: str, *, is_consistent: bool) -> Agreement | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(application, sort), ConsistentRead=is_consistent
        )
        item = answer.get("Item")
        return None if item is None else _agreement(item)


def _key(application: ApplicationId, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"AGREEMENT#{application}"}, "sk": {"S": sort}}


def _revision(number: int) -> str:
    return f"REVISION#{number:06d}"


def _attributes(agreement: Agreement) -> dict[str, Any]:
    document = {
        "recipient": [agreement.recipient.name, agreement.recipient.contact, agreement.recipient.country],
        "source": agreement.source,
        "items": [[each.item, each.necessity] for each in agreement.items],
        "validity": int(agreement.validity.total_seconds()),
        "frequency": agreement.frequency,
        "provides": sorted(agreement.provides),
        "texts": {
            language: [text.purpose, text.benefit, text.on_refusal, text.on_withdrawal]
            for language, text in agreement.texts.items()
        },
    }
    return {
        "dataClass": {"S": DataClass.LIMITED.value},
        "application": {"S": agreement.application},
        "revision": {"N": str(agreement.revision)},
        "purpose": {"S": agreement.purpose},
        "state": {"S": agreement.state.value},
        "author": {"S": agreement.author},
        "approver": {"S": agreement.approver or ""},
        "document": {"S": json.dumps(document, ensure_ascii=False)},
    }


def _agreement(item: dict[str, Any]) -> Agreement:
    document = json.loads(item["document"]["S"])
    return Agreement(
        application=ApplicationId(item["application"]["S"]),
        revision=int(item["revision"]["N"]),
        purpose=item["purpose"]["S"],
        recipient=Recipient(*document["recipient"]),
        source=document["source"],
        items=tuple(
            RequestedItem(DataItem(name), Necessity(necessity)) for name, necessity in document["items"]
        ),
        validity=timedelta(seconds=document["validity"]),
        frequency=Frequency(document["frequency"]),
        texts={Language(tag): AgreementText(*parts) for tag, parts in document["texts"].items()},
        author=item["author"]["S"],
        state=AgreementState(item["state"]["S"]),
        approver=item["approver"]["S"] or None,
        provides=frozenset(map(DataItem, document.get("provides", ()))),
    )
