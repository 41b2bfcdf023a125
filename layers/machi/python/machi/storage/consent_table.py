"""Consent records and their events in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| present record | `CITIZEN#{subject}` | `CONSENT#{application}` |
| event | `CITIZEN#{subject}` | `HISTORY#{time}#{event id}` |
| grant: the record is given | `GRANT#{application}` | consent id |

With a change go what is due at its end (`machi.storage.consent_due_table`) and what the recipient is owed
(`machi.storage.withdrawal_table`), in one transaction. The subject stands in every key of a citizen's items,
so no such read returns another citizen's. Grants are for applications that ask about everybody who agreed;
whether a consent still holds, they do not say. Events share `HISTORY#` with disclosures: the citizen's
timeline is one query.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from machi.consent.record import Consent, ConsentEvent, ConsentState, Held, Period
from machi.consent.repositories import ConsentChange, Grant, StoredConsent
from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem
from machi.core.language import Language
from machi.storage.consent_due_table import due_items
from machi.storage.guardian_events import acted_for
from machi.storage.withdrawal_table import items_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}


class ConsentTable:
    """Implements `ConsentRepository` and `GrantRepository` of `machi.consent`."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, subject: CitizenId, application: ApplicationId) -> StoredConsent | None:
        """Read the present record, strongly consistent (1 RCU): a withdrawal counts at once."""
        answer = self._client.get_item(
            TableName=self._table, Key=_key(subject, f"CONSENT#{application}"), ConsistentRead=True
        )
        item = answer.get("Item")
        return None if item is None else stored_consent(item)

    def all_of(self, subject: CitizenId) -> Sequence[StoredConsent]:
        """Read every present record of a citizen in one query (1 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{subject}"}, ":sk": {"S": "CONSENT#"}},
            ConsistentRead=True,
        )
        return [stored_consent(item) for page in pages for item in page["Items"]]

    def save(self, change: ConsentChange) -> None:
        """Write the record, its events and all that follows from them together (2 WCU each, up to 1 KB).

        Raises:
            Conflict: the present record is not in the version of `change.before`.
        """
        try:
            self._client.transact_write_items(
                TransactItems=[
                    self._put_record(change),
                    *map(self._put_event, change.events),
                    *self._move_grant(change),
                    *self._move_due(change),
                    *self._put_withdrawals(change),
                    *self._note_guardian(change),
                ]
            )
        except self._client.exceptions.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if codes & _LOST_RACE:
                raise Conflict("the consent was changed by somebody else") from None
            raise

    def _put_record(self, change: ConsentChange) -> TransactWriteItemTypeDef:
        consent, before = change.after, change.before
        version = 1 if before is None else before.version + 1
        item = {
            **_key(consent.subject, f"CONSENT#{consent.application}"),
            **_attributes(consent),
            "version": {"N": str(version)},
        }
        if before is None:
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
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(before.version)}},
            }
        }

    def grants_to(self, application: ApplicationId, first: ConsentId | None) -> Iterator[Grant]:
        """Read who has given the application a consent, from one on (1 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk >= :sk",
            ExpressionAttributeValues={
                ":pk": {"S": f"GRANT#{application}"},
                ":sk": {"S": first or ConsentId(" ")},
            },
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                yield Grant(ConsentId(item["sk"]["S"]), CitizenId(item["subject"]["S"]))

    def _move_grant(self, change: ConsentChange) -> list[TransactWriteItemTypeDef]:
        before = None if change.before is None else change.before.consent
        after = change.after
        writes: list[TransactWriteItemTypeDef] = []
        if before is not None and before.state is ConsentState.GIVEN and not _is_same_grant(before, after):
            writes.append({"Delete": {"TableName": self._table, "Key": _grant_key(before)}})
        if after.state is ConsentState.GIVEN and (before is None or not _is_same_grant(before, after)):
            item = {
                **_grant_key(after),
                "dataClass": {"S": DataClass.CLOSED.value},
                "subject": {"S": after.subject},
            }
            writes.append({"Put": {"TableName": self._table, "Item": item}})
        return writes

    def _note_guardian(self, change: ConsentChange) -> list[TransactWriteItemTypeDef]:
        """In the guardian's own history: that something was decided for the child, not what."""
        return [
            {"Put": {"TableName": self._table, "Item": acted_for(event.actor.citizen, event)}}
            for event in change.events
            if event.actor is not None and event.actor.is_guardian
        ]

    def _move_due(self, change: ConsentChange) -> list[TransactWriteItemTypeDef]:
        before = [] if change.before is None else due_items(change.before.consent)
        after = due_items(change.after)
        gone = [item for item in before if item not in after]
        new = [item for item in after if item not in before]
        writes: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self._table, "Key": _key_of(item)}} for item in gone
        ]
        writes += [{"Put": {"TableName": self._table, "Item": item}} for item in new]
        return writes

    def _put_withdrawals(self, change: ConsentChange) -> list[TransactWriteItemTypeDef]:
        items = [item for withdrawal in change.withdrawals for item in items_of(withdrawal)]
        return [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for item in items
        ]

    def _put_event(self, event: ConsentEvent) -> TransactWriteItemTypeDef:
        return {
            "Put": {
                "TableName": self._table,
                "Item": _event_item(event),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }


def _key(subject: CitizenId, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"CITIZEN#{subject}"}, "sk": {"S": sort}}


