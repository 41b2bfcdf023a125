"""Writing records as a standard sheet: UTF-8 with BOM and CRLF, because the readers use Excel."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from machi.datasets.conversion import Conversion
from machi.datasets.entities import EVACUATION_SHELTER, EVACUATION_SITE
from machi.datasets.evacuation_shelter import EvacuationShelter
from machi.datasets.evacuation_space import HAZARD_NAMES, EvacuationSite, Hazard
from machi.datasets.place import Place, split_address
from machi.datasets.provenance import Provenance

_BEGIN = (
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "名称",
    "名称_カナ",
    "名称_英字",
    "所在地_全国地方公共団体コード",
    "町字ID",
    "所在地_連結表記",
    "所在地_都道府県",
    "所在地_市区町村",
    "所在地_町字",
    "所在地_番地以下",
    "建物名等(方書)",
    "緯度",
    "経度",
    "標高",
    "電話番号",
    "内線番号",
    "連絡先メールアドレス",
    "連絡先FormURL",
    "連絡先備考（その他、SNSなど）",
    "郵便番号",
)
_END = ("想定収容人数", "対象となる町会・自治会", "URL", "画像", "画像_ライセンス", "備考")
_ALSO_SHELTER = "指定避難所との重複"
_ALSO_SITE = "指定緊急避難場所との重複"
_MAY_BE_SILENT = (_ALSO_SHELTER, _ALSO_SITE)
_HAZARDS = {hazard: f"災害種別_{name}" for hazard, name in HAZARD_NAMES.items()}

_HEADERS = {
    EVACUATION_SITE: (*_BEGIN, *_HAZARDS.values(), _ALSO_SHELTER, *_END),
    EVACUATION_SHELTER: (
        *_BEGIN,
        _ALSO_SITE,
        "受入対象者",
        "その他市町村長が必要と認める事項",
        *_END,
    ),
}


def write_standard_csv(conversion: Conversion[Any]) -> bytes:
    """The good rows under the standard's headers, with source and terms in comment rows above them.

    What is written reads back as the same records with the same provenance.
    Pictures and 町字ID are not kept, because records have none.
    """
    entity_type = conversion.data_set.entity_type
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(_comments(conversion.provenance))
    cells = _CELLS[entity_type]
    rows = [cells(record) for record in conversion.records]
    # A blank says "no", so a question that the source never answers must not have a column.
    silent = {header for header in _MAY_BE_SILENT if all(row.get(header) is None for row in rows)}
    headers = [header for header in _HEADERS[entity_type] if header not in silent]
    writer.writerow(headers)
    writer.writerows([row.get(header, "") for header in headers] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _comments(provenance: Provenance) -> Iterable[Sequence[str]]:
    stated = {
        "attribution_name": provenance.provider,
        "data_name": provenance.data_set,
        "date_modified": provenance.as_of.isoformat() if provenance.as_of else "",
        "license": provenance.licence,
        "license_name": provenance.licence_name,
        "download_from": provenance.source_url,
        "note": provenance.note,
    }
    return [(f"#{key}", value) for key, value in stated.items() if value]


def _site_cells(site: EvacuationSite) -> Mapping[str, object]:
    marks: dict[Hazard, str] = dict.fromkeys(site.hazards, "1") | dict.fromkeys(site.conditional_hazards, "△")
    return {
        **_place_cells(site.place),
        **{header: marks.get(hazard, "") for hazard, header in _HAZARDS.items()},
        _ALSO_SHELTER: _mark(site.also_shelter),
        "想定収容人数": site.capacity_text if site.capacity is None else site.capacity,
        "対象となる町会・自治会": site.target_area,
    }


def _shelter_cells(shelter: EvacuationShelter) -> Mapping[str, object]:
    return {
        **_place_cells(shelter.place),
        _ALSO_SITE: _mark(shelter.also_site),
        "受入対象者": shelter.accepts,
        "その他市町村長が必要と認める事項": shelter.other_matters,
        "想定収容人数": shelter.capacity_text if shelter.capacity is None else shelter.capacity,
        "対象となる町会・自治会": shelter.target_area,
    }


_CELLS: Mapping[str, Callable[[Any], Mapping[str, object]]] = {
    EVACUATION_SITE: _site_cells,
    EVACUATION_SHELTER: _shelter_cells,
}


def _mark(flag: bool | None) -> str | None:  # noqa: FBT001 - the value of a cell, not a switch
    return None if flag is None else "1" if flag else ""


def _place_cells(place: Place) -> Mapping[str, object]:
    address = place.address
    found = split_address(address.full)
    return {
        "全国地方公共団体コード": place.city_code,
        "ID": place.local_id,
        "地方公共団体名": address.prefecture + address.municipality,
        "名称": place.name,
        "名称_カナ": place.name_kana,
        "名称_英字": place.name_english,
        "所在地_連結表記": address.full,
        "所在地_都道府県": address.prefecture,
        "所在地_市区町村": address.municipality,
        # Repeated only where the parts say more than the whole, so that they cannot drift apart.
        "所在地_番地以下": "" if found.street == address.street else address.street,
        "建物名等(方書)": address.building,
        "緯度": place.latitude,
        "経度": place.longitude,
        "標高": "" if place.elevation is None else place.elevation,
        "電話番号": place.telephone,
        "内線番号": place.telephone_extension,
        "連絡先メールアドレス": place.email,
        "連絡先FormURL": place.contact_url,
        "連絡先備考（その他、SNSなど）": place.contact_note,
        "郵便番号": address.postal_code,
        "URL": place.url,
        "備考": place.note,
    }
