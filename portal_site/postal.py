"""The postal codes with which the portal helps to fill in an address, as small files of our own origin.

A browser asks for the file of a code's first three digits only, so that not even our own server learns more.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path

POSTAL_CODES_FILE = "postal_codes.csv"

Area = list[str]
"""Prefecture, municipality, town; the town is empty where the code says no more."""


def postal_files(folder: Path) -> dict[str, str]:
    """Path below the site's root → JSON `{last four digits: [[prefecture, municipality, town], …]}`."""
    files: dict[str, dict[str, list[Area]]] = defaultdict(lambda: defaultdict(list))
    with (folder / POSTAL_CODES_FILE).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            code = row["postal_code"]
            files[code[:3]][code[3:]].append([row["prefecture"], row["municipality"], row["town"]])
    return {
        f"data/postal/{start}.json": json.dumps(areas, ensure_ascii=False, separators=(",", ":")) + "\n"
        for start, areas in sorted(files.items())
    }
