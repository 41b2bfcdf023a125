"""Sheet 03, 指定緊急避難場所: where to flee from an imminent danger, and from which."""

from dataclasses import dataclass
from enum import StrEnum

from machi.datasets.cells import Flag, read_capacity, read_flag, read_text
from machi.datasets.place import PLACE_COLUMNS, Place, place_of
from machi.datasets.sheet import Column, Need, Sheet, Values


class Hazard(StrEnum):
    """The eight kinds of 災害種別 of the Disaster Countermeasures Basic Act, in the sheet's order."""

    FLOOD = "flood"
    LANDSLIDE = "landslide"
    STORM_SURGE = "stormSurge"
    EARTHQUAKE = "earthquake"
    TSUNAMI = "tsunami"
    LARGE_SCALE_FIRE = "largeScaleFire"
    INLAND_FLOODING = "inlandFlooding"
    VOLCANO = "volcano"


HAZARD_NAMES = {
    Hazard.FLOOD: "洪水",
    Hazard.LANDSLIDE: "崖崩れ、土石流及び地滑り",
    Hazard.STORM_SURGE: "高潮",
    Hazard.EARTHQUAKE: "地震",
    Hazard.TSUNAMI: "津波",
    Hazard.LARGE_SCALE_FIRE: "大規模な火事",
    Hazard.INLAND_FLOODING: "内水氾濫",
    Hazard.VOLCANO: "火山現象",
}
"""The official Japanese names, as in the headers."""

_OTHER_HEADERS = {
    # Where a city tells planned (L1) from largest assumable floods (L2), the designation goes by the latter.
    Hazard.FLOOD: ("flood_L2", "flood"),
    Hazard.LANDSLIDE: ("sedimentDisaster", "landslide"),
    Hazard.STORM_SURGE: ("stormSurge",),
    Hazard.EARTHQUAKE: ("earthquake",),
    Hazard.TSUNAMI: ("tsunami", "tunami"),
    Hazard.LARGE_SCALE_FIRE: ("largeScaleFire", "fire"),
    Hazard.INLAND_FLOODING: ("inlandFlooding", "inundation"),
    Hazard.VOLCANO: ("volcano",),
}


@dataclass(frozen=True, slots=True)
class EvacuationSite:
    """One 指定緊急避難場所."""

    place: Place
    hazards: tuple[Hazard, ...]
    """The dangers it is designated for, in the order of `Hazard`."""
    conditional_hazards: tuple[Hazard, ...] = ()
    """Dangers marked △: usable only under conditions the publisher states elsewhere."""
    also_shelter: bool | None = None
    """Whether the same address is a 指定避難所 too; None if the file does not say."""
    capacity: int | None = None
    capacity_text: str = ""
    """The publisher's words where the capacity is not one number."""
    target_area: str = ""
    """対象となる町会・自治会."""

    @property
    def local_id(self) -> str:
        """The publisher's id, 共通ID for data from 国土地理院."""
        return self.place.local_id


def _build(values: Values, city_code: str) -> EvacuationSite:
    flags = {hazard: values[_field(hazard)] for hazard in Hazard}
    shelter, capacity = values["also_shelter"], values["capacity"]
    return EvacuationSite(
        place=place_of(values, city_code),
        hazards=tuple(hazard for hazard, flag in flags.items() if flag is Flag.YES),
        conditional_hazards=tuple(hazard for hazard, flag in flags.items() if flag is Flag.CONDITIONAL),
        also_shelter=None if shelter is None else shelter is Flag.YES,
        capacity=capacity if isinstance(capacity, int) else None,
        capacity_text=capacity if isinstance(capacity, str) else "",
        target_area=values["target_area"] or "",
    )


def _field(hazard: Hazard) -> str:
    return f"hazard_{hazard.value}"


EVACUATION_SPACE: Sheet[EvacuationSite] = Sheet(
    columns=(
        *PLACE_COLUMNS,
        *(
            Column(
                _field(hazard),
                (f"災害種別_{name}", name, *_OTHER_HEADERS[hazard]),
                read_flag,
                Need.STRICT,
                Flag.NO,
            )
            for hazard, name in HAZARD_NAMES.items()
        ),
        Column(
            "also_shelter", ("指定避難所との重複", "指定避難所との住所同一"), read_flag, Need.LENIENT, Flag.NO
        ),
        Column("capacity", ("想定収容人数", "capacity"), read_capacity),
        Column("target_area", ("対象となる町会・自治会", "residentsAssociation"), read_text),
    ),
    build=_build,
    any_of=tuple(_field(hazard) for hazard in Hazard),
    foreign={
        "指定緊急避難場所との重複": "指定避難所",
        "指定緊急避難場所との住所同一": "指定避難所",
        "受入対象者": "指定避難所",
    },
)
