"""`make fuzz`: generated requests against every operation of ETSI's description; about half an hour.

Needs the description (`DESCRIPTION=…/ngsi-ld-api.yaml`, OpenAPI 1.8.1) and starts a platform of its own
beside any other. Ends with 1 if any answer was a server error or had a status that nothing permits.
"""

import argparse
import os
import sys
from pathlib import Path

from local.outputs import read_outputs
from local.settings import read_local_settings
from tests.fuzzing.campaign import Campaign, Findings, Tally
from tests.platform import local

PLATFORM = {"MACHI_PORT": "8960", "MACHI_STATE_DIR": ".local/fuzz"}


def main() -> int:
    """Ask, report, and say whether all was well."""
    arguments = _arguments()
    local("reset", PLATFORM)
    local("up", PLATFORM)
    try:
        outputs = read_outputs(read_local_settings({**os.environ, **PLATFORM}).outputs_file)
        campaign = Campaign(
            arguments.description, outputs.api_url, outputs.conformance_key, number=arguments.seed
        )
        try:
            for operation in campaign.run(arguments.calls):
                _say(f"{campaign.tally.calls:6} {operation}")
        except KeyboardInterrupt:
            _say("stopped early")
        _report(campaign.tally)
    finally:
        local("down", PLATFORM)
        local("reset", PLATFORM)
    return 1 if campaign.tally.wrong else 0


def _report(tally: Tally) -> None:
    _say("status by operation")
    for label in sorted({label for label, _ in tally.statuses}):
        counts = sorted((status, times) for (of, status), times in tally.statuses.items() if of == label)
        _say(f"  {label}: " + ", ".join(f"{status} × {times}" for status, times in counts))
    _say("undocumented, and permitted by a clause")
    for reason, times in sorted(tally.permitted.items()):
        _say(f"  {reason} × {times}")
    _say(f"slowest: {tally.slowest[0]:.2f} s: {tally.slowest[1]}")
    _list("bodies that do not fit the description's schemas (for information)", tally.shapes)
    _list("WRONG", tally.wrong)
    _say(f"{tally.calls} calls, {sum(found.times for found in tally.wrong.values())} wrong answers")


def _list(title: str, findings: Findings) -> None:
    if findings:
        _say(title)
    for (operation, check, status, problem), found in sorted(findings.items()):
        _say(f"  {operation}: {check}: {status} {problem} × {found.times}")
        _say(f"    {found.command}\n    {found.answer}\n    {found.reason}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("description", type=Path, help="ETSI's ngsi-ld-api.yaml, OpenAPI 1.8.1")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261124)
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
