"""`make bench`: measures the platform and writes `docs/performance.md`; takes about a quarter of an hour.

It starts a platform of its own beside any other, fills it to 1,000, 10,000 and 100,000 entities, and
forgets it. `--sizes 1000,10000` and `--times 50` make it shorter.
"""

import argparse
import os
import sys
from pathlib import Path

import httpx

from local.outputs import read_outputs
from local.settings import ROOT, read_local_settings
from tests.performance import (
    capacity_of_operations,
    disclosures,
    handlers,
    report,
    requests_through_gateway,
    shipped_code,
    temporal_requests,
)
from tests.performance.measurement import Figure
from tests.platform import local

PLATFORM = {"MACHI_PORT": "8920", "MACHI_STATE_DIR": ".local/bench"}


def main() -> None:
    """Measure everything and write the report."""
    arguments = _arguments()
    figures: list[Figure] = []
    _say("handlers in this process")
    figures += handlers.measure()
    _say("capacity of each operation")
    figures += capacity_of_operations.measure()
    _say("starting a platform of its own")
    local("reset", PLATFORM)
    local("up", PLATFORM)
    try:
        settings = read_local_settings({**os.environ, **PLATFORM})
        _say("imports and sizes of what ships")
        figures += shipped_code.measure(settings.assembly_dir)
        outputs = read_outputs(settings.outputs_file)
        _say("disclosures of personal data")
        figures += disclosures.measure(
            outputs.emulator_url, outputs.people_table, outputs.city_table, say=lambda text: _say(f"  {text}")
        )
        key = {"X-Api-Key": outputs.conformance_key}
        with httpx.Client(base_url=outputs.api_url, headers=key, timeout=60, trust_env=False) as client:
            _say("temporal queries")
            figures += temporal_requests.measure(client, times=max(arguments.times // 10, 5))
            figures += requests_through_gateway.measure(client, arguments.sizes, arguments.times, _say)
    finally:
        local("down", PLATFORM)
        local("reset", PLATFORM)
    report.write(figures, ROOT / ".local" / "performance", ROOT / "docs" / "performance.md")
    _say(f"wrote {Path('docs/performance.md')}")
    for figure in figures:
        if not figure.within:
            _say(f"above its budget: {figure.group} {figure.name}: {figure.value:.4g} {figure.unit}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[1_000, 10_000, 100_000]
    )
    parser.add_argument("--times", type=int, default=200)
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
