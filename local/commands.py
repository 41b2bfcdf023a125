"""The commands behind the Makefile: `python -m local run`."""

import argparse
import os
import sys
import time
from collections.abc import Callable

from local import supervisor, verification
from local.broker import empty_broker
from local.failure import PlatformFailure
from local.settings import LocalSettings, read_local_settings


def _empty_broker(settings: LocalSettings) -> int:
    began = time.monotonic()
    removed = empty_broker(settings)
    print(f"  {removed} items removed from the broker in {time.monotonic() - began:.1f} s")
    return 0


_COMMANDS: dict[str, Callable[[LocalSettings], int]] = {
    "run": supervisor.run,
    "up": supervisor.up,
    "down": supervisor.down,
    "reset": supervisor.reset,
    "status": supervisor.status,
    "empty-broker": _empty_broker,
    "test": verification.test,
    "lint": verification.lint,
}


def main(arguments: list[str]) -> int:
    """Run one command; a failure that a person can mend is one line on the error output and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=_COMMANDS)
    command = parser.parse_args(arguments).command
    try:
        return _COMMANDS[command](read_local_settings(os.environ))
    except PlatformFailure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
