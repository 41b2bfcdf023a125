"""The Lambda function that sends notices."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from functions.notification_sender.settings import Settings
from machi.core.settings import read_settings

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Send a batch of notices; answer which are to be tried again."""
    return build()(event)


@cache
def build() -> Handler:
    """Everything that lasts for the life of the process."""
    read_settings(Settings, os.environ)
    return lambda event: {
        "batchItemFailures": [{"itemIdentifier": item["messageId"]} for item in event["Records"]]
    }
