"""The Lambda function of the front door."""

import os
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from functions.connect.app import app
from functions.connect.consent_view import Known, ReadKnown, labels_of
from functions.connect.cookies import Cookies
from functions.connect.proofing import proofing_routes
from functions.connect.proofing_build import kms_signers, proofing_pages, signing_keys
from functions.connect.rendering import Pages
from functions.connect.services import Stores, Surroundings, front_door_routes, pool_of
from functions.connect.settings import Settings
from machi.connect.discovery import Addresses
from machi.connect.pool_endpoint import TokenEndpoint
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.log import logger_for
from machi.core.principal import Principal, PrincipalKind
from machi.core.settings import read_settings
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.claims import Contact
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from machi.notices.queue import NoticeQueue, sqs_client
from machi.outbound import OutboundClient
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.profile_table import ProfileTable
from machi.storage.session_table import SessionTable
from machi.storage.standing_table import StandingTable
from machi.storage.waiting_table import WaitingTable
from machi.storage.withdrawal_table import WithdrawalTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OURSELVES = ApplicationId("connect")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    is_local = settings.stage == "local"
    addresses = Addresses(
        api=settings.api_url, auth=settings.auth_url, portal=settings.portal_url, issuer=settings.issuer
    )
    signers = kms_signers(settings.signing_key_ids)
    pool, outbound = pool_of(addresses, settings.connect_client_id), OutboundClient(local=is_local)
    around = Surroundings(
        addresses=addresses,
        pool=pool,
        redeem=TokenEndpoint(pool, outbound).redeem,
        fetch_keys=lambda: _document(outbound, settings.jwks_url),
        more_keys=[signing_keys(signers)],
        notices=NoticeQueue(sqs_client(), settings.notices_queue_url),
        pages=Pages(portal_url=settings.portal_url, city_names=_city_names(settings)),
        labels=labels_of(settings.ward_names, settings.interest_names),
        cookies=Cookies(is_local=is_local),
        clock=utc_now,
    )
    proofing = proofing_pages(settings, dynamodb_client(), signers, around.pages)
    routes = [*front_door_routes(_stores(settings), around), proofing_routes(proofing)]
    return entry(app(routes, logger=logger_for("connect")))


def _stores(settings: Settings) -> Stores:
    client, people = dynamodb_client(), settings.people_table
    return Stores(
        applications=ApplicationTable(client, settings.city_table),
        agreements=AgreementTable(client, settings.city_table),
        consents=ConsentTable(client, people),
        disclosures=DisclosureTable(client, people),
        withdrawals=WithdrawalTable(client, people),
        sessions=SessionTable(client, people),
        waiting=WaitingTable(client, people),
        find_account=AccountTable(client, people).find,
        read_known=_reader(settings, client),
    )


def _reader(settings: Settings, client: "DynamoDBClient") -> ReadKnown:
    # Nothing is written through these profiles, so nothing needs to be offered.
    profiles = Profiles(
        ProfileTable(client, settings.people_table),
        offered=Offered(frozenset(), frozenset()),
        clock=utc_now,
    )
    standings = StandingTable(client, settings.people_table)
    directory = CognitoDirectory(
        cognito_client(), pool_id=settings.citizen_pool_id, client_id=settings.connect_client_id
    )

    def read_known(subject: CitizenId, request: str) -> Known:
        citizen = Principal(PrincipalKind.CITIZEN, application=_OURSELVES, subject=subject)
        profile = profiles.read(citizen, request).profile
        user, assurance = directory.find_subject(subject), standings.standing_of(subject).assurance
        return Known(
            profile=profile,
            contact=Contact(user.email, user.is_email_verified) if user is not None else Contact(),
            assurance=assurance.level.value if assurance and assurance.holds_for(profile) else None,
        )

    return read_known


def _document(outbound: OutboundClient, url: str) -> bytes:
    reply = outbound.get(url)
    if reply.status != HTTPStatus.OK:
        raise OSError("the pool does not give its keys")
    return reply.body


def _city_names(settings: Settings) -> dict[Language, str]:
    names = dict(entry.split("=", 1) for entry in settings.city_names)
    return {language: names.get(language.value, names["ja"]) for language in Language}
