"""Applications and their API keys in the `city` table; see docs/adr/0052.

| item | pk | sk | holds |
|---|---|---|---|
| application | `APP#{application}` | `APP` | the application, the records of its keys, the version |
| key | `KEY#{SHA-256 of the key}` | `KEY` | a copy of the application, so that a call costs one read |
| client | `CLIENT#{client_id}` | `CLIENT` | the same, found by the client that a token was issued to |

An application with all its keys and clients changes in one transaction, so a copy is never out of date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from machi.applications import (
    Application,
    ApplicationState,
    KeyRecord,
    Party,
    RegisteredApplication,
    SignIn,
    SignInClient,
)
from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, Tenant
from machi.core.principal import Scope

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_APP, _KEY, _CLIENT = "APP", "KEY", "CLIENT"
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

    def find_by_client(self, client_id: str) -> Application | None:
        """Read the application of a client, strongly consistent (1 RCU): a suspension counts at once."""
        item = self._get(_client_key(client_id))
        return None if item is None else _application(item, ApplicationId(item["application"]["S"]))

    def state_of(self, application: ApplicationId) -> ApplicationState | None:
        """Where an application stands (1 RCU); also `machi.consent.repositories.ApplicationStates`."""
        found = self.find(application)
        return None if found is None else found.application.state

    def change(self, before: RegisteredApplication | None, after: RegisteredApplication) -> None:
        """Write an application with all its key and client items (2 WCU each, up to 1 KB).

        Raises:
            Conflict: the application is not in the version of `before`, or another one has such a key or
                client.
        """
        copies = _copies(after)
        writes: list[TransactWriteItemTypeDef] = [self._put_application(before, after)]
        writes += [self._put_copy(after.application, name) for name in sorted(copies)]
        writes += [
            {"Delete": {"TableName": self._table, "Key": _copy_key(*name)}}
            for name in sorted(_copies(before) - copies)
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

    def _put_copy(self, application: Application, name: tuple[str, str]) -> TransactWriteItemTypeDef:
        holder = {"S": application.id}
        return {
            "Put": {
                "TableName": self._table,
                "Item": {**_copy_key(*name), "application": holder, **_attributes(application)},
                "ConditionExpression": "attribute_not_exists(pk) OR application = :holder",
                "ExpressionAttributeValues": {":holder": holder},
            }
        }


def _application_key(application: ApplicationId) -> dict[str, Any]:
    return {"pk": {"S": f"{_APP}#{application}"}, "sk": {"S": _APP}}


def _copies(registered: RegisteredApplication | None) -> set[tuple[str, str]]:
    """Kind and name of every item that carries a copy of the application."""
    if registered is None:
        return set()
    sign_in = registered.application.sign_in
    clients = {(_CLIENT, client.id) for client in sign_in.clients} if sign_in else set()
    return {(_KEY, key.digest) for key in registered.keys} | clients


def _copy_key(kind: str, name: str) -> dict[str, Any]:
    return {"pk": {"S": f"{kind}#{name}"}, "sk": {"S": kind}}


def _key_key(digest: str) -> dict[str, Any]:
    return _copy_key(_KEY, digest)


def _client_key(client_id: str) -> dict[str, Any]:
    return _copy_key(_CLIENT, client_id)


def _attributes(application: Application) -> dict[str, Any]:
    attributes = _plain_attributes(application)
    if application.sign_in is not None:
        attributes["signIn"] = _sign_in_attributes(application.sign_in)
    return attributes


def _sign_in_attributes(sign_in: SignIn) -> dict[str, Any]:
    return {
        "M": {
            "clients": {
                "L": [
                    {
                        "M": {
                            "id": {"S": client.id},
                            "redirectUris": _texts(client.redirect_uris),
                            "postLogoutRedirectUris": _texts(client.post_logout_redirect_uris),
                        }
                    }
                    for client in sign_in.clients
                ]
            },
            "sector": {"S": sign_in.sector},
            "backChannelLogoutUri": {"S": sign_in.back_channel_logout_uri or ""},
            "consentEventsUri": {"S": sign_in.consent_events_uri or ""},
            "party": {"S": sign_in.party.value},
        }
    }


def _texts(values: Iterable[str]) -> dict[str, Any]:
    return {"L": [{"S": value} for value in values]}


def _plain_attributes(application: Application) -> dict[str, Any]:
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
        sign_in=_sign_in(item["signIn"]["M"]) if "signIn" in item else None,
    )


def _sign_in(entry: dict[str, Any]) -> SignIn:
    return SignIn(
        clients=tuple(
            SignInClient(
                id=client["M"]["id"]["S"],
                redirect_uris=_read_texts(client["M"]["redirectUris"]),
                post_logout_redirect_uris=_read_texts(client["M"]["postLogoutRedirectUris"]),
            )
            for client in entry["clients"]["L"]
        ),
        sector=entry["sector"]["S"],
        back_channel_logout_uri=entry["backChannelLogoutUri"]["S"] or None,
        party=Party(entry["party"]["S"]),
        consent_events_uri=entry["consentEventsUri"]["S"] or None if "consentEventsUri" in entry else None,
    )


def _read_texts(value: dict[str, Any]) -> tuple[str, ...]:
    return tuple(each["S"] for each in value["L"])


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
