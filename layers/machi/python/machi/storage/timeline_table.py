"""A citizen's timeline in the `people` table: `CITIZEN#{subject}` / `HISTORY#{time}#{id}`.

Written by the tables of consents, disclosures and guardianships, read here in one query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from machi.consent.disclosure import Way
from machi.consent.guardianship import EndedBy, GuardianshipChange, Power
from machi.consent.record import EventKind
from machi.consent.timeline import EntryKind, GuardianshipNote, Side, Sieve, Sort, TimelineEntry, TimelinePage
from machi.core.clock import to_iso
from machi.core.ids import CitizenId, DataItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PREFIX = "HISTORY#"
_LAST = "\x7f"
"""Sorts behind every key of an entry."""
_ENTRY = re.compile(r"[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}")
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_ROUNDING = timedelta(milliseconds=2)
_LOOKED_THROUGH = 1_000
"""Items that one query looks at where not all are wanted; less than the 1 MB that it may read."""
_MOST_QUERIES = 5
"""For one page; a page that found too little by then says where to go on."""
_CONDITIONS: dict[Sort, str] = {
    Sort.CONSENT: "kind = :consent",
    Sort.DISCLOSURE: "kind = :disclosure AND way <> :look",
    Sort.STAFF_VIEW: "way = :look",
    Sort.GUARDIANSHIP: "kind = :guardianship",
}
# Who looked among staff is no application, whatever the name.
_OF_APPLICATION = "(application = :application OR (recipient = :application AND way <> :look))"
_COMPARED = {
    ":consent": EntryKind.CONSENT.value,
    ":disclosure": EntryKind.DISCLOSURE.value,
    ":guardianship": EntryKind.GUARDIANSHIP.value,
    ":look": Way.STAFF_VIEW.value,
}


class TimelineTable:
    """Implements `machi.consent.timeline.TimelineRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def latest(self, subject: CitizenId, *, before: str | None, limit: int) -> Sequence[TimelineEntry]:
        """One query, newest first (1 RCU for each 4 KB), strongly consistent: what just happened is there."""
        # Between counts its end too, so one more is asked for than is wanted.
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": f"CITIZEN#{subject}"},
                ":first": {"S": _PREFIX},
                ":last": {"S": _PREFIX + (before or _LAST)},
            },
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit + 1,
        )
        entries = [_entry(item) for item in answer["Items"]]
        return [entry for entry in entries if entry.cursor != before][:limit]

    def sifted(self, subject: CitizenId, only: Sieve, *, before: str | None, limit: int) -> TimelinePage:
        """Up to five queries over a thousand entries each, newest first, strongly consistent."""
        found: list[TimelineEntry] = []
        position = before
        for _ in range(_MOST_QUERIES):
            answer = self._sift(subject, only, position, limit)
            entries = [_entry(item) for item in answer["Items"]]
            found += [entry for entry in entries if entry.cursor != position]
            if len(found) > limit:
                return TimelinePage(tuple(found[:limit]), found[limit - 1].cursor)
            if "LastEvaluatedKey" not in answer:
                return TimelinePage(tuple(found), None)
            position = answer["LastEvaluatedKey"]["sk"]["S"].removeprefix(_PREFIX)
        return TimelinePage(tuple(found), position)

    def _sift(self, subject: CitizenId, only: Sieve, before: str | None, limit: int) -> Any:  # noqa: ANN401  (an answer of the client)
        conditions = [] if only.sort is None else [_CONDITIONS[only.sort]]
        if only.application is not None:
            conditions.append(_OF_APPLICATION)
        condition = " AND ".join(conditions)
        named = {**_COMPARED, ":application": only.application or ""}
        values = {name: value for name, value in named.items() if name in re.findall(r":\w+", condition)}
        values |= {":pk": f"CITIZEN#{subject}", ":first": _PREFIX, ":last": _PREFIX + (before or _LAST)}
        sieve: dict[str, Any] = {"FilterExpression": condition} if condition else {}
        return self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=_LOOKED_THROUGH if condition else min(limit + 2, _LOOKED_THROUGH),
            **sieve,
        )

    def entry(self, subject: CitizenId, entry: str) -> TimelineEntry | None:
        """One query around the moment that the id names (1 RCU for each 4 KB), strongly consistent."""
        if not _ENTRY.fullmatch(entry):
            return None
        at = _moment_of(entry)
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": f"CITIZEN#{subject}"},
                # The id's milliseconds may be rounded the other way than the key's.
                ":first": {"S": _PREFIX + to_iso(at - _ROUNDING)},
                ":last": {"S": _PREFIX + to_iso(at + _ROUNDING) + _LAST},
            },
            ConsistentRead=True,
        )
        found = (each for each in map(_entry, answer["Items"]) if each.id == entry)
        return next(found, None)


def _moment_of(entry: str) -> datetime:
    """When an id was made (`machi.core.ids.new_id`): 48 bits of milliseconds lead it."""
    number = 0
    for digit in entry.partition("_")[2]:
        number = number << 5 | _CROCKFORD.index(digit)
    return datetime.fromtimestamp((number >> 80) / 1000, UTC)


def _entry(item: dict[str, Any]) -> TimelineEntry:
    kind = EntryKind(item["kind"]["S"])
    if kind is EntryKind.GUARDIANSHIP:
        return _guardianship_entry(item)
    is_consent = kind is EntryKind.CONSENT
    return TimelineEntry(
        id=item["id"]["S"],
        at=datetime.fromisoformat(item["sk"]["S"].split("#")[1]).astimezone(UTC),
        kind=kind,
        party=item["application" if is_consent else "recipient"]["S"],
        items=tuple(DataItem(each["S"]) for each in item["items"]["L"]),
        event=EventKind(item["event"]["S"]) if is_consent else None,
        way=None if is_consent else Way(item["way"]["S"]),
        purpose=None if is_consent else item["purpose"]["S"],
        revision=int(item["revision"]["N"]) if is_consent else None,
        is_by_guardian=is_consent and item["isGuardian"]["BOOL"],
    )


def _guardianship_entry(item: dict[str, Any]) -> TimelineEntry:
    is_child = item["pk"]["S"] == f"CITIZEN#{item['child']['S']}"
    change = GuardianshipChange(item["state"]["S"])
    if item["isProtected"]["BOOL"] and change is GuardianshipChange.ACTIVE:
        change = GuardianshipChange.PROTECTED
    ended_by = item["endedBy"]["S"]
    return TimelineEntry(
        id=item["id"]["S"],
        at=datetime.fromisoformat(item["at"]["S"]).astimezone(UTC),
        kind=EntryKind.GUARDIANSHIP,
        party="",
        guardianship=GuardianshipNote(
            side=Side.CHILD if is_child else Side.GUARDIAN,
            change=change,
            power=Power(item["power"]["S"]) if "power" in item else None,
            ended_by=EndedBy(ended_by) if ended_by else None,
        ),
    )
