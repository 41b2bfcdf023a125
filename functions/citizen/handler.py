"""The Lambda function of the citizen API."""

import os
from functools import cache
from typing import Any

from functions.citizen.app import app
from functions.citizen.settings import Settings
from machi.core.clock import utc_now
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.http.lambda_entry import LambdaHandler, entry
from machi.identity.profiles import Profiles
from machi.storage.client import dynamodb_client
from machi.storage.profile_table import ProfileTable


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    table = ProfileTable(dynamodb_client(), settings.people_table)
    profiles = Profiles(table, wards=frozenset(settings.wards), clock=utc_now)
    return entry(app(profiles, portal_url=settings.portal_url, logger=logger_for("citizen")))
