"""The Lambda function of the account API; a schedule calls it too, to finish what was left half done."""

import os
from functools import cache
from typing import Any

from functions.account.app import app
from functions.account.settings import Settings
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.http.lambda_entry import LambdaHandler, entry


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway, or one call of the schedule: `{"task": "sweep"}`."""
    if event.get("task") == "sweep":
        return {}
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    return entry(app(portal_url=settings.portal_url, logger=logger_for("account")))
