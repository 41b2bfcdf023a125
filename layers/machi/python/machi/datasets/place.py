"""Where something is and whom to ask: the block of columns that twelve standard sheets share."""

import re
from dataclasses import dataclass
from typing import Any

from machi.datasets.cells import (
    read_email,
    read_id,
    read_municipality,
    read_number,
    read_text,
    read_url,
    with_check_digit,
)
from machi.datasets.problems import CellInvalid
from machi.datasets.sheet import Column, Need, Values

_PREFECTURE = re.compile(r"北海道|東京都|大阪府|京都府|.{2,3}県")
_MUNICIPALITY = re.compile(
    r"[^市区町村]{1,6}郡.{1,6}?[町村]|(?:四日市|廿日市|野々市|八日市|市川|市原)市|[^市0-9]{1,6}市|[^0-9]{1,4}区"
)
_COMMON_ID = re.compile(r"[A-Z](\d{5})\d{8}")
"""共通ID of 国土地理院: a letter, the municipality's code without check digit, the site's number."""
_JAPAN_LATITUDE = (20.0, 46.0)
_JAPAN_LONGITUDE = (122.0, 154.0)


@dataclass(frozen=True, slots=True)
class Address:
    """A Japanese address in parts, and in full as the publisher wrote it. Parts not known are empty."""

    full: str
    prefecture: str = ""
    municipality: str = ""
    street: str = ""
    """町字 and 番地以下 together."""
    building: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A named thing at a point. Coordinates are degrees, JGD2011 (WGS 84 to within a metre)."""

    city_code: str
    """Six digits of 全国地方公共団体コード of the city that publishes."""
    local_id: str
    name: str
    address: Address
    latitude: float
    longitude: float
    name_kana: str = ""
    name_english: str = ""
    elevation: float | None = None
    """Metres above sea level."""
    telephone: str = ""
    telephone_extension: str = ""
    email: str = ""
    contact_url: str = ""
    contact_note: str = ""
    url: str = ""
    note: str = ""


PLACE_COLUMNS = (
    Column(
        "publisher_code",
        ("全国地方公共団体コード", "都道府県コード又は市区町村コード", "市区町村コード", "localgov_code"),
        read_municipality,
        Need.STRICT,
    ),
    Column("local_id", ("ID", "共通ID", "NO", "identification", "#property"), read_id, Need.KEY),
    Column("organisation", ("地方公共団体名", "都道府県名及び市町村名", "localgov_name"), read_text),
    Column("name", ("名称", "施設・場所名", "施設名称", "name"), read_text, Need.KEY),
    Column("name_kana", ("名称_カナ", "name_kana", "fullNameInKana"), read_text),
    Column("name_english", ("名称_英字", "名称_英語", "name_english", "fullNameInRomaji"), read_text),
    Column("location_code", ("所在地_全国地方公共団体コード", "seat_localgov_code"), read_municipality),
    Column("town_id", ("町字ID", "choaza_id"), read_text),
    Column(
        "address_full",
        ("所在地_連結表記", "所在地_連結標記", "住所", "所在地", "address", "seat_copulative_spell"),
        read_text,
    ),
    Column("prefecture", ("所在地_都道府県", "都道府県名", "seat_prefecture", "pref"), read_text),
    Column("municipality", ("所在地_市区町村", "市区町村名", "seat_city", "city"), read_text),
    Column("town", ("所在地_町字", "seat_choaza"), read_text),
    Column("block", ("所在地_番地以下", "seat_after_address"), read_text),
    Column("building", ("建物名等(方書)", "方書", "katagaki", "buillding_name_etc"), read_text),
    Column("latitude", ("緯度", "latitude"), read_number, Need.KEY),
    Column("longitude", ("経度", "longitude"), read_number, Need.KEY),
    Column("elevation", ("標高", "elevation"), read_number),
    Column("telephone", ("電話番号", "telephoneNumber"), read_text),
    Column("telephone_extension", ("内線番号", "extensionNumber"), read_text),
    Column("email", ("連絡先メールアドレス",), read_email),
    Column("contact_url", ("連絡先FormURL",), read_url),
    Column("contact_note", ("連絡先備考(その他、SNSなど)", "連絡先備考(その他SNSなど)"), read_text),
    Column("postal_code", ("郵便番号",), read_text),
    Column("url", ("URL",), read_url),
    Column("note", ("備考", "note"), read_text),
    Column("image", ("画像",), read_text),
    Column("image_licence", ("画像_ライセンス",), read_text),
)
"""Headers of the standard (2023 on), of the recommended data sets before, of 国土地理院, and English ones.

