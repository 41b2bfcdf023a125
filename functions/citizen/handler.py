"""The Lambda function of the citizen API."""

import os
from functools import cache
from typing import Any

from functions.citizen.app import app
from functions.citizen.consents import ConsentDesk, consent_routes
from functions.citizen.history import history_routes
from functions.citizen.settings import Settings
from machi.connect.decisions import Decisions
from machi.consent.consents import Consents
from machi.core.clock import utc_now
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from machi.notices.queue import NoticeQueue, sqs_client
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_table import ConsentTable
from machi.storage.profile_table import ProfileTable
from machi.storage.timeline_table import TimelineTable


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client, people = dynamodb_client(), settings.people_table
    offered = Offered(frozenset(settings.wards), frozenset(settings.interests))
    profiles = Profiles(ProfileTable(client, people), offered=offered, clock=utc_now)
    agreements = AgreementTable(client, settings.city_table)
    applications = ApplicationTable(client, settings.city_table)
    consents = ConsentTable(client, people)
    notices = NoticeQueue(sqs_client(), settings.notices_queue_url)
    desk = ConsentDesk(
        consents=consents,
        agreements=agreements,
        applications=applications,
        decisions=Decisions(Consents(consents, agreements, clock=utc_now), notices, utc_now),
        clock=utc_now,
    )
    more = [consent_routes(desk), history_routes(TimelineTable(client, people), applications)]
    return entry(app(profiles, more=more, portal_url=settings.portal_url, logger=logger_for("citizen")))
