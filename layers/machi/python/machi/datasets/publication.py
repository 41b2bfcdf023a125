"""Reading a data set that has to be whole: the files a city ships with, for pages built ahead of time."""

from pathlib import Path
from typing import TypeVar

from machi.datasets.catalogue import SHELTERS, SITES, DataSet, PlacedRecord, data_set_named
from machi.datasets.conversion import Conversion, convert
from machi.datasets.evacuation_shelter import EvacuationShelter
from machi.datasets.evacuation_space import EvacuationSite
from machi.datasets.problems import FileUnreadable
from machi.datasets.provenance import Provenance

RecordT = TypeVar("RecordT", bound=PlacedRecord)


def read_sites(path: Path, city_code: str) -> list[EvacuationSite]:
    """All 指定緊急避難場所 of a file, in its order.

    Raises:
        FileUnreadable: it cannot be read, or a row of it is wrong; a page must not silently lack a site.
        OSError: there is no such file.
    """
    return list(_whole(path, SITES, city_code).records)


def read_shelters(path: Path, city_code: str) -> list[EvacuationShelter]:
    """All 指定避難所 of a file, in its order; raises as `read_sites` does."""
    return list(_whole(path, SHELTERS, city_code).records)


def read_provenance(path: Path, data_set: str, city_code: str) -> Provenance:
    """Whom to credit for a file, and its terms; raises as `read_sites` does.

    Raises:
        DataSetUnknown: no data set has that name.
    """
    return _whole(path, data_set_named(data_set), city_code).provenance


def _whole(path: Path, data_set: DataSet[RecordT], city_code: str) -> Conversion[RecordT]:
    conversion = convert(path.read_bytes(), data_set, city_code)
    if conversion.content.rejected:
        first = conversion.content.rejected[0].sentence(conversion.unit)
        raise FileUnreadable(f"{path.name}に採用できない行があります: {first}")
    return conversion
