"""Agreements, consents and disclosures in DynamoDB: the same promises as the repositories make."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from machi.applications import ApplicationState
from machi.consent.consents import Consents
from machi.consent.disclosure import ChainHead, Disclosure, Fault, Way, first_fault
from machi.consent.record import Actor, ConsentState, EventKind, requested
from machi.consent.releases import Releases
from machi.consent.remembered import RememberedAgreements, RememberedStates
from machi.consent.repositories import ConsentChange
from machi.core.errors import Conflict
from machi.core.ids import CitizenId, ConsentId, DataItem
from machi.storage.agreement_table import AgreementTable
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from tests.unit.consent.builders import ADVICE, HANAKO, KENCOM, NOON, agreement, asks, choice, consent_to
from tests.unit.consent.memory import MemoryStates

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "people"


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with mock_aws():
        made = boto3.client(
            "dynamodb", region_name="ap-northeast-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        made.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        yield made


# -- agreements --------------------------------------------------------------------------------------


def test_a_revision_comes_back_as_it_was_kept(client: "DynamoDBClient") -> None:
    table = AgreementTable(client, TABLE)
    table.add(agreement(1))
    assert table.find(KENCOM, 1) == table.current(KENCOM) == agreement(1)
    assert table.find(KENCOM, 2) is None


def test_a_revision_is_kept_once(client: "DynamoDBClient") -> None:
    table = AgreementTable(client, TABLE)
    table.add(agreement(1))
    with pytest.raises(Conflict):
        table.add(agreement(1, purpose="advertising"))
    assert table.find(KENCOM, 1) == agreement(1)


def test_only_an_approved_revision_is_current(client: "DynamoDBClient") -> None:
    table = AgreementTable(client, TABLE)
    table.add(agreement(1))
    table.add(agreement(2, approver=None))
    assert table.current(KENCOM) == agreement(1)
    assert table.latest(KENCOM) == agreement(2, approver=None)
    table.decide(agreement(2))
    assert table.current(KENCOM) == agreement(2)


def test_a_revision_is_decided_once(client: "DynamoDBClient") -> None:
    table = AgreementTable(client, TABLE)
    table.add(agreement(1, approver=None))
    table.decide(agreement(1, approver=None).rejected_by("staff-2"))
    with pytest.raises(Conflict):
        table.decide(agreement(1))
    assert table.current(KENCOM) is None


# -- consents ----------------------------------------------------------------------------------------


def test_a_consent_comes_back_as_it_was_kept(client: "DynamoDBClient") -> None:
    table, consent = ConsentTable(client, TABLE), consent_to(agreement(), "name", "birthDate")
    table.save(ConsentChange(None, consent, ()))
    stored = table.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent == consent
    assert table.all_of(HANAKO) == [stored]
    assert table.all_of(CitizenId("taro")) == []


def test_of_two_first_records_one_is_kept(client: "DynamoDBClient") -> None:
    table = ConsentTable(client, TABLE)
    first, event = requested(agreement(), HANAKO, NOON)
    table.save(ConsentChange(None, first, (event,)))
    second, other_event = requested(agreement(), HANAKO, NOON)
    with pytest.raises(Conflict):
        table.save(ConsentChange(None, second, (other_event,)))
    assert _history(client) == [event.id]


def test_a_change_of_a_record_that_moved_on_keeps_nothing(client: "DynamoDBClient") -> None:
    table, agreements = ConsentTable(client, TABLE), AgreementTable(client, TABLE)
    agreements.add(agreement())
    consents = Consents(table, agreements, clock=lambda: NOON)
    consents.request(HANAKO, KENCOM)
    stale = table.find(HANAKO, KENCOM)
    consents.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))
    with pytest.raises(Conflict):
        table.save(ConsentChange(stale, consent_to(agreement(), "name", "birthDate", "ward"), ()))
    stored = table.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.items == {"name", "birthDate"}


def test_a_whole_life_leaves_every_event(client: "DynamoDBClient") -> None:
    agreements = AgreementTable(client, TABLE)
    agreements.add(agreement())
    moments = iter(NOON + timedelta(minutes=minute) for minute in range(100))
    consents = Consents(ConsentTable(client, TABLE), agreements, clock=lambda: next(moments))
    consents.request(HANAKO, KENCOM)
    consents.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))
    ended = consents.withdraw_everything(HANAKO, Actor(HANAKO))
    assert [consent.state for consent in ended] == [ConsentState.WITHDRAWN]
    answer = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{HANAKO}"}, ":sk": {"S": "HISTORY#"}},
    )
    kinds = [item["event"]["S"] for item in answer["Items"]]
    assert kinds == [EventKind.REQUESTED, EventKind.GIVEN, EventKind.WITHDRAWN]


# -- disclosures -------------------------------------------------------------------------------------


def disclosure(number: int = 1, subject: CitizenId = HANAKO) -> Disclosure:
    return Disclosure(
        id=f"dis_{number:04d}",
        subject=subject,
        recipient=KENCOM,
        way=Way.USERINFO,
        items=(DataItem("name"),),
        purpose=ADVICE,
        consent=ConsentId("con_1"),
        request=f"req-{number}",
        at=NOON + timedelta(seconds=number),
    )


def test_records_stand_in_one_chain_a_citizen(client: "DynamoDBClient") -> None:
    table = DisclosureTable(client, TABLE)
    for number in range(1, 4):
        table.append(disclosure(number))
    table.append(disclosure(9, CitizenId("taro")))
    records, head = table.chain_of(HANAKO)
    assert [record.sequence for record in records] == [1, 2, 3]
    assert head.sequence == 3
    assert first_fault(records, head) is None


def test_whoever_loses_a_race_stands_behind_the_winner(client: "DynamoDBClient") -> None:
    loser = DisclosureTable(client, TABLE, pause=lambda _: None)
    heads = iter([ChainHead(), None])  # what a reader saw before the winner wrote
    fresh = loser.head_of
    loser.head_of = lambda subject: next(heads) or fresh(subject)  # type: ignore[method-assign]
    DisclosureTable(client, TABLE).append(disclosure(1))
    assert loser.append(disclosure(2)).sequence == 2
    records, head = DisclosureTable(client, TABLE).chain_of(HANAKO)
    assert [record.id for record in records] == ["dis_0001", "dis_0002"]
    assert first_fault(records, head) is None


def test_a_chain_that_others_hold_all_the_time_takes_nothing(client: "DynamoDBClient") -> None:
    table = DisclosureTable(client, TABLE, pause=lambda _: _somebody_else_appends(client))
    _somebody_else_appends(client)
    key = {
        "pk": {"S": f"CITIZEN#{HANAKO}"},
        "sk": {"S": f"HISTORY#2026-11-24T03:00:01.000Z#{disclosure().id}"},
    }
    client.put_item(TableName=TABLE, Item=key)  # the place is taken: no transaction can succeed
    with pytest.raises(Conflict):
        table.append(disclosure())


def _somebody_else_appends(client: "DynamoDBClient") -> None:
    number = len(_history(client)) + 100
    DisclosureTable(client, TABLE, pause=lambda _: None).append(disclosure(number))


def test_a_record_tampered_with_in_the_table_is_named(client: "DynamoDBClient") -> None:
    table = DisclosureTable(client, TABLE)
    placed = [table.append(disclosure(number)) for number in range(1, 6)]
    sort = f"HISTORY#2026-11-24T03:00:03.000Z#{placed[2].id}"
    key = {"pk": {"S": f"CITIZEN#{HANAKO}"}, "sk": {"S": sort}}
    client.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET purpose = :other",
        ExpressionAttributeValues={":other": {"S": "nothing to see"}},
    )
    fault = first_fault(*table.chain_of(HANAKO))
    assert fault is not None
    assert (fault.sequence, fault.fault) == (3, Fault.CHANGED)
    client.delete_item(TableName=TABLE, Key=key)
    fault = first_fault(*table.chain_of(HANAKO))
    assert fault is not None
    assert (fault.sequence, fault.fault) == (3, Fault.MISSING)


def test_what_is_read_back_is_what_was_written(client: "DynamoDBClient") -> None:
    table = DisclosureTable(client, TABLE)
    staff = replace(disclosure(), way=Way.STAFF_VIEW, consent=None)
    placed = table.append(staff)
    records, _ = table.chain_of(HANAKO)
    assert records == [placed]


def _history(client: "DynamoDBClient") -> list[str]:
    answer = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{HANAKO}"}, ":sk": {"S": "HISTORY#"}},
    )
    return [item["sk"]["S"].rpartition("#")[2] for item in answer["Items"]]


def test_a_decision_costs_one_read(client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> None:
    agreements, consents = AgreementTable(client, TABLE), ConsentTable(client, TABLE)
    agreements.add(agreement(1))
    consents.save(ConsentChange(None, consent_to(agreement(1), "name", "birthDate"), ()))
    releases = Releases(
        applications=RememberedStates(MemoryStates({KENCOM: ApplicationState.PRODUCTION})),
        agreements=RememberedAgreements(agreements),
        consents=consents,
        disclosures=DisclosureTable(client, TABLE),
        clock=lambda: NOON,
    )
    assert releases.decide(asks("name")).is_complete
    calls: list[str] = []
    call = client._make_api_call  # type: ignore[attr-defined]

    def counted(operation: str, parameters: dict[str, object]) -> object:
        calls.append(operation)
        return call(operation, parameters)

    monkeypatch.setattr(client, "_make_api_call", counted)
    assert releases.decide(asks("name")).is_complete
    assert calls == ["GetItem"]
