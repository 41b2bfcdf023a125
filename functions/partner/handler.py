"""The Lambda function of the partner API."""

import os
from functools import cache
from typing import Any

from functions.partner.app import app
from functions.partner.settings import Settings
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.http.lambda_entry import LambdaHandler, entry


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    read_settings(Settings, os.environ)
    return entry(app([], logger=logger_for("partner")))
