"""The figures that charts show, so that chart, table and CSV cannot differ."""

from dataclasses import dataclass

from machi.datasets import HAZARD_NAMES, Hazard
from portal_site.places import Places, count_parts


@dataclass(frozen=True, slots=True)
class HazardCount:
    """How many places are designated for one danger."""

    hazard: Hazard
    official_name: str
    count: int


def hazard_counts(places: Places) -> tuple[HazardCount, ...]:
    """One row for each danger of the law, those without a place included."""
    return tuple(
        HazardCount(hazard, HAZARD_NAMES[hazard], count_parts(places.sites_for(hazard))) for hazard in Hazard
    )


def hazard_counts_csv(places: Places) -> str:
    """The same rows for a spreadsheet: UTF-8 with byte order mark, CRLF."""
    lines = ["災害種別,指定緊急避難場所の数"]
    lines += [f"{row.official_name},{row.count}" for row in hazard_counts(places)]
    return "\ufeff" + "".join(f"{line}\r\n" for line in lines)
