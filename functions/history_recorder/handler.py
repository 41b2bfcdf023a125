"""The Lambda function behind the stream of the `context` table."""

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from functions.history_recorder.recording import Recorder
from functions.history_recorder.settings import Settings
from machi.core.clock import utc_now
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.storage.client import dynamodb_client
from machi.storage.history_table import HistoryTable
from machi.storage.put_aside import PutAside


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Record a batch. Raises if it must be delivered again, which is safe: nothing is recorded twice."""
    build().take(event["Records"])
    return {"batchItemFailures": []}


@cache
def build() -> Recorder:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client, table = dynamodb_client(), settings.history_table
    retention = timedelta(days=settings.history_days)
    return Recorder(
        HistoryTable(client, table, retention),
        PutAside(client, table, retention, utc_now),
        logger_for("history_recorder"),
    )
