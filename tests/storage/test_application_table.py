"""The registry on DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from machi.applications import (
    Application,
    ApplicationState,
    RegisteredApplication,
    Registry,
    TooManyKeys,
    digest_of,
)
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId
from machi.core.principal import Scope
from machi.storage.application_table import ApplicationTable
from tests.aws_double import dynamodb, everything
from tests.unit.applications.builders import (
    KENCOM,
    KENCOM_CLIENT,
    NOON,
    kencom,
    partner,
    second_partner,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "city"
ELSEWHERE = "a-key-that-was-made-elsewhere"


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with dynamodb(TABLE) as client:
        yield client


@pytest.fixture
def table(client: "DynamoDBClient") -> ApplicationTable:
    return ApplicationTable(client, TABLE)


@pytest.fixture
def registry(table: ApplicationTable) -> Registry:
    return Registry(table, clock=lambda: NOON)


def test_an_application_comes_back_as_it_was_registered(registry: Registry, table: ApplicationTable) -> None:
    application = kencom(name="健康支援アプリ", scopes=frozenset(Scope))

    registry.register(application)
    key = registry.issue_key(KENCOM, "web server")

    found = table.find(KENCOM)
    assert found is not None
    assert found.application == application
    assert [(entry.digest, entry.label, entry.created_at) for entry in found.keys] == [
        (digest_of(key), "web server", NOON)
    ]
    assert table.find_by_key(digest_of(key)) == application
    assert table.find(ApplicationId("boshimo")) is None
    assert table.find_by_key(digest_of("another")) is None


def test_the_key_itself_is_nowhere_in_the_table(registry: Registry, client: "DynamoDBClient") -> None:
    registry.register(kencom())
    key = registry.issue_key(KENCOM, "web server")

    stored = repr(everything(client, TABLE))

    assert key not in stored
    assert key[15:] not in stored
    assert digest_of(key) in stored


def test_the_items_have_the_keys_and_the_class_that_others_rely_on(
    registry: Registry, client: "DynamoDBClient"
) -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "seed")

    items = {(item["pk"]["S"], item["sk"]["S"]): item for item in everything(client, TABLE).values()}

    assert items.keys() == {("APP#kencom", "APP"), (f"KEY#{digest_of(ELSEWHERE)}", "KEY")}
    assert all(item["dataClass"] == {"S": "limited"} for item in items.values())
    assert all(item["state"] == {"S": "sandbox"} for item in items.values())


def test_a_suspension_reaches_every_key_in_one_transaction(
    registry: Registry, table: ApplicationTable, client: "DynamoDBClient"
) -> None:
    registry.register(kencom())
    for number in range(10):
        registry.put_key(KENCOM, f"{ELSEWHERE}-{number}", "seed")

    registry.change_state(KENCOM, ApplicationState.SUSPENDED)

    assert {item["state"]["S"] for item in everything(client, TABLE).values()} == {"suspended"}
    with pytest.raises(TooManyKeys):
        registry.issue_key(KENCOM, "eleventh")
    assert len(everything(client, TABLE)) == 11


def test_a_revoked_key_is_gone(registry: Registry, table: ApplicationTable, client: "DynamoDBClient") -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "seed")

    registry.revoke_key(KENCOM, digest_of(ELSEWHERE))

    assert table.find_by_key(digest_of(ELSEWHERE)) is None
    assert len(everything(client, TABLE)) == 1


def test_a_change_from_an_old_version_changes_nothing(registry: Registry, table: ApplicationTable) -> None:
    registry.register(kencom())
    old = table.find(KENCOM)
    registry.put_key(KENCOM, ELSEWHERE, "seed")
    assert old is not None

    with pytest.raises(Conflict):
        table.change(old, replace(old, application=kencom(plan="internal"), version=old.version + 1))
    with pytest.raises(Conflict):
        table.change(None, RegisteredApplication(kencom(plan="internal"), version=1))

    found = table.find_by_key(digest_of(ELSEWHERE))
    assert isinstance(found, Application)
    assert found.plan == "standard"


def test_the_key_of_another_application_cannot_be_taken_over(
    registry: Registry, table: ApplicationTable
) -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "seed")
    registry.register(kencom(id=ApplicationId("boshimo")))

    with pytest.raises(Conflict):
        registry.put_key(ApplicationId("boshimo"), ELSEWHERE, "seed")

    boshimo = table.find(ApplicationId("boshimo"))
    assert boshimo is not None
    assert boshimo.keys == ()
    assert table.find_by_key(digest_of(ELSEWHERE)) == kencom()


def test_a_scope_that_this_version_does_not_know_opens_nothing(
    registry: Registry, table: ApplicationTable, client: "DynamoDBClient"
) -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, ELSEWHERE, "seed")
    client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"KEY#{digest_of(ELSEWHERE)}"}, "sk": {"S": "KEY"}},
        UpdateExpression="SET scopes = :scopes",
        ExpressionAttributeValues={":scopes": {"L": [{"S": "everything"}, {"S": "entities.read"}]}},
    )

    found = table.find_by_key(digest_of(ELSEWHERE))

    assert found is not None
    assert found.scopes == {Scope.ENTITIES_READ}


def test_other_failures_are_not_taken_for_a_lost_race(client: "DynamoDBClient") -> None:
    nowhere = ApplicationTable(client, "no-such-table")

    with pytest.raises(client.exceptions.ClientError):
        nowhere.change(None, RegisteredApplication(kencom(), version=1))


def test_an_application_is_found_by_its_client_in_its_present_state(
    registry: Registry, table: ApplicationTable
) -> None:
    registry.register(partner())

    assert table.find_by_client(KENCOM_CLIENT) == partner()
    assert table.find_by_client("another") is None
    assert table.state_of(KENCOM) is ApplicationState.SANDBOX

    registry.change_state(KENCOM, ApplicationState.SUSPENDED)
    found = table.find_by_client(KENCOM_CLIENT)
    assert found is not None
    assert found.state is ApplicationState.SUSPENDED
    assert table.state_of(KENCOM) is ApplicationState.SUSPENDED


def test_a_client_that_is_given_up_finds_nothing(registry: Registry, table: ApplicationTable) -> None:
    registry.register(partner())

    registry.register(partner(sign_in=None))

    assert table.find_by_client(KENCOM_CLIENT) is None


def test_a_client_belongs_to_one_application(registry: Registry, table: ApplicationTable) -> None:
    registry.register(partner())

    with pytest.raises(Conflict):
        registry.register(second_partner(sign_in=partner().sign_in))

    found = table.find_by_client(KENCOM_CLIENT)
    assert found is not None
    assert found.id == KENCOM
