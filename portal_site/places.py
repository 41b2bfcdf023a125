"""Where to flee and where to stay, as people look for it: by facility, not by row.

A school is one row for its building (floods) and one for its ground (earthquakes) in the published file.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from machi.datasets import EvacuationShelter, EvacuationSite, Hazard, read_shelters, read_sites

SITES_FILE = "evacuation_space.csv"
SHELTERS_FILE = "evacuation_shelter.csv"

_FLOOR = re.compile(r"「(?P<hazard>[^」]+)」では(?P<floor>\d+)階以上に避難")
_OTHER_CITIES = re.compile(r"受入対象者は他市町村等から受入れ要請のあった被災者とする。?")


@dataclass(frozen=True, slots=True)
class Remark:
    """A condition that the publisher states for a place; a misread one costs lives.

    `text` names the phrase in `[shelters.remarks]` of the locale files, "" where the publisher's own words
    are all there is.
    """

    original: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the file: a building or a ground of a facility."""

    local_id: str
    name: str
    """For example 校舎; empty where the row is the facility as a whole."""
    hazards: tuple[Hazard, ...]
    conditional_hazards: tuple[Hazard, ...]
    remarks: tuple[Remark, ...]

    def serves(self, hazard: Hazard) -> bool:
        """True if it is designated for the danger, if only under conditions."""
        return hazard in self.hazards or hazard in self.conditional_hazards


@dataclass(frozen=True, slots=True)
class Facility:
    """Rows with one name and one address. Degrees of its first row, JGD2011."""

    anchor: str
    name: str
    address: str
    """Without prefecture and municipality."""
    latitude: float
    longitude: float
    parts: tuple[Part, ...]
    also_other_kind: bool
    """A 指定緊急避難場所 that is a 指定避難所 too, or the other way round."""


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that the city designated."""

    sites: tuple[Facility, ...]
    shelters: tuple[Facility, ...]

    def sites_for(self, hazard: Hazard) -> tuple[Facility, ...]:
        """The facilities to flee to from one danger, each with only the parts that serve."""
        chosen = []
        for facility in self.sites:
            parts = tuple(part for part in facility.parts if part.serves(hazard))
            if parts:
                chosen.append(replace(facility, parts=parts))
        return tuple(chosen)

    def hazards(self) -> tuple[Hazard, ...]:
        """The dangers for which there is at least one place, in the order of the law."""
        return tuple(hazard for hazard in Hazard if self.sites_for(hazard))


def read_places(folder: Path, city_code: str) -> Places:
    """Read a city's seed files.

    Raises:
        machi.datasets.FileUnreadable: a file or a row of it cannot be understood.
    """
    return Places(
        sites=_facilities(_site_rows(read_sites(folder / SITES_FILE, city_code))),
        shelters=_facilities(_shelter_rows(read_shelters(folder / SHELTERS_FILE, city_code))),
    )


def count_parts(facilities: Iterable[Facility]) -> int:
    """How many rows of the file the facilities stand for: the number of designated places."""
    return sum(len(facility.parts) for facility in facilities)


def slug(hazard: Hazard) -> str:
    """The hazard as part of an address: `stormSurge` → `storm-surge`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", hazard.value).lower()


def _site_rows(sites: Sequence[EvacuationSite]) -> list[Facility]:
    return [
        _row(
            site,
            Part(
                local_id=site.local_id,
                name=_part_name(site.place.name),
                hazards=site.hazards,
                conditional_hazards=site.conditional_hazards,
                remarks=_remarks(site.place.note),
            ),
            also_other_kind=bool(site.also_shelter),
        )
        for site in sites
    ]


def _shelter_rows(shelters: Sequence[EvacuationShelter]) -> list[Facility]:
    return [
        _row(
            shelter,
            Part(
                local_id=shelter.local_id,
                name=_part_name(shelter.place.name),
                hazards=(),
                conditional_hazards=(),
                remarks=_remarks(shelter.place.note, shelter.accepts, shelter.other_matters),
            ),
            also_other_kind=bool(shelter.also_site),
        )
        for shelter in shelters
    ]


def _row(record: EvacuationSite | EvacuationShelter, part: Part, *, also_other_kind: bool) -> Facility:
    place = record.place
    return Facility(
        anchor=f"p-{place.local_id}",
        name=place.name.partition("　")[0],
        address=place.address.street or place.address.full,
        latitude=place.latitude,
        longitude=place.longitude,
        parts=(part,),
        also_other_kind=also_other_kind,
    )


def _facilities(rows: Iterable[Facility]) -> tuple[Facility, ...]:
    together: dict[tuple[str, str], Facility] = {}
    for row in rows:
        key = (row.name, row.address)
        known = together.get(key)
        together[key] = replace(known, parts=known.parts + row.parts) if known else row
    return tuple(together.values())


def _part_name(name: str) -> str:
    return name.partition("　")[2].strip()


def _remarks(*texts: str) -> tuple[Remark, ...]:
    return tuple(Remark(text, _known_phrase(text)) for text in texts if text)


def _known_phrase(text: str) -> str:
    floor = _FLOOR.fullmatch(text)
    if floor and floor["hazard"] == "洪水":
        return f"flood_floor_{floor['floor']}"
    return "other_cities" if _OTHER_CITIES.fullmatch(text) else ""
