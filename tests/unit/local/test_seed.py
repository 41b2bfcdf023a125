"""Planting the seed as often as one likes."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from infra.config import load
from local.aws import Aws
from local.deployed import Deployed
from local.failure import PlatformFailure
from local.keys import Keys
from local.seed.applications import plant_applications, seeded_applications
from local.seed.partners import plant_agreements, plant_parties, plant_partner_keys
from local.seed.people import CITIZENS, Kept, plant_citizen
from local.seed.personal import plant_personal_types
from local.settings import ROOT
from machi.applications import ApplicationState, Party, Registry
from machi.consent.agreement import AgreementState
from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal, PrincipalKind, Scope
from machi.identity.data_items import RECORDED
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from machi.identity.terms import Terms
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.personal_catalogue_table import PersonalCatalogueTable
from machi.storage.profile_table import ProfileTable

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
KEYS = Keys(*(f"machi_local_{letter * 40}" for letter in "abde"))
CONFIG = load(ROOT, {"stage": "local"})
OFFERED = Offered(frozenset({"miyanishi"}), frozenset({"disaster", "childcare"}))
TERMS = Terms("2026-12-01", "0" * 64)
DEPLOYED = Deployed(
    **{each.name: each.name for each in fields(Deployed) if each.default_factory is MISSING},  # type: ignore[arg-type]
    partner_client_ids={"kencom": "kencom-client", "boshimo": "boshimo-client"},
)
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
            for name in ("trial", "standard", "internal", "unlimited-local")
        }
        self.pool_id = self.aws.cognito.create_user_pool(PoolName="citizens", AliasAttributes=["email"])[
            "UserPool"
        ]["Id"]
        self.registry = Registry(ApplicationTable(self.aws.dynamodb, "city"), clock=lambda: NOON)
        self.kept = ProfileTable(self.aws.dynamodb, "people")
        self.profiles = Profiles(self.kept, offered=OFFERED, clock=lambda: NOON)
        self.accounts = AccountTable(self.aws.dynamodb, "people")
        self.agreements = AgreementTable(self.aws.dynamodb, "city")

    def plant_applications(self, keys: Keys = KEYS) -> None:
        plant_applications(self.registry, self.aws, seeded_applications(keys))

    def plant_hanako(self) -> bool:
        kept = Kept(self.profiles, self.kept, self.accounts, TERMS)
        return plant_citizen(self.aws, self.pool_id, HANAKO, kept)

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


def test_a_partner_gets_its_key_beside_its_sign_in_and_keeps_both(city: City) -> None:
    for _ in range(2):
        plant_parties(city.registry, CONFIG, DEPLOYED, "http://localhost:8701")
        plant_partner_keys(city.registry, city.aws, CONFIG, KEYS)

    kencom = city.registry.application_of(KEYS.kencom_key)
    assert kencom is not None
    assert kencom.id == "kencom"
    assert kencom.scopes == {Scope.ENTITIES_READ, Scope.ENTITIES_WRITE, Scope.PERSONAL}
    assert kencom.sign_in is not None
    assert kencom.sign_in.consent_events_uri == "http://localhost:8705/consent-events"
    boshimo = city.registry.application_of(KEYS.boshimo_key)
    assert boshimo is not None
    assert boshimo.scopes == frozenset()
    assert sorted(city.gateway_keys("standard")) == sorted([KEYS.kencom_key, KEYS.boshimo_key])


def test_personal_types_are_declared_once_and_under_items_that_there_are_words_for(city: City) -> None:
    catalogue = PersonalCatalogueTable(city.aws.dynamodb, "city")
    assert plant_personal_types(catalogue)
    assert not plant_personal_types(catalogue)
    (declared,) = catalogue.types().values()
    assert declared.all_items == set(RECORDED)
    assert declared.writers == {"kencom"}


def test_an_application_that_was_suspended_stays_suspended(city: City) -> None:
    city.plant_applications()
    city.registry.change_state(ApplicationId("explorer"), ApplicationState.SUSPENDED)

    city.plant_applications()

    found = city.registry.application_of(KEYS.api_key)
    assert found is not None
    assert found.state is ApplicationState.SUSPENDED


def test_a_new_key_takes_the_place_of_the_old_one_at_the_gateway(city: City) -> None:
    city.plant_applications()
    new = replace(KEYS, api_key="machi_local_" + "c" * 40)

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


def test_a_demo_citizen_has_accepted_the_terms_in_force(city: City) -> None:
    city.plant_hanako()

    account = city.accounts.find(city.subject())
    assert account is not None
    assert account.acceptance is not None
    assert account.acceptance.terms == TERMS


def test_partners_are_registered_with_the_addresses_of_their_clients(city: City) -> None:
    plant_parties(city.registry, CONFIG, DEPLOYED, "http://localhost:8701")

    table = ApplicationTable(city.aws.dynamodb, "city")
    kencom, portal = table.find_by_client("kencom-client"), table.find_by_client("connect_client_id")
    assert kencom is not None
    assert kencom.sign_in is not None
    assert kencom.sign_in.clients[0].redirect_uris[0] == "http://localhost:8705/callback"
    assert kencom.sign_in.back_channel_logout_uri == "http://localhost:8705/back-channel-logout"
    assert (kencom.sign_in.party, kencom.state.may_call) == (Party.PARTNER, True)
    assert portal is not None
    assert portal.sign_in is not None
    assert portal.sign_in.party is Party.CITY


def test_agreements_are_signed_by_two_people_and_planted_once(city: City) -> None:
    assert plant_agreements(city.agreements, CONFIG) is True
    assert plant_agreements(city.agreements, CONFIG) is False

    for name in ("kencom", "boshimo"):
        agreement = city.agreements.current(ApplicationId(name))
        assert agreement is not None
        assert agreement.state is AgreementState.APPROVED
        assert (agreement.revision, agreement.author != agreement.approver) == (1, True)


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
