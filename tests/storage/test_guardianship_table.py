"""Guardianships in DynamoDB: both sides or none."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from machi.consent.guardianship import Approval, Evidence, Power, approved, protected, requested
from machi.core.errors import Conflict
from machi.storage.guardianship_table import GuardianshipTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.consent.builders import NOON
from tests.unit.consent.test_guardianship import BORN, CHILD, MOTHER

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

ASKED = requested(MOTHER, CHILD, frozenset(Power), NOON)
GRANTED = approved(ASKED, Approval("staff-1", Evidence.RESIDENT_RECORD, BORN), child_age=16, at=NOON)


def history(client: "DynamoDBClient", citizen: str) -> list[str]:
    answer = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{citizen}"}, ":sk": {"S": "HISTORY#"}},
    )
    return [item["state"]["S"] for item in answer["Items"]]


def test_it_is_found_from_both_sides(client: "DynamoDBClient") -> None:
    table = GuardianshipTable(client, TABLE)
    table.save(ASKED, before=None)
    table.save(GRANTED, before=1)
    assert table.find(MOTHER, CHILD) == (GRANTED, 2)
    assert table.of_child(CHILD) == table.of_guardian(MOTHER) == [GRANTED]
    assert sorted(history(client, CHILD)) == sorted(history(client, MOTHER)) == ["active", "requested"]


def test_whoever_starts_from_an_old_state_loses(client: "DynamoDBClient") -> None:
    table = GuardianshipTable(client, TABLE)
    table.save(ASKED, before=None)
    table.save(GRANTED, before=1)
    for before in (None, 1):
        with pytest.raises(Conflict):
            table.save(replace(ASKED, approver="late"), before=before)
    assert table.of_guardian(MOTHER) == [GRANTED]


def test_a_protection_stands_in_the_history_of_the_child_alone(client: "DynamoDBClient") -> None:
    table = GuardianshipTable(client, TABLE)
    table.save(ASKED, before=None)
    table.save(GRANTED, before=1)
    table.save(protected(GRANTED, NOON), before=2)
    assert len(history(client, CHILD)) == 3
    assert len(history(client, MOTHER)) == 2
