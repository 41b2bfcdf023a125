"""Personal entities, grants, pseudonyms and declared types in DynamoDB."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from machi.consent.record import Actor, requested, superseded, withdrawn
from machi.consent.repositories import ConsentChange, Grant, StoredConsent
from machi.core.errors import Conflict
from machi.core.ids import CitizenId, ConsentId, EntityId
from machi.ngsild.entity import DEFAULT_VOCABULARY, Entity
from machi.ngsild.repositories import Write
from machi.storage.consent_table import ConsentTable
from machi.storage.personal_catalogue_table import PersonalCatalogueTable
from machi.storage.personal_table import PersonalTable
from machi.storage.pseudonym_table import PseudonymTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.consent.builders import HANAKO, KENCOM, NOON, agreement, consent_to
from tests.unit.personal.city import ACTIVITY, SUBJECT, TYPE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

TARO = CitizenId("taro")
ID = EntityId("urn:ngsi-ld:HealthActivity:232033:kencom:1")
AT = "2026-11-24T03:00:00.000Z"


def entity(name: str = ID, steps: int = 1) -> Entity:
    return {
        "id": name,
        "type": [TYPE],
        "createdAt": AT,
        "modifiedAt": AT,
        "attrs": {
            SUBJECT: [{"type": "Relationship", "object": "urn:x", "createdAt": AT, "modifiedAt": AT}],
            DEFAULT_VOCABULARY + "steps": [
                {"type": "Property", "value": steps, "createdAt": AT, "modifiedAt": AT}
            ],
        },
    }


def test_an_entity_is_kept_with_its_citizen(client: "DynamoDBClient") -> None:
    table = PersonalTable(client, TABLE)
    stored = table.write(HANAKO, Write(None, entity()))
    assert stored is not None
    assert table.owner_of(ID) == HANAKO
    assert table.get(HANAKO, ID) == stored
    assert table.get(TARO, ID) is None
    assert table.all_of(HANAKO, [TYPE]) == [stored]
    assert table.all_of(HANAKO, ["urn:other"]) == table.all_of(TARO, [TYPE]) == []


def test_an_id_is_given_once(client: "DynamoDBClient") -> None:
    table = PersonalTable(client, TABLE)
    table.write(HANAKO, Write(None, entity()))
    for citizen in (HANAKO, TARO):
        with pytest.raises(Conflict):
            table.write(citizen, Write(None, entity(steps=2)))
    assert table.owner_of(ID) == HANAKO


def test_whoever_starts_from_an_old_state_loses(client: "DynamoDBClient") -> None:
    table = PersonalTable(client, TABLE)
    first = table.write(HANAKO, Write(None, entity()))
    second = table.write(HANAKO, Write(first, entity(steps=2)))
    for late in (Write(first, entity(steps=3)), Write(first, None)):
        with pytest.raises(Conflict):
            table.write(HANAKO, late)
    assert table.get(HANAKO, ID) == second


def test_deleted_is_deleted_with_its_owner(client: "DynamoDBClient") -> None:
    table = PersonalTable(client, TABLE)
    stored = table.write(HANAKO, Write(None, entity()))
    assert table.write(HANAKO, Write(stored, None)) is None
    assert table.owner_of(ID) is None
    assert table.get(HANAKO, ID) is None


def test_a_grant_stands_while_the_consent_is_given(client: "DynamoDBClient") -> None:
    table, agreed = ConsentTable(client, TABLE), agreement()
    waiting, asked = requested(agreed, HANAKO, NOON)
    table.save(ConsentChange(None, waiting, (asked,)))
    assert list(table.grants_to(KENCOM, None)) == []
    consent = replace(consent_to(agreed, "name", "birthDate"), id=waiting.id)
    table.save(ConsentChange(StoredConsent(waiting, 1), consent, ()))
    assert list(table.grants_to(KENCOM, None)) == [Grant(waiting.id, HANAKO)]
    fewer = replace(consent, items=agreed.required)
    table.save(ConsentChange(StoredConsent(consent, 2), fewer, ()))
    assert list(table.grants_to(KENCOM, None)) == [Grant(waiting.id, HANAKO)]
    ended, event = withdrawn(fewer, Actor(HANAKO), NOON)
    table.save(ConsentChange(StoredConsent(fewer, 3), ended, (event,)))
    assert list(table.grants_to(KENCOM, None)) == []


def test_a_consent_that_another_takes_the_place_of_is_no_grant(client: "DynamoDBClient") -> None:
    table, agreed = ConsentTable(client, TABLE), agreement()
    first = consent_to(agreed, "name", "birthDate")
    table.save(ConsentChange(None, first, ()))
    _, event = superseded(first, None, NOON)
    second = replace(first, id=ConsentId("con_zzz"))
    table.save(ConsentChange(StoredConsent(first, 1), second, (event,)))
    assert list(table.grants_to(KENCOM, None)) == [Grant(ConsentId("con_zzz"), HANAKO)]


def test_grants_come_in_the_order_of_consents_from_one_on(client: "DynamoDBClient") -> None:
    table = ConsentTable(client, TABLE)
    for number in (3, 1, 2):
        consent = replace(
            consent_to(agreement(), "name", "birthDate"),
            id=ConsentId(f"con_{number}"),
            subject=CitizenId(f"citizen-{number}"),
        )
        table.save(ConsentChange(None, consent, ()))
    assert [grant.consent for grant in table.grants_to(KENCOM, ConsentId("con_2"))] == ["con_2", "con_3"]


def test_a_pseudonym_leads_back_once_it_was_given_away(client: "DynamoDBClient") -> None:
    table = PseudonymTable(client, TABLE)
    assert table.subject_of("abc") is None
    for _ in range(2):
        table.remember("abc", HANAKO)
    assert table.subject_of("abc") == HANAKO


def test_a_declared_type_comes_back_and_is_read_twice_a_minute(client: "DynamoDBClient") -> None:
    now = [0.0]
    table = PersonalCatalogueTable(client, TABLE, seconds=lambda: now[0])
    assert table.types() == {}
    PersonalCatalogueTable(client, TABLE).declare(ACTIVITY)
    assert table.types() == {}
    now[0] = 31
    assert table.types() == {TYPE: ACTIVITY}
