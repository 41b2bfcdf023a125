"""Profiles, and the records of access to them, in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| profile | `CITIZEN#{subject}` | `PROFILE` |
| record of one access | `CITIZEN#{subject}` | `RECORD#{sortable id}` |

The subject stands in every key, so there is no read that could return another citizen's item.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.principal import PrincipalKind
from machi.identity.profile import MEMBERS, Channel, Gender, Profile
from machi.identity.profiles import AccessRecord, Act, ProfileChanged, Purpose, StoredProfile

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_PROFILE = "PROFILE"
_RECORD = "RECORD#"
_TEXTS = (
    *("family_name", "given_name", "family_name_kana", "given_name_kana", "nickname", "ward", "phone"),
    *("postal_code", "prefecture", "municipality", "street", "building"),
    *("commute_municipality", "commute_place"),
)
_NOTHING: dict[str, Any] = {"L": []}
_LOST_RACE = {"ConditionalCheckFailed", "TransactionConflict"}


class ProfileTable:
    """Implements `machi.identity.profiles.ProfileRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, citizen: CitizenId) -> StoredProfile | None:
        """Read one profile, strongly consistent (1 RCU)."""
        answer = self._client.get_item(
            TableName=self._table, Key=_key(citizen, _PROFILE), ConsistentRead=True
        )
        item = answer.get("Item")
        return None if item is None else _stored(item)

    def record(self, record: AccessRecord) -> None:
        """Keep a record of access (1 WCU)."""
        self._client.put_item(
            TableName=self._table,
            Item=_record_item(record),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def latest_records(
        self, citizen: CitizenId, *, before: str | None, limit: int
    ) -> tuple[AccessRecord, ...]:
        """Records of access, newest first (0.5 RCU for each 4 KB, about 12 records)."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :citizen AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":citizen": {"S": f"CITIZEN#{citizen}"},
                ":first": {"S": _RECORD},
                ":last": {"S": f"{_RECORD}{before}" if before else f"{_RECORD}~"},
            },
            ScanIndexForward=False,
            # BETWEEN takes in both ends, so `before` itself may come too and is left out below.
            Limit=limit + 1,
        )
        found = (_record(citizen, item) for item in answer["Items"])
        return tuple(record for record in found if record.id != before)[:limit]

    def save(self, citizen: CitizenId, stored: StoredProfile, record: AccessRecord) -> None:
        """Write profile and record together (4 WCU).

        Raises:
            ProfileChanged: the version kept is not the one before `stored.version`.
        """
        try:
            self._client.transact_write_items(
                TransactItems=[
                    self._put_profile(citizen, stored),
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": _record_item(record),
                            "ConditionExpression": "attribute_not_exists(pk)",
                        }
                    },
                ]
            )
        except self._client.exceptions.TransactionCanceledException as error:
            profile, *_ = error.response.get("CancellationReasons", []) or [{}]
            if profile.get("Code") in _LOST_RACE:
                raise ProfileChanged("the profile was changed since it was read") from None
            raise

    def _put_profile(self, citizen: CitizenId, stored: StoredProfile) -> TransactWriteItemTypeDef:
        item = {**_key(citizen, _PROFILE), **_profile_attributes(stored)}
        if stored.version == 1:
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
                "ExpressionAttributeValues": {":before": {"N": str(stored.version - 1)}},
            }
        }


def _key(citizen: CitizenId, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"CITIZEN#{citizen}"}, "sk": {"S": sort}}


def _profile_attributes(stored: StoredProfile) -> dict[str, Any]:
    profile = stored.profile
    item: dict[str, Any] = {
        "dataClass": {"S": DataClass.CLOSED.value},
        "version": {"N": str(stored.version)},
        "language": {"S": profile.language.value},
        "interests": {"L": [{"S": interest} for interest in profile.interests]},
        "channels": {"L": [{"S": channel.value} for channel in profile.channels]},
    }
    for name in _TEXTS:
        value = getattr(profile, name)
        if value is not None:
            item[MEMBERS[name]] = {"S": value}
    if profile.gender is not None:
        item["gender"] = {"S": profile.gender.value}
    if profile.birth_date is not None:
        item["birthDate"] = {"S": profile.birth_date.isoformat()}
    if stored.updated_at is not None:
        item["updatedAt"] = {"S": to_iso(stored.updated_at)}
    return item


def _record_item(record: AccessRecord) -> dict[str, Any]:
    return {
        **_key(record.subject, f"RECORD#{record.id}"),
        "dataClass": {"S": DataClass.CLOSED.value},
        "actor": {"S": record.actor.value},
        "actorId": {"S": record.actor_id},
        "application": {"S": record.application or ""},
        "act": {"S": record.act.value},
        "members": {"L": [{"S": member} for member in record.members]},
        "purpose": {"S": record.purpose.value},
        "at": {"S": to_iso(record.at)},
        "request": {"S": record.request},
    }


def _record(citizen: CitizenId, item: dict[str, Any]) -> AccessRecord:
    application = item["application"]["S"]
    return AccessRecord(
        id=item["sk"]["S"].removeprefix(_RECORD),
        subject=citizen,
        actor=PrincipalKind(item["actor"]["S"]),
        actor_id=CitizenId(item["actorId"]["S"]),
        application=ApplicationId(application) if application else None,
        act=Act(item["act"]["S"]),
        members=_list(item["members"]),
        purpose=Purpose(item["purpose"]["S"]),
        at=datetime.fromisoformat(item["at"]["S"]),
        request=item["request"]["S"],
    )


def _stored(item: dict[str, Any]) -> StoredProfile:
    texts = {name: item[MEMBERS[name]]["S"] if MEMBERS[name] in item else None for name in _TEXTS}
    return StoredProfile(
        profile=Profile(
            **texts,
            birth_date=date.fromisoformat(item["birthDate"]["S"]) if "birthDate" in item else None,
            gender=Gender(item["gender"]["S"]) if "gender" in item else None,
            interests=_list(item.get("interests", _NOTHING)),
            language=Language(item["language"]["S"]),
            channels=_channels(item),
        ),
        version=int(item["version"]["N"]),
        updated_at=datetime.fromisoformat(item["updatedAt"]["S"]) if "updatedAt" in item else None,
    )


def _channels(item: dict[str, Any]) -> tuple[Channel, ...]:
    # Profiles kept before there were channels say only whether mails are wanted.
    if "channels" not in item:
        return (Channel.EMAIL,) if item["notifyByEmail"]["BOOL"] else ()
    return tuple(Channel(channel) for channel in _list(item["channels"]))


def _list(attribute: dict[str, Any]) -> tuple[str, ...]:
    return tuple(each["S"] for each in attribute["L"])
