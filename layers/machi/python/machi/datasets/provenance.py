"""Where published data comes from and on which terms it may be used.

A file says so itself, in comment rows above its header (`#attribution_name,国土地理院`), as the open data
sites of several cities write them; files of 国土地理院 are known by their headers.
"""

from dataclasses import dataclass
from datetime import date

from machi.datasets.cells import read_date, read_text, read_url
from machi.datasets.problems import CellInvalid
from machi.datasets.table import Table, header_key

GSI_PROVIDER = "国土地理院"
GSI_DATA_SET = "指定緊急避難場所・指定避難所データ"
GSI_SOURCE = "https://www.gsi.go.jp/bousaichiri/hinanbasho.html"
GSI_LICENCE = "https://www.gsi.go.jp/kikakuchousei/kikakuchousei40182.html"
GSI_LICENCE_NAME = "国土地理院コンテンツ利用規約(PDL1.0)"
GSI_NOTE = "市区町村が公式に公開したものではありません。最新の状況は市区町村に確かめてください"
"""国土地理院 asks everybody who passes its data on to say the second half."""

USUAL_LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.ja"
"""What 自治体標準オープンデータセット recommends; taken for files that state no terms (ADR 0031)."""
USUAL_LICENCE_NAME = "クリエイティブ・コモンズ 表示 4.0 国際(CC BY 4.0)"

_GSI_HEADERS = ("共通ID", "施設・場所名")
_ORGANISATION = "地方公共団体名"

# Comment rows: the keys of CKAN-like exports of cities, and the plain words people write by hand.
_PROVIDER_KEYS = ("attribution_name", "出典")
_DATA_SET_KEYS = ("data_name", "title", "データ名称")
_LICENCE_KEYS = ("license", "licence", "ライセンス", "利用条件")
_LICENCE_NAME_KEYS = ("license_name", "licence_name")
_SOURCE_KEYS = ("download_from", "source", "URL")
_NOTE_KEYS = ("note", "備考", "注意")
_DATE_KEYS = ("date_modified", "date", "時点", "更新日")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Source, age and terms of one file. What is not known is empty."""

    provider: str
    """Who published the data: 国土地理院, or a municipality by name."""
    data_set: str
    """The title under which it was published."""
    as_of: date | None = None
    """The day whose state the data shows."""
    source_url: str = ""
    licence_url: str = ""
    licence_name: str = ""
    note: str = ""
    """What readers have to know about the data as a whole."""

    @property
    def licence(self) -> str:
        """The address of the terms, or their name where they have none."""
        return self.licence_url or self.licence_name

    @property
    def attribution(self) -> str:
        """The credit to show wherever the data is shown, in Japanese; says that it was converted."""
        day = f"({self.as_of.isoformat()}時点)" if self.as_of else ""
        terms = f"。利用条件:{self.licence_name or self.licence_url}" if self.licence else ""
        note = f"。{self.note}" if self.note else ""
        return f"出典:{self.provider}「{self.data_set}」{day}を加工して作成{terms}{note}"


@dataclass(frozen=True, slots=True)
class StatedProvenance:
    """What could be found out, and what whoever imports the file should know about it."""

    provenance: Provenance
    remarks: tuple[str, ...]
    """In Japanese, each a sentence."""


def provenance_of(table: Table, title: str, city_code: str, as_of: date | None) -> StatedProvenance:
    """Read it from the comment rows and headers; the file's own words go before the caller's `as_of`.

    `title` names the data set and `city_code` the publisher where the file does neither.
    """
    stated = {header_key(key): value for key, value in table.preamble.items()}
    usual = _usual_of(table, title, city_code)
    licence_url, licence_name = _licence(stated, usual)
    day, remarks = _day(stated, as_of)
    if not licence_url and not licence_name:
        licence_url, licence_name = USUAL_LICENCE, USUAL_LICENCE_NAME
        remarks.append(f"利用条件(#license)の記載がないので、{USUAL_LICENCE_NAME}として扱いました")
    return StatedProvenance(
        Provenance(
            provider=_first(stated, _PROVIDER_KEYS) or usual.provider,
            data_set=_first(stated, _DATA_SET_KEYS) or usual.data_set,
            as_of=day,
            source_url=_address(_first(stated, _SOURCE_KEYS)) or usual.source_url,
            licence_url=licence_url,
            licence_name=licence_name,
            note=_first(stated, _NOTE_KEYS) or usual.note,
        ),
        tuple(remarks),
    )


def _usual_of(table: Table, title: str, city_code: str) -> Provenance:
    if all(header_key(header) in table.headers for header in _GSI_HEADERS):
        return Provenance(
            provider=GSI_PROVIDER,
            data_set=GSI_DATA_SET,
            source_url=GSI_SOURCE,
            licence_url=GSI_LICENCE,
            licence_name=GSI_LICENCE_NAME,
            note=GSI_NOTE,
        )
    names = {row.cells.get(header_key(_ORGANISATION), "").strip() for row in table.rows} - {""}
    # Several names mean that the column says something else than who publishes.
    provider = read_text(names.pop()) if len(names) == 1 else ""
    return Provenance(provider=provider or f"全国地方公共団体コード{city_code}の団体", data_set=title)


def _licence(stated: dict[str, str], usual: Provenance) -> tuple[str, str]:
    value = _first(stated, _LICENCE_KEYS)
    name = _first(stated, _LICENCE_NAME_KEYS)
    if not value:
        return usual.licence_url, name or usual.licence_name
    url = _address(value)
    return (url, name) if url else ("", name or value)


def _day(stated: dict[str, str], as_of: date | None) -> tuple[date | None, list[str]]:
    text = _first(stated, _DATE_KEYS)
    try:
        day = read_date(text) if text else None
    except CellInvalid as error:
        return as_of, [f"コメント行の時点を読めません: {error}"]
    if day and as_of and day != as_of:
        return day, [f"コメント行の時点({day})と指定された時点({as_of})が違うので、コメント行に従いました"]
    if not day and not as_of:
        return None, ["いつの時点のデータか分かりません。コメント行#date_modifiedで示してください"]
    return day or as_of, []


def _first(stated: dict[str, str], keys: tuple[str, ...]) -> str:
    for key in keys:
        try:
            value = read_text(stated.get(header_key(key), ""))
        except CellInvalid:
            continue
        if value:
            return value
    return ""


def _address(text: str) -> str:
    try:
        return read_url(text)
    except CellInvalid:
        return ""
