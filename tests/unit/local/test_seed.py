"""Planting the seed as often as one likes."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from local.aws import Aws
from local.failure import PlatformFailure
from local.keys import Keys
from local.seed.applications import plant_applications, seeded_applications
from local.seed.people import CITIZENS, plant_citizen
from machi.applications import ApplicationState, Registry
from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal, PrincipalKind
from machi.identity.profiles import Profiles
from machi.storage.application_table import ApplicationTable
from machi.storage.profile_table import ProfileTable

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
KEYS = Keys(api_key="machi_local_" + "a" * 40, conformance_key="machi_local_" + "b" * 40)
WARDS = frozenset({"miyanishi"})
HANAKO = CITIZENS[0]


class City:
    """The tables, the gateway and the pool that a seed goes into."""

    def __init__(self) -> None:
        self.aws = Aws(None)
        for name in ("city", "people"):
            self.aws.dynamodb.create_table(
                TableName=name,
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
        self.plans = {
            name: self.aws.api_gateway.create_usage_plan(name=name)["id"]
            for name in ("trial", "internal", "unlimited-local")
        }
        self.pool_id = self.aws.cognito.create_user_pool(PoolName="citizens", AliasAttributes=["email"])[
            "UserPool"
        ]["Id"]
        self.registry = Registry(ApplicationTable(self.aws.dynamodb, "city"), clock=lambda: NOON)
        self.kept = ProfileTable(self.aws.dynamodb, "people")
        self.profiles = Profiles(self.kept, wards=WARDS, clock=lambda: NOON)

    def plant_applications(self, keys: Keys = KEYS) -> None:
        plant_applications(self.registry, self.aws, seeded_applications(keys))

    def plant_hanako(self) -> bool:
        return plant_citizen(self.aws, self.pool_id, HANAKO, self.profiles, self.kept)

    def gateway_keys(self, plan: str) -> list[str]:
        keys = self.aws.api_gateway.get_usage_plan_keys(usagePlanId=self.plans[plan])["items"]
        return [
            self.aws.api_gateway.get_api_key(apiKey=key["id"], includeValue=True)["value"] for key in keys
        ]

    def subject(self) -> CitizenId:
        user = self.aws.cognito.admin_get_user(UserPoolId=self.pool_id, Username=HANAKO.username)
        return CitizenId(next(found["Value"] for found in user["UserAttributes"] if found["Name"] == "sub"))


@pytest.fixture
def city() -> Iterator[City]:
    with mock_aws():
        yield City()


def test_registry_and_gateway_know_the_same_key(city: City) -> None:
    city.plant_applications()

    found = city.registry.application_of(KEYS.api_key)
    assert found is not None
    assert (found.id, found.plan) == (ApplicationId("explorer"), "trial")
    assert city.gateway_keys("trial") == [KEYS.api_key]
    assert city.gateway_keys("unlimited-local") == [KEYS.conformance_key]


def test_planting_applications_again_changes_nothing(city: City) -> None:
    city.plant_applications()
    before = city.aws.dynamodb.scan(TableName="city")["Items"]

    city.plant_applications()

    assert city.aws.dynamodb.scan(TableName="city")["Items"] == before
    assert len(city.aws.api_gateway.get_api_keys()["items"]) == 2


def test_an_application_that_was_suspended_stays_suspended(city: City) -> None:
    city.plant_applications()
    city.registry.change_state(ApplicationId("explorer"), ApplicationState.SUSPENDED)

    city.plant_applications()

    found = city.registry.application_of(KEYS.api_key)
    assert found is not None
    assert found.state is ApplicationState.SUSPENDED


def test_a_new_key_takes_the_place_of_the_old_one_at_the_gateway(city: City) -> None:
    city.plant_applications()
    new = Keys(api_key="machi_local_" + "c" * 40, conformance_key=KEYS.conformance_key)

    city.plant_applications(new)

    assert city.gateway_keys("trial") == [new.api_key]


def test_a_plan_that_the_stacks_lack_is_named(city: City) -> None:
    city.aws.api_gateway.delete_usage_plan(usagePlanId=city.plans["unlimited-local"])

    with pytest.raises(PlatformFailure, match="no usage plan unlimited-local"):
        city.plant_applications()


def test_a_demo_citizen_can_sign_in_and_has_a_profile(city: City) -> None:
    assert city.plant_hanako() is True

    user = city.aws.cognito.admin_get_user(UserPoolId=city.pool_id, Username=HANAKO.username)
    attributes = {found["Name"]: found["Value"] for found in user["UserAttributes"]}
    assert user["UserStatus"] == "CONFIRMED"
    assert (attributes["email"], attributes["email_verified"]) == (HANAKO.account.email, "true")
    stored = city.kept.find(city.subject())
    assert stored is not None
    assert (stored.profile.family_name, stored.profile.ward) == ("一宮", "miyanishi")


def test_what_a_demo_citizen_changed_is_kept(city: City) -> None:
    city.plant_hanako()
    subject = city.subject()
    citizen = Principal(kind=PrincipalKind.CITIZEN, application=ApplicationId("portal"), subject=subject)
    city.profiles.replace(citizen, {"familyName": "新"}, expected_version=1, request="r")

    assert city.plant_hanako() is False

    stored = city.kept.find(subject)
    assert stored is not None
    assert stored.profile.family_name == "新"


def test_an_account_that_was_made_without_its_profile_is_completed(city: City) -> None:
    city.plant_hanako()
    for item in city.aws.dynamodb.scan(TableName="people")["Items"]:
        city.aws.dynamodb.delete_item(TableName="people", Key={"pk": item["pk"], "sk": item["sk"]})

    assert city.plant_hanako() is True
    assert city.kept.find(city.subject()) is not None
