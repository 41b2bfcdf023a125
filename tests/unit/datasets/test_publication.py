"""The data a city ships with, as pages and the seed read it."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import machi.datasets
from machi.datasets import FileUnreadable, Hazard, read_provenance, read_shelters, read_sites
from tests.unit.datasets.builders import CITY, sheet_csv, site_row

SEED = Path(__file__).parents[3] / "infra" / "cities" / "ichinomiya"
SITES_FILE, SHELTERS_FILE = SEED / "evacuation_space.csv", SEED / "evacuation_shelter.csv"


def test_the_seed_holds_all_177_sites_of_the_city_with_their_dangers() -> None:
    sites = read_sites(SITES_FILE, CITY)

    assert len({site.local_id for site in sites}) == 177
    assert Counter(hazard for site in sites for hazard in site.hazards) == {
        Hazard.FLOOD: 100,
        Hazard.INLAND_FLOODING: 100,
        Hazard.EARTHQUAKE: 77,
        Hazard.LARGE_SCALE_FIRE: 77,
    }
    assert all(site.hazards for site in sites)
    assert {site.place.address.municipality for site in sites} == {"一宮市"}


def test_the_seed_holds_all_64_shelters_of_the_city() -> None:
    assert len({shelter.local_id for shelter in read_shelters(SHELTERS_FILE, CITY)}) == 64


@pytest.mark.parametrize("name", ["evacuation_space", "evacuation_shelter"])
def test_the_seed_credits_its_source_and_says_that_it_is_not_official(name: str) -> None:
    provenance = read_provenance(SEED / f"{name}.csv", name, CITY)

    assert (provenance.provider, provenance.as_of) == ("国土地理院", date(2025, 10, 27))
    assert "国土地理院コンテンツ利用規約" in provenance.attribution
    assert "公式に公開したものではありません" in provenance.attribution


def test_a_page_is_never_built_from_a_file_with_a_bad_row(tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_bytes(sheet_csv([site_row(1), site_row(2, 緯度="0")]))

    with pytest.raises(FileUnreadable, match=r"sites\.csvに採用できない行があります: 3行目: "):
        read_sites(file, CITY)


def test_outsiders_find_what_they_may_use_in_the_package_itself() -> None:
    assert sorted(machi.datasets.__all__) == [
        "Address",
        "EvacuationShelter",
        "EvacuationSite",
        "FileUnreadable",
        "HAZARD_NAMES",
        "Hazard",
        "Place",
        "Provenance",
        "read_provenance",
        "read_shelters",
        "read_sites",
    ]
    assert all(hasattr(machi.datasets, name) for name in machi.datasets.__all__)
