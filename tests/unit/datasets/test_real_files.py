"""Excerpts of what cities and 国土地理院 publish; sources in tests/data/opendata/SOURCES.md."""

import json
from typing import Any

import pytest

from machi.datasets.catalogue import SHELTERS, SITES, DataSet
from machi.datasets.conversion import Conversion, convert
from machi.datasets.evacuation_space import Hazard
from machi.datasets.problems import FileUnreadable
from tests.unit.datasets.builders import CITY, DATA, reasons

TAKAMATSU = "372013"
NANAO = "172022"


def converted(name: str, data_set: DataSet[Any] = SITES, city: str = CITY) -> Conversion[Any]:
    return convert((DATA / name).read_bytes(), data_set, city)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("gsi_emergency_232033.geojson", "utf-8-sig"),
        ("ichinomiya_evacuation_space_utf8bom.csv", "utf-8-sig"),
        ("ichinomiya_evacuation_space_cp932.csv", "cp932"),
    ],
)
def test_the_same_sites_come_out_of_every_form_of_the_same_data(name: str, encoding: str) -> None:
    conversion = converted(name)

    assert conversion.encoding == encoding
    assert not conversion.content.rejected
    assert not conversion.content.warnings
    assert not conversion.content.ignored_headers
    assert [
        (
            site.local_id,
            site.place.name,
            site.place.longitude,
            site.hazards,
            site.also_shelter,
            site.place.note,
        )
        for site in conversion.records[:2]
    ] == [
        (
            "E2320300001201",
            "平島公園野球場　グラウンド",
            136.812962,
            (Hazard.EARTHQUAKE, Hazard.LARGE_SCALE_FIRE),
            False,
            "",
        ),
        (
            "E2320300002201",
            "奥小学校　校舎",
            136.758516,
            (Hazard.FLOOD, Hazard.INLAND_FLOODING),
            True,
            "「洪水」では2階以上に避難",
        ),
    ]
    assert conversion.records == converted("gsi_emergency_232033.geojson").records


def test_shelters_of_the_geospatial_authority_are_read() -> None:
    conversion = converted("gsi_evacuation_232033.geojson", SHELTERS)

    assert not conversion.content.rejected
    assert [(shelter.local_id, shelter.place.name, shelter.also_site) for shelter in conversion.records] == [
        ("E2320300002111", "奥小学校", True),
        ("E2320300004111", "奥中学校", True),
        ("E2320300006111", "開明小学校", True),
    ]


def test_another_citys_geojson_is_not_taken_for_ours() -> None:
    conversion = converted("gsi_emergency_232033.geojson", city=TAKAMATSU)

    assert not conversion.records
    assert reasons(conversion)[0].startswith("1件目の地物: 全国地方公共団体コードが372013ではありません")


def test_takamatsus_english_headers_and_marks_are_read() -> None:
    conversion = converted("takamatsu_evacuation_space.csv", city=TAKAMATSU)
    first = conversion.records[0]

    assert not conversion.content.rejected
    assert [site.local_id for site in conversion.records] == ["1", "2", "3", "120", "165"]
    assert (first.place.name, first.place.elevation, first.capacity) == ("日新小学校跡施設", 1.7, 238)
    # flood_L1 is ○ and flood_L2 △: the larger flood decides.
    assert Hazard.FLOOD not in first.hazards
    assert first.conditional_hazards == (Hazard.FLOOD, Hazard.STORM_SURGE, Hazard.TSUNAMI)
    # Two kinds of dash, both meaning "not designated".
    assert conversion.records[3].hazards == ()
    assert conversion.records[4].hazards == (Hazard.EARTHQUAKE,)
    assert conversion.content.ignored_headers == ("flood_L1", "evacuationSpace", "jurisdiction")


def test_nanaos_decimal_flags_and_capacities_in_words_are_read() -> None:
    conversion = converted("nanao_evacuation.csv", city=NANAO)
    first, fourth = conversion.records[0], conversion.records[3]

    assert len(conversion.records) == 5
    assert not conversion.content.rejected
    assert first.hazards == tuple(
        hazard for hazard in Hazard if hazard not in {Hazard.LARGE_SCALE_FIRE, Hazard.VOLCANO}
    )
    assert first.capacity_text == "屋内191人／屋外0人(面積の1/2)"
    assert first.place.address.street == "一本杉町124番地"
    assert first.also_shelter is None
    assert "\n" in fourth.place.name_english


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("takamatsu_aed.csv", "次のどの列もありません: 「災害種別_洪水」"),
        ("takamatsu_aed_bom.csv", "見出し「緯度」の列がありません"),
        ("takamatsu_population_cp932.csv", "見出し"),
        ("takamatsu_public_toilet.csv", "次のどの列もありません"),
        ("takamatsu_public_wireless_lan.csv", "次のどの列もありません"),
        ("gsi_evacuation_232033.geojson", "指定避難所のファイルではありませんか"),
    ],
)
def test_lists_of_something_else_are_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        converted(name, city=TAKAMATSU)


@pytest.mark.parametrize(
    "name",
    [
        "takamatsu_aed.csv",
        "takamatsu_aed_bom.csv",
        "takamatsu_population_cp932.csv",
        "takamatsu_public_toilet.csv",
    ],
)
def test_other_places_never_become_shelters(name: str) -> None:
    with pytest.raises(FileUnreadable):
        converted(name, SHELTERS, TAKAMATSU)


FEATURE: dict[str, Any] = json.loads((DATA / "gsi_emergency_232033.geojson").read_text())["features"][0]


@pytest.mark.parametrize(
    "broken",
    [
        FEATURE | {"geometry": None},
        FEATURE | {"geometry": {"type": "Polygon", "coordinates": []}},
        FEATURE | {"geometry": {"type": "Point", "coordinates": [136.8]}},
        FEATURE | {"geometry": {"type": "Point", "coordinates": [[136.8], 35.3]}},
        FEATURE | {"properties": None},
        FEATURE | {"properties": FEATURE["properties"] | {"施設・場所名": {"ja": "甲"}}},
        FEATURE | {"properties": FEATURE["properties"] | {"施設・場所名": "\ud800"}},
        "feature",
    ],
)
def test_a_feature_of_another_shape_costs_nothing_but_itself(broken: object) -> None:
    document = {"type": "FeatureCollection", "features": [broken, FEATURE]}

    conversion = convert(json.dumps(document).encode(), SITES, CITY)

    assert [problem.row for problem in conversion.content.rejected] == [1]
    assert len(conversion.records) == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "JSONとして読めません"),
        ("[" * 100_000, "JSONとして読めません"),
        ("[]", "FeatureCollectionではありません"),
        ('{"type": "FeatureCollection", "features": 1}', "FeatureCollectionではありません"),
        ('{"type": "FeatureCollection", "features": []}', "列がありません"),
    ],
)
def test_json_of_another_kind_is_refused(document: str, reason: str) -> None:
    with pytest.raises(FileUnreadable, match=reason):
        convert(document.encode(), SITES, CITY)
