"""How figures are written down: a Markdown table for people, JSON for comparison."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.performance.measurement import Figure


def write(figures: Sequence[Figure], folder: Path, committed: Path) -> None:
    """`folder/latest.json` and `folder/latest.md`, and the same table into `committed`."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    machine = f"Python {platform.python_version()}, {platform.machine()}"
    (folder / "latest.json").write_text(
        json.dumps(
            {"at": moment, "machine": machine, "figures": [asdict(figure) for figure in figures]},
            ensure_ascii=False,
            indent=1,
        ),
        encoding="utf-8",
    )
    text = table(figures, moment, machine)
    (folder / "latest.md").write_text(text, encoding="utf-8")
    committed.write_text(text, encoding="utf-8")


def table(figures: Sequence[Figure], moment: str, machine: str) -> str:
    """The report as Markdown."""
    lines = [
        "# Performance",
        "",
        f"Made by `make bench` on {moment}, {machine}, two cores, the embedded emulator. Latencies are whole",
        "requests over loopback through API Gateway, authorizer and function; ratios hold across machines,",
        "milliseconds do not.",
        "",
        "| group | figure | value | budget | note |",
        "|---|---|---:|---:|---|",
    ]
    for figure in figures:
        budget = "" if figure.limit is None else f"≤ {figure.limit:g} {figure.unit}"
        value = f"{figure.value:.4g} {figure.unit}" + ("" if figure.within else " (above)")
        lines.append(f"| {figure.group} | {figure.name} | {value} | {budget} | {figure.note} |")
    return "\n".join(lines) + "\n"
