"""The Lambda function of the citizens' pool's triggers."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from functions.signin_triggers.settings import Settings
from machi.core.settings import read_settings

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one question of the pool."""
    return build()(event)


@cache
def build() -> Handler:
    """Everything that lasts for the life of the process."""
    read_settings(Settings, os.environ)
    return lambda event: event
