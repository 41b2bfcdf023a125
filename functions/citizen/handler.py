"""The Lambda function of the citizen API."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from functions.citizen.app import app
from functions.citizen.behalf import Behalf
from functions.citizen.consents import ConsentDesk, consent_routes
from functions.citizen.guardians import GuardianDesk, guardian_routes
from functions.citizen.history import HistoryDesk, history_routes
from functions.citizen.known import OwnLooks
from functions.citizen.law_requests import law_request_routes
from functions.citizen.receipts import ReceiptDesk, receipt_routes
from functions.citizen.reports import report_routes
from functions.citizen.settings import Settings
from machi.connect.decisions import Decisions
from machi.connect.withdrawals import Announcements
from machi.consent.child_codes import ChildCodes
from machi.consent.consents import Consents
from machi.consent.guardians import Guardians
from machi.consent.law_requests import LawRequests
from machi.consent.receipt import Issuer
from machi.consent.reports import Reports
from machi.core.clock import utc_now
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.attempts import Attempts
from machi.identity.data_items import label_of
from machi.identity.profile_form import Offered
from machi.identity.profiles import ProfileRepository, Profiles
from machi.identity.standing import Standings
from machi.notices.queue import NoticeQueue, sqs_client
from machi.signing.kms import KmsSigner, kms_client
from machi.storage.account_table import AccountTable
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.attempt_table import AttemptTable
from machi.storage.case_forms import LAW_REQUESTS, REPORTS
from machi.storage.case_table import CaseTable
from machi.storage.child_code_table import ChildCodeTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_overview_table import ConsentOverviewTable
from machi.storage.consent_table import ConsentTable
from machi.storage.guardianship_table import GuardianshipTable
from machi.storage.profile_table import ProfileTable
from machi.storage.standing_table import StandingTable
from machi.storage.timeline_table import TimelineTable
from machi.storage.withdrawal_table import WithdrawalTable


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client, people = dynamodb_client(), settings.people_table
    offered = Offered(frozenset(settings.wards), frozenset(settings.interests))
    profile_table = ProfileTable(client, people)
    profiles = Profiles(profile_table, offered=offered, clock=utc_now)
    agreements = AgreementTable(client, settings.city_table)
    applications = ApplicationTable(client, settings.city_table)
    consents, withdrawals = ConsentTable(client, people), WithdrawalTable(client, people)
    standings = StandingTable(client, people)
    notices = NoticeQueue(sqs_client(), settings.notices_queue_url)
    guardians = Guardians(GuardianshipTable(client, people), child_age=settings.child_age, clock=utc_now)
    behalf = Behalf(guardians)
    desk = ConsentDesk(
        overviews=ConsentOverviewTable(client, people),
        withdrawals=withdrawals,
        agreements=agreements,
        applications=applications,
        decisions=Decisions(
            Consents(consents, agreements, clock=utc_now),
            notices,
            utc_now,
            tell_recipients=Announcements(withdrawals, notices).announce,
        ),
        clock=utc_now,
        looks=OwnLooks(profile_table, standings, utc_now),
        behalf=behalf,
    )
    accounts = AccountTable(client, people)
    receipts = ReceiptDesk(
        consents=consents,
        agreements=agreements,
        behalf=behalf,
        issuer=_issuers(settings),
        label_of=label_of,
        signer=KmsSigner(kms_client(), settings.signing_key_id),
        clock=utc_now,
    )
    timeline = TimelineTable(client, people)
    more = [
        consent_routes(desk),
        receipt_routes(receipts),
        history_routes(
            HistoryDesk(
                timeline=timeline,
                applications=applications,
                agreements=agreements,
                behalf=behalf,
                registered_at=lambda citizen: _registered_at(accounts, citizen),
                clock=utc_now,
            )
        ),
        report_routes(Reports(CaseTable(client, people, REPORTS), timeline, clock=utc_now), behalf),
        law_request_routes(
            LawRequests(CaseTable(client, people, LAW_REQUESTS), clock=utc_now),
            lambda citizen: _proved(standings, profile_table, citizen),
        ),
        guardian_routes(
            GuardianDesk(
                guardians=guardians,
                codes=ChildCodes(ChildCodeTable(client, people), clock=utc_now),
                attempts=Attempts(AttemptTable(client, people), clock=utc_now),
                name_of=lambda citizen: _name(profile_table, citizen),
                clock=utc_now,
            )
        ),
    ]
    return entry(app(profiles, more=more, portal_url=settings.portal_url, logger=logger_for("citizen")))


def _issuers(settings: Settings) -> Callable[[Language], Issuer]:
    names = dict(name.split("=", 1) for name in settings.city_names)
    withdrawal = f"{settings.portal_url}/consents/"

    def issuer(language: Language) -> Issuer:
        return Issuer(settings.api_url, names[language], settings.city_contact, withdrawal)

    return issuer


def _proved(standings: Standings, profiles: ProfileRepository, citizen: CitizenId) -> str | None:
    """Level of identity proofing; None where there is none, or the profile has changed since."""
    assurance, stored = standings.standing_of(citizen).assurance, profiles.find(citizen)
    if assurance is None or stored is None or not assurance.holds_for(stored.profile):
        return None
    return assurance.level.value


def _registered_at(accounts: AccountTable, citizen: CitizenId) -> datetime | None:
    account = accounts.find(citizen)
    return None if account is None else account.created_at


def _name(profiles: ProfileRepository, citizen: CitizenId) -> str | None:
    stored = profiles.find(citizen)
    parts = [] if stored is None else [stored.profile.family_name, stored.profile.given_name]
    return " ".join(part for part in parts if part) or None
