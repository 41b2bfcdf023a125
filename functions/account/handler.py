"""The Lambda function of the account API; a schedule calls it too, to finish what was left half done."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from starlette.requests import Request

from functions.account.app import app
from functions.account.even_time import EvenTime
from functions.account.identities import identity_routes
from functions.account.linking_parts import linking_over
from functions.account.proofing import proofing_routes
from functions.account.services import Neighbours, Rules, Services, Stores, assemble
from functions.account.settings import Settings
from machi.connect.sessions import Sessions
from machi.connect.withdrawals import Announcements
from machi.consent.consents import Consents
from machi.consent.guardians import end_all_of
from machi.consent.record import Actor, ConsentState
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.directory.cognito_identities import CognitoIdentities
from machi.http.handlers import Handlers
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.assurance import Assurance
from machi.identity.attempts import Attempts
from machi.identity.closure import Periods
from machi.identity.linking import Linking
from machi.identity.terms import Terms
from machi.notices.queue import NoticeQueue, sqs_client
from machi.proofing.attempts import Tickets
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.attempt_table import AttemptTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_table import ConsentTable
from machi.storage.device_table import DeviceTable
from machi.storage.guardianship_table import GuardianshipTable
from machi.storage.holdings_table import HoldingsTable
from machi.storage.pending_address_table import PendingAddressTable
from machi.storage.profile_table import ProfileTable
from machi.storage.proofing_table import ProofingTable
from machi.storage.registration_table import RegistrationTable
from machi.storage.session_table import SessionTable
from machi.storage.standing_table import StandingTable
from machi.storage.withdrawal_table import WithdrawalTable


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway, or one call of the schedule: `{"task": "sweep"}`."""
    function = build()
    if event.get("task") == "sweep":
        return function.services.sweep.run()
    return function.entry(event, context)


@dataclass(frozen=True, slots=True)
class Function:
    """What answers requests, and what the schedule runs."""

    services: Services
    entry: LambdaHandler


@cache
def build() -> Function:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    logger = logger_for("account")
    pool = cognito_client()
    directory = CognitoDirectory(pool, pool_id=settings.citizen_pool_id, client_id=settings.account_client_id)
    linking = linking_over(
        settings,
        dynamodb_client(),
        CognitoIdentities(pool, directory, pool_id=settings.citizen_pool_id),
        NoticeQueue(sqs_client(), settings.notices_queue_url),
    )
    services = _services(settings, directory, linking)
    answers = app(
        services,
        more=[identity_routes(linking), _proofing(settings)],
        even=EvenTime(settings.answer_milliseconds / 1000),
        portal_url=settings.portal_url,
        logger=logger,
    )
    return Function(services, entry(answers))


def _proofing(settings: Settings) -> Handlers[Request]:
    client, people = dynamodb_client(), settings.people_table
    tickets = Tickets(ProofingTable(client, people), clock=utc_now)
    attempts = Attempts(AttemptTable(client, people), clock=utc_now)
    return proofing_routes(tickets, attempts, api_url=settings.api_url)


def _services(settings: Settings, directory: CognitoDirectory, linking: Linking) -> Services:
    client, people = dynamodb_client(), settings.people_table
    held, profiles = HoldingsTable(client, people), ProfileTable(client, people)
    standings = StandingTable(client, people)
    agreements = AgreementTable(client, settings.city_table)
    kept_consents = ConsentTable(client, people)
    consents = Consents(kept_consents, agreements, clock=utc_now)
    notices = NoticeQueue(sqs_client(), settings.notices_queue_url)
    guardianships = GuardianshipTable(client, people)

    def assurance_of(citizen: CitizenId) -> Assurance | None:
        assurance, stored = standings.standing_of(citizen).assurance, profiles.find(citizen)
        if assurance is None or stored is None or not assurance.holds_for(stored.profile):
            return None
        return assurance

    def connected_to(citizen: CitizenId) -> list[ApplicationId]:
        given = ConsentState.GIVEN
        return [
            each.consent.application for each in kept_consents.all_of(citizen) if each.consent.state is given
        ]

    return assemble(
        Stores(
            registrations=RegistrationTable(client, people),
            accounts=AccountTable(client, people),
            counters=AttemptTable(client, people),
            pending=PendingAddressTable(client, people),
            devices=DeviceTable(client, people),
            held=held,
            holdings=held,
            records=profiles,
        ),
        Neighbours(
            directory=directory,
            notices=notices,
            identities=linking,
            assurance_of=assurance_of,
            offer_of=linking.offer_of,
            end_sessions=Sessions(SessionTable(client, people), utc_now).end_all,
            connected_to=connected_to,
            farewells=[
                lambda citizen: consents.withdraw_everything(citizen, Actor(citizen)),
                Announcements(WithdrawalTable(client, people), notices).announce,
                lambda citizen: end_all_of(guardianships, citizen, utc_now),
            ],
        ),
        Rules(
            terms=Terms(settings.terms_version, settings.terms_hash),
            reserved=settings.reserved_login_ids,
            periods=Periods(
                timedelta(days=settings.deletion_grace_days), timedelta(days=settings.audit_days)
            ),
        ),
        clock=utc_now,
        logger=logger_for("account"),
    )
