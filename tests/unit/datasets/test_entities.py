"""What becomes of a record as an NGSI-LD entity."""

import json
from typing import Any

from machi.datasets.catalogue import SHELTERS, SITES
from machi.datasets.conversion import convert
from machi.datasets.entities import OWNED_ATTRIBUTES
from tests.unit.datasets.builders import CITY, DATA, HEADERS, sheet_csv, site_row, sites_of

FULL_HEADERS = [
    *HEADERS,
    "名称_カナ",
    "名称_英字",
    "標高",
    "電話番号",
    "内線番号",
    "連絡先メールアドレス",
    "連絡先FormURL",
    "連絡先備考(その他、SNSなど)",
    "郵便番号",
    "建物名等(方書)",
    "災害種別_津波",
    "対象となる町会・自治会",
]
FULL_ROW = site_row(
    1,
    名称_カナ="ダイイチ",
    名称_英字="Daiichi",
    標高="7.5",
    電話番号="0586-00-0000",
    内線番号="12",
    連絡先メールアドレス="a@example.jp",
    連絡先FormURL="https://example.jp/form",
    郵便番号="4918501",
    災害種別_津波="△",
    指定避難所との重複="1",
    想定収容人数="屋内10人",
    URL="https://example.jp/",
    備考="2階以上",
) | {
    "連絡先備考(その他、SNSなど)": "平日のみ",
    "建物名等(方書)": "体育館",
    "対象となる町会・自治会": "本町",
}


def simplified(entity: dict[str, Any]) -> dict[str, Any]:
    return {name: value["value"] if isinstance(value, dict) else value for name, value in entity.items()}


def test_a_site_of_the_geospatial_authority_becomes_this_entity() -> None:
    data = (DATA / "gsi_emergency_232033.geojson").read_bytes()

    entity = convert(data, SITES, CITY).entities()[1]

    assert simplified(entity) == {
        "id": "urn:ngsi-ld:EvacuationSite:232033:E2320300002201",
        "type": "EvacuationSite",
        "name": "奥小学校　校舎",
        "address": {
            "addressCountry": "JP",
            "addressRegion": "愛知県",
            "addressLocality": "一宮市",
            "streetAddress": "奥町字貴船前24",
            "fullAddress": "愛知県一宮市奥町字貴船前24",
        },
        "location": {"type": "Point", "coordinates": [136.758516, 35.325928]},
        "remark": "「洪水」では2階以上に避難",
        "hazards": ["flood", "inlandFlooding"],
        "alsoShelter": True,
        "cityCode": "232033",
        "dataProvider": "国土地理院",
        "dataSet": "指定緊急避難場所・指定避難所データ",
        "source": "https://www.gsi.go.jp/bousaichiri/hinanbasho.html",
        "license": "https://www.gsi.go.jp/kikakuchousei/kikakuchousei40182.html",
        "attribution": convert(data, SITES, CITY).provenance.attribution,
        "dataClass": "open",
    }
    assert entity["location"]["type"] == "GeoProperty"
    assert {entity[name]["type"] for name in entity.keys() - {"id", "type", "location"}} == {"Property"}


def test_everything_a_row_can_say_reaches_the_entity() -> None:
    entity = convert(sheet_csv([FULL_ROW], FULL_HEADERS), SITES, CITY).entities()[0]
    plain = simplified(entity)

    assert plain["contactPoint"] == {
        "telephone": "0586-00-0000",
        "extensionNumber": "12",
        "email": "a@example.jp",
        "url": "https://example.jp/form",
        "remark": "平日のみ",
    }
    assert entity["elevation"] == {"type": "Property", "value": 7.5, "unitCode": "MTR"}
    assert plain["address"]["buildingNameEtc"] == "体育館"
    assert plain["address"]["postalCode"] == "4918501"
    assert {name: plain[name] for name in ("nameKana", "nameEn", "conditionalHazards", "capacityRemark")} == {
        "nameKana": "ダイイチ",
        "nameEn": "Daiichi",
        "conditionalHazards": ["tsunami"],
        "capacityRemark": "屋内10人",
    }
    assert (plain["areaServed"], plain["url"], plain["remark"]) == ("本町", "https://example.jp/", "2階以上")


def test_a_shelter_says_whom_it_takes_and_whether_it_is_a_site_too() -> None:
    row = site_row() | {
        "指定緊急避難場所との重複": "1",
        "受入対象者": "要配慮者",
        "その他市町村長が必要と認める事項": "予約制",
        "想定収容人数": "200",
    }
    headers = [
        *(header for header in HEADERS if not header.startswith(("災害", "指定避難所"))),
        "指定緊急避難場所との重複",
        "受入対象者",
        "その他市町村長が必要と認める事項",
    ]

    entity = convert(sheet_csv([row], headers), SHELTERS, CITY).entities()[0]

    assert entity["id"] == "urn:ngsi-ld:EvacuationShelter:232033:S0001"
    assert {
        name: simplified(entity)[name] for name in ("alsoSite", "acceptedPersons", "otherMatters", "capacity")
    } == {
        "alsoSite": True,
        "acceptedPersons": "要配慮者",
        "otherMatters": "予約制",
        "capacity": 200,
    }


def test_every_entity_says_whose_it_is_where_from_on_which_terms_and_of_which_class() -> None:
    for entity in sites_of(site_row(1), site_row(2)).entities():
        assert {"cityCode", "dataProvider", "dataSet", "license", "attribution", "dataClass"} <= entity.keys()


def test_every_attribute_written_is_one_the_import_owns() -> None:
    shelter = convert((DATA / "gsi_evacuation_232033.geojson").read_bytes(), SHELTERS, CITY).entities()[0]
    site = convert(sheet_csv([FULL_ROW], FULL_HEADERS), SITES, CITY).entities()[0]

    assert (site.keys() | shelter.keys()) - {"id", "type"} <= OWNED_ATTRIBUTES


def test_what_is_not_known_is_not_there() -> None:
    text = json.dumps(sites_of(site_row()).entities())

    assert "null" not in text
    assert '""' not in text
    assert "[]" not in text


def test_the_same_file_gives_the_same_bytes() -> None:
    first, second = (json.dumps(sites_of(site_row(1), site_row(2)).entities()) for _ in range(2))

    assert first == second
