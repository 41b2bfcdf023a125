"""The Lambda function of the front door."""

import os
from functools import cache
from typing import Any

from functions.connect.app import app
from functions.connect.documents import document_routes
from functions.connect.settings import Settings
from machi.connect.discovery import Addresses
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.http.lambda_entry import LambdaHandler, entry


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    addresses = Addresses(
        api=settings.api_url, auth=settings.auth_url, portal=settings.portal_url, issuer=settings.issuer
    )
    return entry(app([document_routes(addresses, [])], logger=logger_for("connect")))
