"""Emptying the broker of a running platform, for conformance suites and tests."""

from local.emulator import call_control
from local.outputs import read_outputs
from local.settings import LocalSettings


def empty_broker(settings: LocalSettings) -> int:
    """Remove every item of the broker's tables at once, history included; gives their number.

    Streams and their consumers keep working; function processes are replaced, so that none remembers what is
    gone.

    Raises:
        PlatformFailure: the platform does not run.
        FileNotFoundError: it has never been started.
    """
    outputs = read_outputs(settings.outputs_file)
    answer = call_control(
        settings, "empty-tables", {"tables": [outputs.context_table, outputs.history_table]}
    )
    return int(str(answer["removed"]))