町字ID and the pictures are read so that they are not reported as unknown; nothing uses them yet.
"""


def place_of(values: Values, city_code: str) -> Place:
    """The place that a row of `PLACE_COLUMNS` describes.

    Raises:
        CellInvalid: another municipality's row, or coordinates that are not in Japan.
    """
    codes = _codes(values)
    if codes is not None and city_code not in codes:
        raise CellInvalid(f"全国地方公共団体コードが{city_code}ではありません。別の市区町村の行です")
    latitude, longitude = values["latitude"], values["longitude"]
    _check_position(latitude, longitude)
    return Place(
        city_code=city_code,
        local_id=values["local_id"],
        name=values["name"],
        address=_address(values),
        latitude=latitude,
        longitude=longitude,
        elevation=values["elevation"],
        **{name: values[name] or "" for name in _TEXTS},
    )


def _codes(values: Values) -> frozenset[str] | None:
    # A file without the publisher's code must not turn another city's sites into ours.
    common_id = _COMMON_ID.fullmatch(values["local_id"])
    by_id = frozenset({with_check_digit(common_id[1])}) if common_id else None
    codes: frozenset[str] | None = values["publisher_code"] or by_id or values["location_code"]
    return codes


_TEXTS = (
    "name_kana",
    "name_english",
    "telephone",
    "telephone_extension",
    "email",
    "contact_url",
    "contact_note",
    "url",
    "note",
)


def _check_position(latitude: float, longitude: float) -> None:
    if latitude == 0 or longitude == 0:
        raise CellInvalid("緯度・経度が0です。位置が入力されていません")
    if _within(longitude, _JAPAN_LATITUDE) and _within(latitude, _JAPAN_LONGITUDE):
        raise CellInvalid("緯度と経度が入れ替わっています")
    if not (_within(latitude, _JAPAN_LATITUDE) and _within(longitude, _JAPAN_LONGITUDE)):
        raise CellInvalid("緯度・経度が日本の範囲にありません")


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _address(values: Values) -> Address:
    parts: dict[str, Any] = {
        name: values[name] or "" for name in ("prefecture", "municipality", "town", "block")
    }
    prefecture, municipality, street = (
        parts["prefecture"],
        parts["municipality"],
        parts["town"] + parts["block"],
    )
    full = values["address_full"] or _joined(prefecture, municipality + street)
    found = split_address(full)
    if not street or len(municipality) > len(found.municipality) > 0:
        # The whole address stands in one cell: 所在地_連結表記, or 所在地_市区町村 by mistake.
        municipality, street = found.municipality, found.street
    # An address often goes without the prefecture; where there is no address, nothing is made up.
    named = split_address(values["organisation"] or "" if full else "")
    return Address(
        full=full,
        prefecture=prefecture or found.prefecture or named.prefecture,
        municipality=municipality or found.municipality or named.municipality,
        street=street,
        building=values["building"] or "",
        postal_code=values["postal_code"] or "",
    )


def _joined(prefecture: str, rest: str) -> str:
    return rest if rest.startswith(prefecture) else prefecture + rest


def split_address(text: str) -> Address:
    """The parts that can be told from an address written in one piece."""
    prefecture = _PREFECTURE.match(text)
    rest = text[prefecture.end() :] if prefecture else text
    municipality = _MUNICIPALITY.match(rest)
    return Address(
        full=text,
        prefecture=prefecture[0] if prefecture else "",
        municipality=municipality[0] if municipality else "",
        street=rest[municipality.end() :] if municipality else rest,
    )
