"""Where to flee and to stay, as pages say it, against the seed itself."""

import pytest

from machi.datasets import Hazard, read_shelters, read_sites
from portal_site.places import SHELTERS_FILE, SITES_FILE, count_parts, slug
from portal_site.site import Site
from portal_site.tables import hazard_counts, hazard_counts_csv
from tests.unit.portal_site.html_document import Document

Documents = dict[str, Document]


def _parts_on(document: Document, kind: str) -> int:
    return sum(
        len(
            [
                child
                for child in item.children
                if not isinstance(child, str)
                and "facility__part" in child.attributes.get("class", "").split()
            ]
        )
        or 1
        for item in document.of_class("facility")
        if item.attributes["data-kind"] == kind
    )


def test_the_page_lists_every_designated_place(documents: Documents) -> None:
    page = documents["shelters/index.html"]
    assert _parts_on(page, "site") == 177
    assert (
        len([item for item in page.of_class("facility") if item.attributes["data-kind"] == "shelter"]) == 64
    )


def test_places_lose_and_gain_nothing_by_being_put_together(site: Site) -> None:
    rows = read_sites(site.city.open_data / SITES_FILE, site.city.code)
    seed = sorted((row.local_id, row.place.name, row.hazards, row.place.note) for row in rows)
    shown = sorted(
        (
            part.local_id,
            f"{facility.name}　{part.name}" if part.name else facility.name,
            part.hazards,
            "".join(remark.original for remark in part.remarks),
        )
        for facility in site.places.sites
        for part in facility.parts
    )
    assert shown == seed


@pytest.mark.parametrize("hazard", list(Hazard))
def test_a_hazard_page_lists_exactly_the_places_designated_for_it(
    site: Site, documents: Documents, hazard: Hazard
) -> None:
    rows = read_sites(site.city.open_data / SITES_FILE, site.city.code)
    expected = {row.local_id for row in rows if hazard in row.hazards}
    shown = {part.local_id for facility in site.places.sites_for(hazard) for part in facility.parts}
    assert shown == expected
    page = documents.get(f"shelters/{slug(hazard)}/index.html")
    assert (page is None) == (not expected), "a page for each danger that has a place, and for no other"
    if page is not None:
        assert _parts_on(page, "site") == len(expected)


def test_every_remark_of_the_seed_is_said_in_every_language(site: Site) -> None:
    remarks = [
        remark
        for facility in (*site.places.sites, *site.places.shelters)
        for part in facility.parts
        for remark in part.remarks
    ]
    assert len(remarks) == 25
    assert {remark.text for remark in remarks} == {"flood_floor_2", "flood_floor_3", "other_cities"}
    for texts in site.texts.values():
        assert {f"remarks.{remark.text}" for remark in remarks} <= texts.keys("shelters")


def test_a_remark_stands_with_the_part_it_belongs_to(documents: Documents) -> None:
    page = documents["shelters/flood/index.html"]
    oku = next(item for item in page.of_class("facility") if "奥小学校" in item.text)
    assert "校舎 洪水 内水氾濫 洪水のときは2階以上に避難" in oku.text
    assert "グラウンド" not in oku.text, "the ground is for earthquakes"


def test_a_shelter_for_other_cities_says_so(site: Site, documents: Documents) -> None:
    rows = read_shelters(site.city.open_data / SHELTERS_FILE, site.city.code)
    names = {row.place.name for row in rows if row.other_matters}
    page = documents["shelters/stay/index.html"]
    said = {
        item.text.split(" ")[0]
        for item in page.of_class("facility")
        if "ほかの市町村などから頼まれて受け入れる" in item.text
    }
    assert said == names == {"一宮高等学校", "一宮西高等学校", "一宮南高等学校"}


def test_a_place_links_to_itself_on_a_map_without_javascript(documents: Documents) -> None:
    first = documents["shelters/index.html"].of_class("facility")[0]
    where = f"{first.attributes['data-latitude']}/{first.attributes['data-longitude']}"
    links = [link.attributes["href"] for link in documents["shelters/index.html"].of_class("facility__link")]
    assert links[0] == f"https://maps.gsi.go.jp/#17/{where}/"
    assert links[1].endswith("&destination=" + where.replace("/", "%2C"))


def test_chart_table_and_csv_say_the_same(site: Site, documents: Documents) -> None:
    rows = [(row.official_name, str(row.count)) for row in hazard_counts(site.places)]
    page = documents["data/index.html"]
    chart = [element.text for element in page.of_class("bar-chart__number")]
    table = [element.text for element in page.all("td")]
    csv = [tuple(line.split(",")) for line in hazard_counts_csv(site.places).splitlines()[1:]]
    assert chart == table == [count for _, count in rows]
    assert csv == rows
    assert dict(rows)["洪水"] == "100"
    assert count_parts(site.places.sites) == 177


def test_the_csv_files_are_the_seed_itself(site: Site, files: dict[str, bytes]) -> None:
    for name in (SITES_FILE, SHELTERS_FILE):
        assert files[f"data/{name}"] == (site.city.open_data / name).read_bytes()
