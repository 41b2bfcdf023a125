"""指定避難所: where people stay after a disaster. The standard has no sheet for it; this is like sheet 03.

Hazard columns are ignored here: a shelter is not safe from a danger by being a shelter.
"""

from dataclasses import dataclass

from machi.datasets.cells import Flag, read_capacity, read_flag, read_text
from machi.datasets.place import PLACE_COLUMNS, Place, place_of
from machi.datasets.sheet import Column, Need, Sheet, Values


@dataclass(frozen=True, slots=True)
class EvacuationShelter:
    """One 指定避難所."""

    place: Place
    also_site: bool | None = None
    """Whether the same address is a 指定緊急避難場所 too; None if the file does not say."""
    accepts: str = ""
    """受入対象者: whom it is meant for."""
    other_matters: str = ""
    """その他市町村長が必要と認める事項."""
    capacity: int | None = None
    capacity_text: str = ""
    """The publisher's words where the capacity is not one number."""
    target_area: str = ""
    """対象となる町会・自治会."""

    @property
    def local_id(self) -> str:
        """The publisher's id, 共通ID for data from 国土地理院."""
        return self.place.local_id


def _build(values: Values, city_code: str) -> EvacuationShelter:
    site, capacity = values["also_site"], values["capacity"]
    return EvacuationShelter(
        place=place_of(values, city_code),
        also_site=None if site is None else site is Flag.YES,
        accepts=values["accepts"] or "",
        other_matters=values["other_matters"] or "",
        capacity=capacity if isinstance(capacity, int) else None,
        capacity_text=capacity if isinstance(capacity, str) else "",
        target_area=values["target_area"] or "",
    )


EVACUATION_SHELTER: Sheet[EvacuationShelter] = Sheet(
    columns=(
        *PLACE_COLUMNS,
        Column(
            "also_site",
            ("指定緊急避難場所との重複", "指定緊急避難場所との住所同一"),
            read_flag,
            Need.LENIENT,
            Flag.NO,
        ),
        Column("accepts", ("受入対象者",), read_text),
        Column("other_matters", ("その他市町村長が必要と認める事項",), read_text),
        Column("capacity", ("想定収容人数", "capacity"), read_capacity),
        Column("target_area", ("対象となる町会・自治会",), read_text),
    ),
    build=_build,
    # Any list of places has a name and a position; only one of shelters says one of these.
    any_of=("also_site", "accepts", "other_matters", "capacity"),
    foreign={
        "指定避難所との重複": "指定緊急避難場所",
        "指定避難所との住所同一": "指定緊急避難場所",
    },
)
