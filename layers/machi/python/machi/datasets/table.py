"""Which rows a published table holds, before anybody asks what they mean."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from machi.datasets.decoding import decode
from machi.datasets.problems import FileUnreadable, RowProblem

_HEADER_WITHIN = 50
"""A header further down than this is not looked for: titles and comments are a few rows."""
_HEADER_NEEDS = 2
MOST_ROWS = 100_000
"""More than any city's list; a file beyond it is a mistake or an attack on our memory."""
_MOST_COLUMNS = 500
_MARKS = re.compile(r"[\s◎○●※*]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its number as people count, and its cells by `header_key`; blank ones may be missing."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that have the shape of the header, and the others as problems."""

    headers: Mapping[str, str]
    """`header_key` → the header as the file spells it."""
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...]
    encoding: str
    unit: str = "行目"
    """What a row number counts, in Japanese."""
    preamble: Mapping[str, str] = field(default_factory=dict)
    """Comment rows above the header, `#license,…` as `license`."""
    broken_off: bool = False
    """True if the rest of the file could not be read, so that rows may be missing."""


def header_key(header: str) -> str:
    """Headers that differ only in width, case, spaces or marks such as ◎ are the same column."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", header)).casefold()


def read_csv(data: bytes, known: Collection[str]) -> Table:
    """Read delimited text. `known` holds the `header_key`s of the sheet: they find the header row.

    Raises:
        FileUnreadable: no text, no row that looks like the sheet's header, or more than one list can hold.
    """
    text, encoding = decode(data)
    lines = list(islice(io.StringIO(text, newline=""), MOST_ROWS + 1))
    if len(lines) > MOST_ROWS:
        raise FileUnreadable(f"行が多すぎます(上限は{MOST_ROWS:,}行です)")
    records = _Records(lines)
    numbered = list(enumerate(records, start=1))
    at = _find_header(numbered, known)
    header_number, header = numbered[at]
    problems = [] if records.problem is None else [RowProblem(len(numbered) + 1, records.problem)]
    if records.swallowed:
        problems.append(RowProblem(len(numbered), '引用符(")が閉じられていません。以降の行を読めません'))
        numbered.pop()
    if len(header) > _MOST_COLUMNS:
        raise FileUnreadable(f"列が多すぎます(上限は{_MOST_COLUMNS}列です)")
    keys = [header_key(cell) for cell in header]
    rows: list[Row] = []
    for number, record in numbered[at + 1 :]:
        if not any(cell.strip() for cell in record) or record[0].startswith("#"):
            continue
        if any(cell.strip() for cell in record[len(keys) :]):
            problems.append(RowProblem(number, "見出しより列が多い行です。カンマや引用符を確かめてください"))
            continue
        rows.append(Row(number, _first_of_each(keys, record)))
    return Table(
        headers=_first_of_each(keys, [cell.strip() for cell in header]),
        rows=tuple(rows),
        problems=tuple(problems),
        encoding=encoding,
        preamble=_preamble(record for number, record in numbered if number < header_number),
        broken_off=records.swallowed or records.problem is not None,
    )


class _Records:
    """The records of delimited text, and what stopped the reading before its end."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._delimiter = _delimiter(lines)
        self.problem: str | None = None
        self.swallowed = False
        """True if a quotation mark that nobody closed took the last record to the end of the file."""

    def __iter__(self) -> Iterator[list[str]]:
        reader = csv.reader(self._lines, delimiter=self._delimiter)
        started = 0
        last = 0
        try:
            for record in reader:
                last, started = started, reader.line_num
                yield record
        except csv.Error:
            self.problem = "この行から先を表として読めません。長すぎる値がないか、引用符を確かめてください"
            return
        self.swallowed = self._is_open(self._lines[last:])

    def _is_open(self, lines: list[str]) -> bool:
        # Only the strict reader tells an open quotation mark from the end of a field.
        try:
            list(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return "unexpected end of data" in str(error)
        return False


def _delimiter(lines: list[str]) -> str:
    # Excel's "Unicode text" is UTF-16 with tabs.
    sample = "".join(lines[:20])
    return "\t" if sample.count("\t") > sample.count(",") else ","


def _find_header(numbered: list[tuple[int, list[str]]], known: Collection[str]) -> int:
    def matches(index: int) -> int:
        return len({header_key(cell) for cell in numbered[index][1]} & set(known))

    best = max(range(min(len(numbered), _HEADER_WITHIN)), key=matches, default=None)
    if best is None:
        raise FileUnreadable("ファイルが空です")
    if matches(best) < _HEADER_NEEDS:
        raise FileUnreadable("見出しの行が見つかりません。標準の項目名を1行目に置いてください")
    return best


def _first_of_each(keys: list[str], record: list[str]) -> dict[str, str]:
    # A file of commas must not fill the memory with blanks, so these are left out.
    cells: dict[str, str] = {}
    for key, cell in zip(keys, record, strict=False):
        if key and cell:
            cells.setdefault(key, cell)
    return cells


def _preamble(records: Iterator[list[str]]) -> dict[str, str]:
    return {
        record[0].removeprefix("#").strip(): record[1].strip()
        for record in records
        if len(record) > 1 and record[0].startswith("#") and record[1].strip()
    }
