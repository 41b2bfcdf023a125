"""The Lambda function of the staff API."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.staff.app import Office, app
from functions.staff.requests import RequestDesk
from functions.staff.settings import Settings
from machi.consent.escalations import Escalations
from machi.consent.guardians import Guardians
from machi.consent.law_requests import LawRequests
from machi.consent.reports import Reports
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.claims import Contact
from machi.identity.data_items import CATALOGUE
from machi.identity.profile import EMPTY_PROFILE, Profile
from machi.staff.agreements import AgreementDesk
from machi.staff.catalogue import CatalogueDesk
from machi.staff.views import Sources, StaffViews
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.case_forms import ESCALATIONS, LAW_REQUESTS, REPORTS
from machi.storage.case_table import CaseTable
from machi.storage.client import dynamodb_client
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.guardianship_table import GuardianshipTable
from machi.storage.personal_catalogue_table import PersonalCatalogueTable
from machi.storage.profile_table import ProfileTable
from machi.storage.queue_table import QueueTable
from machi.storage.standing_table import StandingTable
from machi.storage.timeline_table import TimelineTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    office = _office(settings, dynamodb_client())
    return entry(app(office, staff_url=settings.staff_url, logger=logger_for("staff")))


def _office(settings: Settings, client: "DynamoDBClient") -> Office:
    city, people = settings.city_table, settings.people_table
    applications = ApplicationTable(client, city)

    def is_registered(application: ApplicationId) -> bool:
        return applications.find(application) is not None

    def declarations() -> PersonalCatalogueTable:
        return PersonalCatalogueTable(client, city)

    def known_items() -> frozenset[DataItem]:
        return frozenset(CATALOGUE).union(*(each.all_items for each in declarations().types().values()))

    timeline = TimelineTable(client, people)
    return Office(
        agreements=AgreementDesk(
            AgreementTable(client, city), known_items=known_items, is_registered=is_registered
        ),
        catalogue=CatalogueDesk(declarations, is_registered),
        views=StaffViews(_sources(settings, client), DisclosureTable(client, people), clock=utc_now),
        queue=QueueTable(client, people),
        requests=RequestDesk(
            law_requests=LawRequests(
                CaseTable(client, people, LAW_REQUESTS), days=settings.law_request_days, clock=utc_now
            ),
            reports=Reports(CaseTable(client, people, REPORTS), timeline, clock=utc_now),
            escalations=Escalations(CaseTable(client, people, ESCALATIONS), clock=utc_now),
            timeline=timeline,
        ),
        guardians=Guardians(GuardianshipTable(client, people), child_age=settings.child_age, clock=utc_now),
        clock=utc_now,
    )


def _sources(settings: Settings, client: "DynamoDBClient") -> Sources:
    people = settings.people_table
    profiles, accounts = ProfileTable(client, people), AccountTable(client, people)

    @cache
    def directory() -> CognitoDirectory:  # for an address only, so made at the first
        return CognitoDirectory(cognito_client(), pool_id=settings.citizen_pool_id, client_id="")

    def read_profile(citizen: CitizenId) -> Profile:
        stored = profiles.find(citizen)
        return EMPTY_PROFILE if stored is None else stored.profile

    def read_contact(citizen: CitizenId) -> Contact:
        user = directory().find_subject(citizen)
        return Contact() if user is None else Contact(user.email, user.is_email_verified)

    return Sources(
        exists=lambda citizen: accounts.find(citizen) is not None,
        profile=read_profile,
        contact=read_contact,
        standings=StandingTable(client, people),
    )
