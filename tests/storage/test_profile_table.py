"""Profiles and access records on DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.principal import PrincipalKind
from machi.identity.profile import EMPTY_PROFILE, Channel, Gender, Profile
from machi.identity.profiles import AccessRecord, Act, ProfileChanged, Purpose, StoredProfile
from machi.storage.profile_table import ProfileTable
from tests.aws_double import dynamodb, everything

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "people"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HANAKO, TARO = CitizenId("hanako"), CitizenId("taro")
FULL = Profile(
    family_name="一宮",
    given_name="花子",
    family_name_kana="イチノミヤ",
    given_name_kana="ハナコ",
    nickname="はな",
    birth_date=date(1990, 4, 1),
    gender=Gender.FEMALE,
    postal_code="4918501",
    prefecture="愛知県",
    municipality="一宮市",
    street="本町2丁目5番6号",
    building="コーポ 101",
    ward="miyanishi",
    phone="0586280000",
    commute_municipality="名古屋市中村区",
    commute_place="名古屋駅の近く",
    interests=("childcare", "disaster"),
    language=Language.EASY_JAPANESE,
    channels=(Channel.EMAIL, Channel.PUSH),
)


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with dynamodb(TABLE) as client:
        yield client


@pytest.fixture
def table(client: "DynamoDBClient") -> ProfileTable:
    return ProfileTable(client, TABLE)


def record(number: int = 1, subject: CitizenId = HANAKO) -> AccessRecord:
    return AccessRecord(
        id=f"rec_{number}",
        subject=subject,
        actor=PrincipalKind.CITIZEN,
        actor_id=subject,
        application=ApplicationId("portal"),
        act=Act.CHANGED,
        members=("nickname", "ward"),
        purpose=Purpose.OWN_USE,
        at=NOON,
        request="request-1",
    )


@pytest.mark.parametrize("profile", [FULL, EMPTY_PROFILE, Profile(nickname="はな")])
def test_a_profile_comes_back_as_it_was_saved(table: ProfileTable, profile: Profile) -> None:
    stored = StoredProfile(profile, 1, NOON)

    table.save(HANAKO, stored, record())

    assert table.find(HANAKO) == stored
    assert table.find(TARO) is None


def test_profile_and_record_stand_under_the_citizen_and_are_closed(
    table: ProfileTable, client: "DynamoDBClient"
) -> None:
    table.save(HANAKO, StoredProfile(FULL, 1, NOON), record())

    items = everything(client, TABLE)

    assert items.keys() == {("CITIZEN#hanako", "PROFILE"), ("CITIZEN#hanako", "RECORD#rec_1")}
    assert all(item["dataClass"] == {"S": "closed"} for item in items.values())
    kept = items["CITIZEN#hanako", "RECORD#rec_1"]
    assert kept["members"] == {"L": [{"S": "nickname"}, {"S": "ward"}]}
    assert kept["act"] == {"S": "changed"}
    assert kept["actor"] == {"S": "citizen"}
    assert kept["application"] == {"S": "portal"}
    assert kept["purpose"] == {"S": "own-use"}
    assert kept["at"] == {"S": "2026-11-24T12:00:00.000Z"}
    assert kept["request"] == {"S": "request-1"}


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_save_from_another_version_changes_nothing_and_leaves_no_record(
    table: ProfileTable, client: "DynamoDBClient", version: int
) -> None:
    table.save(HANAKO, StoredProfile(EMPTY_PROFILE, 1, NOON), record(1))
    table.save(HANAKO, StoredProfile(FULL, 2, NOON), record(2))

    with pytest.raises(ProfileChanged):
        table.save(HANAKO, StoredProfile(EMPTY_PROFILE, version, NOON), record(3))

    assert table.find(HANAKO) == StoredProfile(FULL, 2, NOON)
    assert ("CITIZEN#hanako", "RECORD#rec_3") not in everything(client, TABLE)


def test_a_save_whose_record_cannot_be_kept_changes_nothing(
    table: ProfileTable, client: "DynamoDBClient"
) -> None:
    table.record(record(1))

    with pytest.raises(client.exceptions.TransactionCanceledException):
        table.save(HANAKO, StoredProfile(FULL, 1, NOON), record(1))

    assert table.find(HANAKO) is None


def test_a_record_is_never_overwritten(table: ProfileTable, client: "DynamoDBClient") -> None:
    table.record(record(1))

    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        table.record(replace(record(1), act=Act.READ))

    assert everything(client, TABLE)["CITIZEN#hanako", "RECORD#rec_1"]["act"] == {"S": "changed"}


def test_the_first_save_of_one_citizen_does_not_hinder_that_of_another(table: ProfileTable) -> None:
    table.save(HANAKO, StoredProfile(FULL, 1, NOON), record(1))
    table.save(TARO, StoredProfile(EMPTY_PROFILE, 1, NOON), record(1, TARO))

    assert table.find(TARO) == StoredProfile(EMPTY_PROFILE, 1, NOON)


def test_records_come_newest_first_and_go_on_behind_the_last_one_seen(table: ProfileTable) -> None:
    records = [record(number) for number in range(1, 6)]
    for each in (*records, record(9, TARO)):
        table.record(each)
    table.save(HANAKO, StoredProfile(FULL, 1, NOON), record(6))

    first = table.latest_records(HANAKO, before=None, limit=4)
    second = table.latest_records(HANAKO, before=first[-1].id, limit=4)

    assert first == (record(6), *reversed(records[2:]))
    assert second == tuple(reversed(records[:2]))
    assert table.latest_records(CitizenId("nobody"), before=None, limit=4) == ()


def test_a_record_behind_which_to_go_on_need_not_exist(table: ProfileTable) -> None:
    table.record(record(1))
    table.record(record(2))

    assert table.latest_records(HANAKO, before="rec_15", limit=1) == (record(1),)


def test_a_profile_kept_before_there_were_channels_still_says_whether_mails_are_wanted(
    table: ProfileTable, client: "DynamoDBClient"
) -> None:
    table.save(HANAKO, StoredProfile(EMPTY_PROFILE, 1, NOON), record())
    client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "CITIZEN#hanako"}, "sk": {"S": "PROFILE"}},
        UpdateExpression="SET notifyByEmail = :yes REMOVE channels, interests",
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )

    found = table.find(HANAKO)

    assert found is not None
    assert found.profile == replace(EMPTY_PROFILE, channels=(Channel.EMAIL,))
