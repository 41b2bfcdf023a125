"""Sign-ins in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| one sign-in | `CITIZEN#{subject}` | `DEVICE#{session}` |
| all that began before a time are over | `CITIZEN#{subject}` | `DEVICES` |

One that was signed out stays, with `signedOutAt`, as long as its refresh token might be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from machi.core.ids import ApplicationId, CitizenId
from machi.identity.devices import Device
from machi.storage.people_keys import CLOSED, citizen_key, iso, moment, seconds, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=40)
"""Longer than any client's refresh token lives (30 days)."""

ALL = "DEVICES"


class DeviceTable:
    """Implements `machi.identity.devices.DeviceRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def is_signed_out(
        self, citizen: CitizenId, session: str | None, authenticated_at: datetime | None
    ) -> bool:
        """True if the citizen put an end to this sign-in (two items at once, 2 RCU).

        For the authorizer: the tokens themselves go on to look genuine until they end.
        """
        keys = [citizen_key(citizen, ALL)]
        if session is not None:
            keys.append(citizen_key(citizen, f"DEVICE#{session}"))
        answer = self._client.batch_get_item(
            RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
        )
        if answer.get("UnprocessedKeys"):
            raise TimeoutError("the table did not answer in full")
        return any(_ends(item, session, authenticated_at) for item in answer["Responses"][self._table])

    def all_of(self, citizen: CitizenId) -> Sequence[Device]:
        """One query (0.5 RCU for 4 KB), newest first; ended ones and those cut off are left out."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": text(f"CITIZEN#{citizen}"), ":sk": text("DEVICE")},
            ConsistentRead=True,
        )
        items = [item for page in pages for item in page["Items"]]
        open_items = [item for item in items if item["sk"]["S"] != ALL and "signedOutAt" not in item]
        return sorted(map(_device, open_items), key=lambda device: device.last_seen_at, reverse=True)

    def see(self, citizen: CitizenId, device: Device) -> bool:
        """Write it, or that it was seen again (1 WCU); True if it is new."""
        answer = self._client.update_item(
            TableName=self._table,
            Key=citizen_key(citizen, f"DEVICE#{device.session}"),
            UpdateExpression=(
                "SET #session = :session, application = :application, #name = :name, lastSeenAt = :last,"
                " firstSeenAt = if_not_exists(firstSeenAt, :first), #expires = :expires, dataClass = :closed"
            ),
            ExpressionAttributeNames={"#session": "session", "#name": "name", "#expires": "expires"},
            ExpressionAttributeValues={
                ":session": text(device.session),
                ":application": text(device.application),
                ":name": text(device.name),
                ":first": iso(device.first_seen_at),
                ":last": iso(device.last_seen_at),
                ":expires": seconds(device.last_seen_at + KEPT),
                ":closed": CLOSED["dataClass"],
            },
            ReturnValues="ALL_OLD",
        )
        return not answer.get("Attributes")

    def sign_out(self, citizen: CitizenId, session: str, at: datetime) -> bool:
        """Mark one as ended (1 WCU); False if there is none."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=citizen_key(citizen, f"DEVICE#{session}"),
                UpdateExpression="SET signedOutAt = if_not_exists(signedOutAt, :at), #expires = :expires",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#expires": "expires"},
                ExpressionAttributeValues={":at": iso(at), ":expires": seconds(at + KEPT)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def sign_out_all(self, citizen: CitizenId, at: datetime, but: str | None) -> None:
        """Write the time before which no sign-in counts (1 WCU), then mark those known (1 WCU each)."""
        item: dict[str, Any] = {
            **citizen_key(citizen, ALL),
            **CLOSED,
            "before": iso(at),
            "expires": seconds(at + KEPT),
        }
        if but is not None:
            item["but"] = text(but)
        self._client.put_item(TableName=self._table, Item=item)
        for device in self.all_of(citizen):
            if device.session != but:
                self.sign_out(citizen, device.session, at)


def _ends(item: dict[str, Any], session: str | None, authenticated_at: datetime | None) -> bool:
    if item["sk"]["S"] != ALL:
        return "signedOutAt" in item
    if session is not None and item.get("but", {}).get("S") == session:
        return False
    # A token tells the second only in which its citizen signed in.
    before = moment(item, "before").replace(microsecond=0)
    return authenticated_at is None or authenticated_at < before


def _device(item: dict[str, Any]) -> Device:
    return Device(
        session=item["session"]["S"],
        application=ApplicationId(item["application"]["S"]),
        name=item["name"]["S"],
        first_seen_at=moment(item, "firstSeenAt"),
        last_seen_at=moment(item, "lastSeenAt"),
    )
