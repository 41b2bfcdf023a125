"""Accounts in the `people` table (closed class); keys as in `machi.storage.account_items`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from machi.core.clock import to_iso
from machi.core.ids import CitizenId
from machi.identity.account import (
    HALF_DONE,
    Account,
    AccountClosing,
    AccountState,
    LoginIdChange,
    OwedSignOut,
)
from machi.identity.login_id import LoginId, skeleton
from machi.identity.registration import LoginIdTaken
from machi.identity.terms import Acceptance
from machi.storage.account_items import account_key, account_of, due_key, login_key, update_of_account
from machi.storage.people_keys import (
    CLOSED,
    ConditionFailed,
    iso,
    moment,
    seconds,
    text,
    write_together,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CLOSURE, _CHANGE, _SIGN_OUT = "CLOSURE", "LOGIN", "SIGNOUT"
_HELD = timedelta(days=1)
_MINE = "holder = :me"
_MINE_AND_HELD = f"attribute_not_exists(pk) OR ({_MINE} AND attribute_exists(#expires))"
_FREE = f"attribute_not_exists(pk) OR {_MINE} OR #expires < :now"


class AccountTable:
    """Implements `machi.identity.account.AccountRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def find(self, citizen: CitizenId) -> Account | None:
        """Read one, strongly consistent (1 RCU)."""
        answer = self._client.get_item(TableName=self._table, Key=account_key(citizen), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else account_of(citizen, item)

    def accept(self, citizen: CitizenId, acceptance: Acceptance) -> None:
        """Write what was accepted (1 WCU)."""
        self._client.update_item(**update_of_account(self._table, citizen, acceptance, acceptance.at, None))

    def begin_change(self, change: LoginIdChange) -> None:
        """Hold the new login ID and note the change (4 WCU).

        Raises:
            LoginIdTaken: somebody else has it, or one like it.
        """
        note = {**_change_key(change), **CLOSED, "subject": text(change.subject), "at": iso(change.asked_at)}
        if change.before is not None:
            note["before"] = text(change.before)
        if change.after is not None:
            note["after"] = text(change.after)
        writes: list[dict[str, Any]] = [{"Put": {"TableName": self._table, "Item": note}}]
        if change.after is not None and not _looks_the_same(change):
            writes.append(self._hold(change.subject, change.after, change.asked_at))
        try:
            write_together(self._client, writes)
        except ConditionFailed:
            raise LoginIdTaken("this login ID is taken") from None

    def end_change(self, change: LoginIdChange) -> None:
        """Own the new login ID, release the old one, drop the note (4 to 8 WCU)."""
        update: dict[str, Any] = {
            "TableName": self._table,
            "Key": account_key(change.subject),
            "UpdateExpression": "SET dataClass = :closed REMOVE loginId",
            "ExpressionAttributeValues": {":closed": CLOSED["dataClass"]},
        }
        if change.after is not None:
            update["UpdateExpression"] = "SET dataClass = :closed, loginId = :after"
            update["ExpressionAttributeValues"][":after"] = text(change.after)
        writes = [{"Update": update}, self._drop_note(change)]
        if change.after is not None:
            writes.append({"Put": {"TableName": self._table, "Item": _owned(change.subject, change.after)}})
        if change.before is not None and not _looks_the_same(change):
            writes.append({"Delete": {"TableName": self._table, "Key": login_key(change.before)}})
        write_together(self._client, writes)

    def undo_change(self, change: LoginIdChange) -> None:
        """Release the new login ID and drop the note (2 or 4 WCU)."""
        writes = [self._drop_note(change)]
        if change.after is not None and not _looks_the_same(change):
            release = {
                "TableName": self._table,
                "Key": login_key(change.after),
                "ConditionExpression": _MINE_AND_HELD,
                "ExpressionAttributeNames": {"#expires": "expires"},
                "ExpressionAttributeValues": {":me": text(change.subject)},
            }
            writes.append({"Delete": release})
        try:
            write_together(self._client, writes)
        except ConditionFailed:
            write_together(self._client, writes[:1])  # the login ID is another's by now

    def changes_due(self, now: datetime, most: int) -> Sequence[LoginIdChange]:
        """One query (0.5 RCU for 4 KB)."""
        return [
            LoginIdChange(
                subject=CitizenId(item["subject"]["S"]),
                before=LoginId(item["before"]["S"]) if "before" in item else None,
                after=LoginId(item["after"]["S"]) if "after" in item else None,
                asked_at=moment(item, "at"),
            )
            for item in self._due(_CHANGE, now, most)
        ]

    def owe_sign_out(self, owed: OwedSignOut) -> None:
        """Write a note (1 WCU)."""
        note = {**_owed_key(owed), **CLOSED, "subject": text(owed.subject), "at": iso(owed.asked_at)}
        self._client.put_item(TableName=self._table, Item=note)

    def settle_sign_out(self, owed: OwedSignOut) -> None:
        """Delete the note (1 WCU)."""
        self._client.delete_item(TableName=self._table, Key=_owed_key(owed))

    def sign_outs_due(self, now: datetime, most: int) -> Sequence[OwedSignOut]:
        """One query (0.5 RCU for 4 KB)."""
        return [
            OwedSignOut(CitizenId(item["subject"]["S"]), moment(item, "at"))
            for item in self._due(_SIGN_OUT, now, most)
        ]

    def close(self, citizen: CitizenId, closes_at: datetime) -> datetime:
        """Write the wish and the note for the sweep together (4 WCU).

        Raises:
            AccountClosing: it is being removed.
        """
        update = {
            "TableName": self._table,
            "Key": account_key(citizen),
            "UpdateExpression": "SET #state = :closing, closesAt = :at, dataClass = :closed",
            "ConditionExpression": "attribute_not_exists(#state) OR #state = :active",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":closing": text(AccountState.CLOSING),
                ":active": text(AccountState.ACTIVE),
                ":at": iso(closes_at),
                ":closed": CLOSED["dataClass"],
            },
        }
        note = {**due_key(_CLOSURE, closes_at, citizen), **CLOSED, "subject": text(citizen)}
        try:
            write_together(
                self._client, [{"Update": update}, {"Put": {"TableName": self._table, "Item": note}}]
            )
        except ConditionFailed:
            account = self.find(citizen)
            if account is None or account.state is not AccountState.CLOSING or account.closes_at is None:
                raise AccountClosing("the account is being removed") from None
            return account.closes_at
        return closes_at

    def reopen(self, citizen: CitizenId) -> None:
        """Take the wish back and drop the note together (4 WCU).

        Raises:
            AccountClosing: it is being removed.
        """
        account = self.find(citizen)
        if account is None or account.state is AccountState.ACTIVE or account.closes_at is None:
            return
        update = {
            "TableName": self._table,
            "Key": account_key(citizen),
            "UpdateExpression": "SET #state = :active REMOVE closesAt",
            "ConditionExpression": "#state = :closing",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":closing": text(AccountState.CLOSING),
                ":active": text(AccountState.ACTIVE),
            },
        }
        note = due_key(_CLOSURE, account.closes_at, citizen)
        try:
            write_together(
                self._client, [{"Update": update}, {"Delete": {"TableName": self._table, "Key": note}}]
            )
        except ConditionFailed:
            found = self.find(citizen)
            if found is None or found.state is AccountState.DELETING:
                raise AccountClosing("the account is being removed") from None

    def closures_due(self, now: datetime, most: int) -> Sequence[CitizenId]:
        """One query (0.5 RCU for 4 KB)."""
        return [CitizenId(item["subject"]["S"]) for item in self._due(_CLOSURE, now, most)]

    def begin_removal(self, citizen: CitizenId, now: datetime) -> bool:
        """Pass the point of no return (1 WCU)."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=account_key(citizen),
                UpdateExpression="SET #state = :deleting",
                ConditionExpression="#state IN (:closing, :deleting) AND closesAt <= :now",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":closing": text(AccountState.CLOSING),
                    ":deleting": text(AccountState.DELETING),
                    ":now": iso(now),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def end_removal(self, citizen: CitizenId) -> None:
        """Delete account, login ID and note together (4 or 6 WCU)."""
        account = self.find(citizen)
        if account is None or account.closes_at is None:
            return
        keys = [account_key(citizen), due_key(_CLOSURE, account.closes_at, citizen)]
        writes: list[dict[str, Any]] = [{"Delete": {"TableName": self._table, "Key": each}} for each in keys]
        if account.login_id is not None:
            release = {
                "TableName": self._table,
                "Key": login_key(account.login_id),
                "ConditionExpression": f"attribute_not_exists(pk) OR {_MINE}",
                "ExpressionAttributeValues": {":me": text(citizen)},
            }
            writes.append({"Delete": release})
        try:
            write_together(self._client, writes)
        except ConditionFailed:
            write_together(self._client, writes[:2])  # the login ID is another's by now

    def _hold(self, citizen: CitizenId, login_id: LoginId, at: datetime) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._table,
                "Item": {**_owned(citizen, login_id), "expires": seconds(at + _HELD)},
                "ConditionExpression": _FREE,
                "ExpressionAttributeNames": {"#expires": "expires"},
                "ExpressionAttributeValues": {":me": text(citizen), ":now": seconds(at)},
            }
        }

    def _drop_note(self, change: LoginIdChange) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": _change_key(change)}}

    def _due(self, what: str, now: datetime, most: int) -> list[dict[str, Any]]:
        page = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk < :now",
            ExpressionAttributeValues={":pk": text(f"DUE#{what}"), ":now": text(to_iso(now) + "$")},
            Limit=most,
            ConsistentRead=True,
        )
        return list(page["Items"])


def _change_key(change: LoginIdChange) -> dict[str, Any]:
    return due_key(_CHANGE, change.asked_at + HALF_DONE, change.subject)


def _owed_key(owed: OwedSignOut) -> dict[str, Any]:
    return due_key(_SIGN_OUT, owed.asked_at + HALF_DONE, owed.subject)


def _owned(citizen: CitizenId, login_id: LoginId) -> dict[str, Any]:
    return {**login_key(login_id), **CLOSED, "holder": text(citizen), "loginId": text(login_id)}


def _looks_the_same(change: LoginIdChange) -> bool:
    return (
        change.before is not None
        and change.after is not None
        and skeleton(change.before) == skeleton(change.after)
    )
