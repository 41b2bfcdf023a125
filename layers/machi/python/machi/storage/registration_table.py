"""Registrations in the `people` table (closed class): `REG#{id}` / `REG`, and `DUE#REGISTRATION`.

A registration that is not finished never expires: without it nobody would find the user it left in the
directory. What is finished goes after a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from machi.core.clock import to_iso
from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.identity.codes import KeptCode
from machi.identity.login_id import LoginId
from machi.identity.registration import (
    LIFETIME,
    LoginIdTaken,
    Registration,
    RegistrationState,
)
from machi.storage.account_items import (
    NAMES,
    acceptance_of,
    acceptance_values,
    due_key,
    login_key,
    update_of_account,
)
from machi.storage.people_keys import (
    CLOSED,
    ConditionFailed,
    iso,
    key,
    moment,
    seconds,
    text,
    write_together,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DUE = "REGISTRATION"
_HELD = LIFETIME + timedelta(hours=1)
_KEPT = timedelta(days=7)

_FREE = "attribute_not_exists(pk) OR #expires < :now OR (attribute_exists(#expires) AND emailHash = :email)"
"""Nobody's, held too long, or held for the same address: somebody begins again what was left half done."""


class RegistrationTable:
    """Implements `machi.identity.registration.RegistrationRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def begin(self, registration: Registration) -> None:
        """Write registration, note for the sweep and held login ID together (4 or 6 WCU).

        Raises:
            LoginIdTaken: nothing was kept.
        """
        writes = [
            self._put(_item(registration), "attribute_not_exists(pk)"),
            self._put({**_due(registration), **CLOSED}),
        ]
        if registration.login_id is not None:
            writes.append(self._hold(registration, registration.login_id))
        try:
            write_together(self._client, writes)
        except ConditionFailed:
            raise LoginIdTaken("this login ID is taken") from None

    def find(self, registration: str) -> Registration | None:
        """Read one, strongly consistent (1 RCU)."""
        answer = self._client.get_item(TableName=self._table, Key=_key(registration), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else _registration(item)

    def keep_login_id(self, registration: Registration) -> bool:
        """Hold the login ID for longer (1 WCU); False if another has it by now."""
        if registration.login_id is None:
            return False
        try:
            self._client.update_item(
                TableName=self._table,
                Key=login_key(registration.login_id),
                UpdateExpression="SET #expires = :until",
                ConditionExpression="holder = :id",
                ExpressionAttributeNames={"#expires": "expires"},
                ExpressionAttributeValues={
                    ":until": seconds(registration.expires_at + _KEPT),
                    ":id": text(registration.id),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def finish(
        self, registration: Registration, subject: CitizenId, code: KeptCode | None, at: datetime
    ) -> None:
        """Write account, login ID and end of the registration together (6 or 8 WCU).

        Raises:
            Conflict: it is not open any longer; nothing was changed.
        """
        login_id = registration.login_id
        writes = [
            self._end(registration.id, RegistrationState.CONFIRMED, at, code),
            {"Update": update_of_account(self._table, subject, registration.acceptance, at, login_id)},
            {"Delete": {"TableName": self._table, "Key": _due(registration)}},
        ]
        if login_id is not None:
            writes.append(self._own(registration, login_id, subject))
        write_together(self._client, writes)

    def close(self, registration: Registration) -> None:
        """Mark it as closing (1 WCU).

        Raises:
            Conflict: it was finished meanwhile.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(registration.id),
                UpdateExpression="SET #state = :closing",
                ConditionExpression="#state IN (:pending, :closing)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":pending": text(RegistrationState.PENDING),
                    ":closing": text(RegistrationState.CLOSING),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise Conflict("the registration was finished meanwhile") from None

    def give_up(self, registration: Registration) -> None:
        """Mark it as over, then release its login ID (5 WCU).

        Raises:
            Conflict: it was finished meanwhile; nothing was changed.
        """
        if registration.login_id is not None:
            self._release(registration, registration.login_id)
        write_together(
            self._client,
            [
                self._end(registration.id, RegistrationState.OVER, registration.expires_at, None),
                {"Delete": {"TableName": self._table, "Key": _due(registration)}},
            ],
        )

    def postpone(self, registration: Registration, until: datetime) -> None:
        """Move the note for the sweep (6 WCU)."""
        later = replace(registration, look_at=until)
        if until == registration.look_at:
            return
        write_together(
            self._client,
            [
                {
                    "Update": {
                        "TableName": self._table,
                        "Key": _key(registration.id),
                        "UpdateExpression": "SET lookAt = :until",
                        "ConditionExpression": "attribute_exists(pk)",
                        "ExpressionAttributeValues": {":until": iso(until)},
                    }
                },
                {"Delete": {"TableName": self._table, "Key": _due(registration)}},
                self._put({**_due(later), **CLOSED}),
            ],
        )

    def due(self, now: datetime, most: int) -> Sequence[Registration]:
        """One query of the notes (0.5 RCU for 4 KB), one read for each."""
        page = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk < :now",
            ExpressionAttributeValues={":pk": text(f"DUE#{_DUE}"), ":now": text(to_iso(now) + "$")},
            Limit=most,
            ConsistentRead=True,
        )
        found = (self.find(item["sk"]["S"].partition("#")[2]) for item in page["Items"])
        return [registration for registration in found if registration is not None]

    def _put(self, item: dict[str, Any], condition: str | None = None) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self._table, "Item": item}
        if condition is not None:
            put["ConditionExpression"] = condition
        return {"Put": put}

    def _hold(self, registration: Registration, login_id: LoginId) -> dict[str, Any]:
        put = self._put(
            {
                **login_key(login_id),
                **CLOSED,
                "holder": text(registration.id),
                "loginId": text(login_id),
                "emailHash": text(registration.email_hash),
                "expires": seconds(registration.started_at + _HELD),
            },
            _FREE,
        )
        put["Put"]["ExpressionAttributeNames"] = {"#expires": "expires"}
        put["Put"]["ExpressionAttributeValues"] = {
            ":now": seconds(registration.started_at),
            ":email": text(registration.email_hash),
        }
        return put

    def _own(self, registration: Registration, login_id: LoginId, subject: CitizenId) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": login_key(login_id),
                "UpdateExpression": "SET holder = :subject REMOVE #expires, emailHash",
                "ConditionExpression": "holder = :id",
                "ExpressionAttributeNames": {"#expires": "expires"},
                "ExpressionAttributeValues": {":subject": text(subject), ":id": text(registration.id)},
            }
        }

    def _release(self, registration: Registration, login_id: LoginId) -> None:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=login_key(login_id),
                ConditionExpression="holder = :id",
                ExpressionAttributeValues={":id": text(registration.id)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # another's by now

    def _end(
        self, registration: str, state: RegistrationState, at: datetime, code: KeptCode | None
    ) -> dict[str, Any]:
        values: dict[str, Any] = {
            ":state": text(state),
            ":expires": seconds(at + _KEPT),
            ":pending": text(RegistrationState.PENDING),
        }
        update, condition = "SET #state = :state, #expires = :expires", "#state = :pending"
        if code is None:
            condition = "#state IN (:pending, :closing, :over)"
            values |= {
                ":closing": text(RegistrationState.CLOSING),
                ":over": text(RegistrationState.OVER),
            }
        else:
            update += ", codeSalt = :salt, codeDigest = :digest"
            values |= {":salt": {"B": code.salt}, ":digest": {"B": code.digest}}
        return {
            "Update": {
                "TableName": self._table,
                "Key": _key(registration),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": NAMES,
                "ExpressionAttributeValues": values,
            }
        }


def _key(registration: str) -> dict[str, Any]:
    return key(f"REG#{registration}", "REG")


def _due(registration: Registration) -> dict[str, Any]:
    return due_key(_DUE, registration.look_at, registration.id)


def _item(registration: Registration) -> dict[str, Any]:
    item: dict[str, Any] = {
        **_key(registration.id),
        **CLOSED,
        **acceptance_values(registration.acceptance),
        "id": text(registration.id),
        "emailHash": text(registration.email_hash),
        "state": text(registration.state),
        "startedAt": iso(registration.started_at),
        "lookAt": iso(registration.look_at),
    }
    if registration.login_id is not None:
        item["loginId"] = text(registration.login_id)
    return item


def _registration(item: dict[str, Any]) -> Registration:
    acceptance = acceptance_of(item)
    if acceptance is None:
        raise RuntimeError("a registration without accepted terms")
    code = None
    if "codeSalt" in item:
        code = KeptCode(bytes(item["codeSalt"]["B"]), bytes(item["codeDigest"]["B"]))
    return Registration(
        id=item["id"]["S"],
        email_hash=item["emailHash"]["S"],
        acceptance=acceptance,
        started_at=moment(item, "startedAt"),
        look_at=moment(item, "lookAt"),
        login_id=LoginId(item["loginId"]["S"]) if "loginId" in item else None,
        state=RegistrationState(item["state"]["S"]),
        confirmed_by=code,
    )
