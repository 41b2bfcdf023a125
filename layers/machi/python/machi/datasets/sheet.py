"""How a standard sheet is described: one declarative column table each, read row by row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Generic, Protocol, TypeVar

from machi.datasets.problems import CellInvalid, FileUnreadable, RowProblem
from machi.datasets.table import Row, Table, header_key


class Need(Enum):
    """What a missing or unreadable value means for its row."""

    KEY = auto()
    """The row makes no sense without it: the file must have the column and the cell a valid value."""
    STRICT = auto()
    """May be missing; a wrong value costs the row, because leaving it out could mislead."""
    LENIENT = auto()
    """May be missing; a wrong value is left out with a warning."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the headers it goes by (best first) and how its cells are read."""

    field: str
    headers: tuple[str, ...]
    read: Callable[[str], Any]
    need: Need = Need.LENIENT
    blank: Any = None
    """The value of an empty cell. A column that the file does not have always reads as None."""


class Record(Protocol):
    """What every sheet's record has in common."""

    @property
    def local_id(self) -> str:
        """The id that the publisher gave, unique within the data set."""


RecordT = TypeVar("RecordT", bound=Record)

Values = Mapping[str, Any]
"""Column field → value, as the sheet's `build` receives it."""


@dataclass(frozen=True, slots=True)
class Sheet(Generic[RecordT]):
    """One sheet of the municipal standard data sets."""

    columns: tuple[Column, ...]
    build: Callable[[Values, str], RecordT]
    """Makes the record from the values and the city's code.

    Raises:
        CellInvalid: values that are fine each alone do not go together.
    """
    any_of: tuple[str, ...] = ()
    """Fields of which the file must have at least one column."""
    foreign: Mapping[str, str] = field(default_factory=dict)
    """Headers that only a similar but different list has → what that list is."""

    def known_headers(self) -> frozenset[str]:
        """The `header_key` of every header that a column of this sheet may have."""
        return frozenset(header_key(header) for column in self.columns for header in column.headers)


@dataclass(frozen=True, slots=True)
class SheetContent(Generic[RecordT]):
    """What a table says, read as one sheet."""

    records: tuple[RecordT, ...]
    rejected: tuple[RowProblem, ...]
    """Rows that were not taken; several reasons for one row are several problems."""
    warnings: tuple[RowProblem, ...]
    ignored_headers: tuple[str, ...]


def read_sheet(table: Table, sheet: Sheet[RecordT], city_code: str) -> SheetContent[RecordT]:
    """Validate row by row; a bad row costs nothing but itself.

    Raises:
        FileUnreadable: a column that every row needs is missing, or the file is another kind of list.
    """
    _refuse_foreign(table, sheet)
    reading = _Reading(table, sheet, city_code, _columns_in(table, sheet))
    for row in table.rows:
        reading.take(row)
    known = sheet.known_headers()
    return SheetContent(
        records=tuple(reading.records),
        rejected=tuple(sorted(reading.rejected, key=lambda problem: problem.row)),
        warnings=tuple(reading.warnings),
        ignored_headers=tuple(header for key, header in table.headers.items() if key not in known),
    )


def _refuse_foreign(table: Table, sheet: Sheet[Any]) -> None:
    for header, what in sheet.foreign.items():
        if header_key(header) in table.headers:
            raise FileUnreadable(f"「{header}」の列があります。{what}のファイルではありませんか")


def _columns_in(table: Table, sheet: Sheet[Any]) -> dict[str, str]:
    used: dict[str, str] = {}
    for column in sheet.columns:
        present = [header_key(header) for header in column.headers if header_key(header) in table.headers]
        if present:
            used[column.field] = present[0]
        elif column.need is Need.KEY:
            raise FileUnreadable(f"見出し「{column.headers[0]}」の列がありません")
    if sheet.any_of and not any(name in used for name in sheet.any_of):
        names = _headers_of(sheet.columns, sheet.any_of)
        raise FileUnreadable(f"次のどの列もありません: {'、'.join(names)}")
    return used


def _headers_of(columns: Iterable[Column], fields: tuple[str, ...]) -> list[str]:
    return [f"「{column.headers[0]}」" for column in columns if column.field in fields]


@dataclass(slots=True)
class _Reading(Generic[RecordT]):
    """What has been read so far."""

    table: Table
    sheet: Sheet[RecordT]
    city_code: str
    used: Mapping[str, str]
    """Column field → the `header_key` it is read from."""
    records: list[RecordT] = field(default_factory=list)
    rejected: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    first_row_of: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rejected += self.table.problems

    def take(self, row: Row) -> None:
        """Read one row into a record or into reasons why not."""
        values: dict[str, Any] = {}
        rejected: list[RowProblem] = []
        warnings: list[RowProblem] = []
        for column in self.sheet.columns:
            key = self.used.get(column.field)
            try:
                values[column.field] = _read_cell(column, None if key is None else row.cells.get(key, ""))
            except CellInvalid as error:
                problem = RowProblem(row.number, str(error), self.table.headers.get(key or ""))
                values[column.field] = None
                (warnings if column.need is Need.LENIENT else rejected).append(problem)
        if not rejected:
            try:
                self._keep(self.sheet.build(values, self.city_code), row)
            except CellInvalid as error:
                rejected.append(RowProblem(row.number, str(error)))
        self.rejected += rejected
        if not rejected:
            self.warnings += warnings

    def _keep(self, record: RecordT, row: Row) -> None:
        earlier = self.first_row_of.setdefault(record.local_id, row.number)
        if earlier != row.number:
            raise CellInvalid(f"同じIDが{earlier}{self.table.unit}にもあります。先にある方を採りました")
        self.records.append(record)


def _read_cell(column: Column, text: str | None) -> object:
    if text is not None and text.strip():
        value = column.read(text)
        # A lone dash reads as empty text: the publisher says "nothing here".
        if value != "":
            return value
    if column.need is Need.KEY:
        raise CellInvalid("値がありません")
    return None if text is None else column.blank
