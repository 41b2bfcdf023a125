"""What a published file turns into: records and entities, with everything that was wrong on the way."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from machi.datasets.catalogue import DataSet, PlacedRecord
from machi.datasets.decoding import decode
from machi.datasets.entities import Entity, entity_of
from machi.datasets.geojson import read_geojson
from machi.datasets.provenance import Provenance, provenance_of
from machi.datasets.sheet import Sheet, SheetContent, read_sheet
from machi.datasets.table import Table, read_csv

RecordT = TypeVar("RecordT", bound=PlacedRecord)


@dataclass(frozen=True, slots=True)
class Conversion(Generic[RecordT]):
    """One file, understood as far as it can be."""

    data_set: DataSet[RecordT]
    city_code: str
    content: SheetContent[RecordT]
    provenance: Provenance
    remarks: tuple[str, ...]
    """Sentences in Japanese about the file as a whole."""
    encoding: str
    unit: str
    """What row numbers count, in Japanese."""
    broken_off: bool
    """True if the rest of the file could not be read, so that rows may be missing."""

    @property
    def records(self) -> tuple[RecordT, ...]:
        """The good rows, in the order of the file."""
        return self.content.records

    def entities(self) -> list[Entity]:
        """The good rows as NGSI-LD entities, in the order of the file."""
        return [
            entity_of(
                self.data_set.entity_type, record.place, self.data_set.attributes(record), self.provenance
            )
            for record in self.records
        ]


def convert(
    data: bytes, data_set: DataSet[RecordT], city_code: str, as_of: date | None = None
) -> Conversion[RecordT]:
    """Read a CSV or GeoJSON file of one data set. The same arguments always give the same result.

    `as_of` is the day whose state the data shows, for files that do not say so themselves.

    Raises:
        FileUnreadable: the file as a whole cannot be understood.
    """
    table = _read_table(data, data_set.sheet)
    content = read_sheet(table, data_set.sheet, city_code)
    stated = provenance_of(table, data_set.title, city_code, as_of)
    return Conversion(
        data_set=data_set,
        city_code=city_code,
        content=content,
        provenance=stated.provenance,
        remarks=stated.remarks,
        encoding=table.encoding,
        unit=table.unit,
        broken_off=table.broken_off,
    )


def _read_table(data: bytes, sheet: Sheet[Any]) -> Table:
    # By content, not by name: people rename files.
    text, _ = decode(data)
    if text.lstrip().startswith(("{", "[")):
        return read_geojson(data)
    return read_csv(data, sheet.known_headers())
