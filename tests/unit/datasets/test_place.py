"""Where something is, as the address block of twelve sheets says it."""

import pytest

from machi.datasets.place import Address
from tests.unit.datasets.builders import HEADERS, Row, reasons, site_row, sites_of


def address_of(row: Row, *more_headers: str) -> Address:
    return sites_of(row, headers=(*HEADERS, *more_headers)).records[0].place.address


@pytest.mark.parametrize(
    ("full", "prefecture", "municipality", "street"),
    [
        ("愛知県一宮市本町2丁目5番6号", "愛知県", "一宮市", "本町2丁目5番6号"),
        ("一宮市本町2", "愛知県", "一宮市", "本町2"),
        ("愛知県丹羽郡扶桑町高雄1", "愛知県", "丹羽郡扶桑町", "高雄1"),
        ("三重県四日市市諏訪町1-5", "三重県", "四日市市", "諏訪町1-5"),
        ("東京都世田谷区世田谷4", "東京都", "世田谷区", "世田谷4"),
        ("京都府京都市中京区1", "京都府", "京都市", "中京区1"),
        ("鹿児島県鹿児島市山下町11", "鹿児島県", "鹿児島市", "山下町11"),
    ],
)
def test_an_address_in_one_piece_is_taken_apart(
    full: str, prefecture: str, municipality: str, street: str
) -> None:
    address = address_of(site_row(所在地_連結表記=full))

    assert address == Address(full, prefecture, municipality, street)


def test_a_whole_address_in_the_column_of_the_municipality_is_taken_apart_too() -> None:
    row = site_row(所在地_連結表記="", 所在地_都道府県="愛知県", 所在地_市区町村="愛知県一宮市本町2-5")

    address = address_of(row, "所在地_都道府県", "所在地_市区町村")

    assert address == Address("愛知県一宮市本町2-5", "愛知県", "一宮市", "本町2-5")


def test_an_address_in_parts_is_put_together() -> None:
    row = site_row(
        所在地_連結表記="",
        所在地_都道府県="愛知県",
        所在地_市区町村="一宮市",
        所在地_町字="本町",
        所在地_番地以下="2-5",
    ) | {"建物名等(方書)": "3階"}

    address = address_of(
        row, "所在地_都道府県", "所在地_市区町村", "所在地_町字", "所在地_番地以下", "建物名等(方書)"
    )

    assert address == Address("愛知県一宮市本町2-5", "愛知県", "一宮市", "本町2-5", building="3階")


def test_the_misspelt_header_of_the_joined_address_is_understood() -> None:
    headers = ["所在地_連結標記" if header == "所在地_連結表記" else header for header in HEADERS]

    conversion = sites_of(site_row(所在地_連結標記="愛知県一宮市奥町1"), headers=headers)

    assert conversion.records[0].place.address.street == "奥町1"


@pytest.mark.parametrize("code", ["23203", "232033.0", "２３２０３３", ""])
def test_the_citys_own_code_is_recognised_however_spoilt(code: str) -> None:
    assert len(sites_of(site_row(全国地方公共団体コード=code)).records) == 1


def test_another_municipalitys_row_is_not_taken() -> None:
    assert reasons(sites_of(site_row(全国地方公共団体コード="372013"))) == [
        "2行目: 全国地方公共団体コードが232033ではありません。別の市区町村の行です"
    ]


def test_without_the_publishers_code_the_common_id_tells_whose_row_it_is() -> None:
    headers = [header for header in HEADERS if header != "全国地方公共団体コード"]

    conversion = sites_of(
        site_row(ID="E2320300001201"), site_row(ID="E3720100001201"), site_row(ID="甲1"), headers=headers
    )

    assert [site.local_id for site in conversion.records] == ["E2320300001201", "甲1"]


def test_without_both_the_code_of_the_location_does() -> None:
    headers = ["所在地_" + header if header == "全国地方公共団体コード" else header for header in HEADERS]

    conversion = sites_of(
        site_row(1, 所在地_全国地方公共団体コード="232033"),
        site_row(2, 所在地_全国地方公共団体コード="172022"),
        headers=headers,
    )

    assert [site.local_id for site in conversion.records] == ["S0001"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("0", "0", "緯度・経度が0です"),
        ("35.3", "0.0", "緯度・経度が0です"),
        ("136.797", "35.303", "入れ替わっています"),
        ("51.5", "-0.1", "日本の範囲にありません"),
        ("353.03", "136.797", "日本の範囲にありません"),
        ("", "136.797", "「緯度」: 値がありません"),
        ("北緯35度", "136.797", "「緯度」: 数ではありません"),
    ],
)
def test_a_position_that_cannot_be_right_costs_the_row(latitude: str, longitude: str, reason: str) -> None:
    conversion = sites_of(site_row(緯度=latitude, 経度=longitude), site_row(2))

    assert [site.local_id for site in conversion.records] == ["S0002"]
    assert reason in reasons(conversion)[0]


def test_an_optional_value_that_cannot_be_read_is_left_out_with_a_warning() -> None:
    conversion = sites_of(site_row(URL="javascript:alert(1)"))

    assert conversion.records[0].place.url == ""
    assert [warning.sentence("行目") for warning in conversion.content.warnings] == [
        "2行目「URL」: http://かhttps://で始まるURLではありません"
    ]
