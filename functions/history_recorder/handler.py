"""The Lambda function behind the stream of the `context` table."""

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from functions.history_recorder.recording import Recorder
from functions.history_recorder.settings import Settings
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.storage.client import dynamodb_client
from machi.storage.history_table import HistoryTable


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Record a batch; what could not be written is handed back to the stream."""
    failed = build().take(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


@cache
def build() -> Recorder:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    history = HistoryTable(dynamodb_client(), settings.history_table, timedelta(days=settings.history_days))
    return Recorder(history, logger_for("history_recorder"))
