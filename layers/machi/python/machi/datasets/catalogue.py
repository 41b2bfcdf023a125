"""Which data sets the platform takes in, each by the name of its folder, sheet and kind of entity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from machi.datasets.entities import (
    EVACUATION_SHELTER,
    EVACUATION_SITE,
    Attributes,
    shelter_attributes,
    site_attributes,
)
from machi.datasets.evacuation_shelter import EVACUATION_SHELTER as SHELTER_SHEET
from machi.datasets.evacuation_shelter import EvacuationShelter
from machi.datasets.evacuation_space import EVACUATION_SPACE as SPACE_SHEET
from machi.datasets.evacuation_space import EvacuationSite
from machi.datasets.place import Place
from machi.datasets.problems import DataSetUnknown
from machi.datasets.sheet import Record, Sheet


class PlacedRecord(Record, Protocol):
    """A record about something at a place."""

    @property
    def place(self) -> Place:
        """Where it is and whom to ask."""


RecordT = TypeVar("RecordT", bound=PlacedRecord)


@dataclass(frozen=True, slots=True)
class DataSet(Generic[RecordT]):
    """One list that a city publishes."""

    name: str
    """As in the standard's file names and in the folders of the import bucket."""
    title: str
    """Its Japanese name."""
    entity_type: str
    sheet: Sheet[RecordT]
    attributes: Callable[[RecordT], Attributes]
    """What the entity says beyond place and provenance."""


SITES: DataSet[EvacuationSite] = DataSet(
    "evacuation_space", "指定緊急避難場所一覧", EVACUATION_SITE, SPACE_SHEET, site_attributes
)
SHELTERS: DataSet[EvacuationShelter] = DataSet(
    "evacuation_shelter", "指定避難所一覧", EVACUATION_SHELTER, SHELTER_SHEET, shelter_attributes
)

DATA_SETS: Mapping[str, DataSet[Any]] = MappingProxyType(
    {data_set.name: data_set for data_set in (SITES, SHELTERS)}
)


def data_set_named(name: str) -> DataSet[Any]:
    """The data set of that name.

    Raises:
        DataSetUnknown: there is none; the message names those there are.
    """
    try:
        return DATA_SETS[name]
    except KeyError:
        names = "、".join(DATA_SETS)
        raise DataSetUnknown(f"データの種類が分かりません。次のどれかにしてください: {names}") from None
