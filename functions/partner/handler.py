"""The Lambda function of the partner API."""

import os
from functools import cache
from typing import Any

from functions.partner.app import app
from functions.partner.settings import Settings
from machi.connect.ppid import ppid
from machi.connect.userinfo import Userinfo
from machi.connect.withdrawals import Acknowledgements
from machi.consent.releases import Releases
from machi.core.clock import utc_now
from machi.core.ids import CitizenId
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.claims import Contact
from machi.identity.profile import EMPTY_PROFILE, Profile
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.profile_table import ProfileTable
from machi.storage.pseudonym_table import PseudonymTable
from machi.storage.secret import Secret, secrets_client
from machi.storage.standing_table import StandingTable
from machi.storage.withdrawal_table import WithdrawalTable


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    acknowledgements = Acknowledgements(
        WithdrawalTable(dynamodb_client(), settings.people_table),
        days=settings.withdrawal_ack_days,
        clock=utc_now,
    )
    return entry(app(_userinfo(settings), acknowledgements, logger=logger_for("partner")))


def _userinfo(settings: Settings) -> Userinfo:
    client, people = dynamodb_client(), settings.people_table
    applications, profiles = ApplicationTable(client, settings.city_table), ProfileTable(client, people)
    agreements = AgreementTable(client, settings.city_table)
    secret = Secret(secrets_client(), settings.sector_secret_arn)

    @cache
    def directory() -> CognitoDirectory:  # for an address only, so made at the first
        return CognitoDirectory(cognito_client(), pool_id=settings.citizen_pool_id, client_id="")

    pseudonyms = PseudonymTable(client, people)

    def pseudonym(sector: str, citizen: CitizenId) -> str:
        name = ppid(secret.value, sector, citizen)
        pseudonyms.remember(name, citizen)
        return name

    def read_profile(citizen: CitizenId) -> Profile:
        stored = profiles.find(citizen)
        return EMPTY_PROFILE if stored is None else stored.profile

    def read_contact(citizen: CitizenId) -> Contact:
        user = directory().find_subject(citizen)
        return Contact() if user is None else Contact(user.email, user.is_email_verified)

    return Userinfo(
        applications=applications,
        agreements=agreements,
        releases=Releases(
            applications=applications,
            agreements=agreements,
            consents=ConsentTable(client, people),
            disclosures=DisclosureTable(client, people),
            clock=utc_now,
        ),
        standings=StandingTable(client, people),
        read_profile=read_profile,
        read_contact=read_contact,
        pseudonym=pseudonym,
    )
