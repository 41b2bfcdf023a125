"""The Lambda function of the public API."""

import os
from functools import cache
from typing import Any

from machi.http.cold_start import quick_imports

with quick_imports():
    from functions.public.app import app
    from functions.public.settings import Settings
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
    return entry(app(portal_url=settings.portal_url, logger=logger_for("public")))