def _key_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _grant_key(consent: Consent) -> dict[str, Any]:
    return {"pk": {"S": f"GRANT#{consent.application}"}, "sk": {"S": consent.id}}


def _is_same_grant(before: Consent, after: Consent) -> bool:
    return before.id == after.id and before.state is after.state


def _attributes(consent: Consent) -> dict[str, Any]:
    item: dict[str, Any] = {
        "dataClass": {"S": DataClass.CLOSED.value},
        "id": {"S": consent.id},
        "subject": {"S": consent.subject},
        "application": {"S": consent.application},
        "revision": {"N": str(consent.revision)},
        "purpose": {"S": consent.purpose},
        "state": {"S": consent.state.value},
        "at": {"S": to_iso(consent.at)},
        "items": _texts(consent.items),
        "textHash": {"S": consent.text_hash},
        "language": {"S": consent.language.value},
    }
    if consent.valid is not None:
        item["validFrom"] = {"S": to_iso(consent.valid.start)}
        item["validUntil"] = {"S": to_iso(consent.valid.end)}
    if consent.earlier is not None:
        item["earlier"] = {
            "M": {"consent": {"S": consent.earlier.consent}, "items": _texts(consent.earlier.items)}
        }
    return item


def stored_consent(item: dict[str, Any]) -> StoredConsent:
    """The record that an item keeps."""
    valid = None
    if "validFrom" in item:
        valid = Period(_moment(item["validFrom"]["S"]), _moment(item["validUntil"]["S"]))
    consent = Consent(
        id=ConsentId(item["id"]["S"]),
        subject=CitizenId(item["subject"]["S"]),
        application=ApplicationId(item["application"]["S"]),
        revision=int(item["revision"]["N"]),
        purpose=item["purpose"]["S"],
        state=ConsentState(item["state"]["S"]),
        at=_moment(item["at"]["S"]),
        items=frozenset(DataItem(each["S"]) for each in item["items"]["L"]),
        valid=valid,
        text_hash=item["textHash"]["S"],
        language=Language(item["language"]["S"]),
        earlier=_held(item["earlier"]["M"]) if "earlier" in item else None,
    )
    return StoredConsent(consent, int(item["version"]["N"]))


def _held(entry: dict[str, Any]) -> Held:
    items = frozenset(DataItem(each["S"]) for each in entry["items"]["L"])
    return Held(ConsentId(entry["consent"]["S"]), items)


def _event_item(event: ConsentEvent) -> dict[str, Any]:
    actor = event.actor
    return {
        **_key(event.subject, f"HISTORY#{to_iso(event.at)}#{event.id}"),
        "dataClass": {"S": DataClass.CLOSED.value},
        "kind": {"S": "consent"},
        "id": {"S": event.id},
        "consent": {"S": event.consent},
        "application": {"S": event.application},
        "event": {"S": event.kind.value},
        "at": {"S": to_iso(event.at)},
        "actor": {"S": "" if actor is None else actor.citizen},
        "isGuardian": {"BOOL": actor is not None and actor.is_guardian},
        "items": _texts(event.items),
        "revision": {"N": str(event.revision)},
        "textHash": {"S": event.text_hash},
        "language": {"S": event.language.value},
    }


def _texts(items: frozenset[DataItem]) -> dict[str, Any]:
    return {"L": [{"S": item} for item in sorted(items)]}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
