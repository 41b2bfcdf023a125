"""Applications and their API keys in the `city` table; see docs/adr/0052.

| item | pk | sk | holds |
|---|---|---|---|
| application | `APP#{application}` | `APP` | the application, the records of its keys, the version |
| key | `KEY#{SHA-256 of the key}` | `KEY` | a copy of the application, so that a call costs one read |

An application and all its keys change in one transaction, therefore a copy is never out of date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from machi.applications import Application, ApplicationState, KeyRecord, RegisteredApplication
from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, Tenant
from machi.core.principal import Scope

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_APP, _KEY = "APP", "KEY"
_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}


class ApplicationTable:
    """Implements `machi.applications.ApplicationRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, application: ApplicationId) -> RegisteredApplication | None:
        """Read one application with its keys, strongly consistent (1 RCU up to 4 KB)."""
        item = self._get(_application_key(application))
        return None if item is None else _registered(item)

    def find_by_key(self, digest: str) -> Application | None:
        """Read the application that holds a key, strongly consistent (1 RCU): a suspension counts at once."""
        item = self._get(_key_key(digest))
        if item is None or not compare_digest(item["pk"]["S"], f"{_KEY}#{digest}"):
            return None
        return _application(item, ApplicationId(item["application"]["S"]))

    def change(self, before: RegisteredApplication | None, after: RegisteredApplication) -> None:
        """Write an application and all its key items (2 WCU each, up to 1 KB).

        Raises:
            Conflict: the application is not in the version of `before`, or another one has such a key.
        """
        kept = {key.digest for key in after.keys}
        writes: list[TransactWriteItemTypeDef] = [self._put_application(before, after)]
        writes += [self._put_key(after.application, key) for key in after.keys]
        writes += [
            {"Delete": {"TableName": self._table, "Key": _key_key(key.digest)}}
            for key in (before.keys if before else ())
            if key.digest not in kept
        ]
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])}
            if reasons & _LOST_RACE and reasons <= {*_LOST_RACE, "None"}:
                raise Conflict("the application was changed by others, or the key is taken") from None
            raise

    def _get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _put_application(
        self, before: RegisteredApplication | None, after: RegisteredApplication
    ) -> TransactWriteItemTypeDef:
        item = {
            **_application_key(after.application.id),
            **_attributes(after.application),
            "keys": {"L": [_key_attributes(key) for key in after.keys]},
            "version": {"N": str(after.version)},
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

    def _put_key(self, application: Application, key: KeyRecord) -> TransactWriteItemTypeDef:
        holder = {"S": application.id}
        return {
            "Put": {
                "TableName": self._table,
                "Item": {**_key_key(key.digest), "application": holder, **_attributes(application)},
                "ConditionExpression": "attribute_not_exists(pk) OR application = :holder",
                "ExpressionAttributeValues": {":holder": holder},
            }
        }


def _application_key(application: ApplicationId) -> dict[str, Any]:
    return {"pk": {"S": f"{_APP}#{application}"}, "sk": {"S": _APP}}


def _key_key(digest: str) -> dict[str, Any]:
    return {"pk": {"S": f"{_KEY}#{digest}"}, "sk": {"S": _KEY}}


def _attributes(application: Application) -> dict[str, Any]:
    return {
        "dataClass": {"S": DataClass.LIMITED.value},
        "name": {"S": application.name},
        "state": {"S": application.state.value},
        "scopes": {"L": [{"S": scope.value} for scope in sorted(application.scopes)]},
        "plan": {"S": application.plan},
        "tenant": {"S": application.tenant},
    }


def _key_attributes(key: KeyRecord) -> dict[str, Any]:
    return {
        "M": {
            "digest": {"S": key.digest},
            "prefix": {"S": key.prefix},
            "label": {"S": key.label},
            "createdAt": {"S": to_iso(key.created_at)},
        }
    }


def _registered(item: dict[str, Any]) -> RegisteredApplication:
    return RegisteredApplication(
        application=_application(item, ApplicationId(item["pk"]["S"].removeprefix(f"{_APP}#"))),
        keys=tuple(_key(entry["M"]) for entry in item["keys"]["L"]),
        version=int(item["version"]["N"]),
    )


def _application(item: dict[str, Any], application: ApplicationId) -> Application:
    return Application(
        id=application,
        name=item["name"]["S"],
        state=ApplicationState(item["state"]["S"]),
        scopes=_known_scopes(entry["S"] for entry in item["scopes"]["L"]),
        plan=item["plan"]["S"],
        tenant=Tenant(item["tenant"]["S"]),
    )


def _known_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """A scope that this version does not know yet, or no longer, opens nothing and breaks nothing."""
    known = set(Scope)
    return frozenset(Scope(name) for name in names if name in known)


def _key(entry: dict[str, Any]) -> KeyRecord:
    return KeyRecord(
        digest=entry["digest"]["S"],
        prefix=entry["prefix"]["S"],
        label=entry["label"]["S"],
        created_at=datetime.fromisoformat(entry["createdAt"]["S"]),
    )
