"""Which rows a GeoJSON file of points holds: one a feature, its position as 緯度 and 経度."""

import json
import re
from collections.abc import Mapping
from typing import Any

from machi.datasets.decoding import decode
from machi.datasets.problems import FileUnreadable, RowProblem
from machi.datasets.table import MOST_ROWS, Row, Table, header_key

_POSITION = 2
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_geojson(data: bytes) -> Table:
    """Read a FeatureCollection as 国土地理院 publishes it.

    Raises:
        FileUnreadable: not JSON, not a FeatureCollection, or more than one list can hold.
    """
    text, encoding = decode(data)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise FileUnreadable("JSONとして読めません") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise FileUnreadable("GeoJSONのFeatureCollectionではありません")
    if len(features) > MOST_ROWS:
        raise FileUnreadable(f"地物が多すぎます(上限は{MOST_ROWS:,}件です)")
    headers: dict[str, str] = {}
    rows: list[Row] = []
    problems: list[RowProblem] = []
    for number, feature in enumerate(features, start=1):
        cells = _cells(feature)
        if cells is None:
            problems.append(RowProblem(number, "点(Point)の地物ではないか、属性が文字や数ではありません"))
            continue
        for name in cells:
            headers.setdefault(header_key(name), name)
        rows.append(Row(number, {header_key(name): text for name, text in cells.items()}))
    return Table(headers, tuple(rows), tuple(problems), encoding, unit="件目の地物")


def _cells(feature: object) -> dict[str, str] | None:
    if not isinstance(feature, dict):
        return None
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict) or not isinstance(properties, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) < _POSITION:
        return None
    return _texts({**properties, "経度": position[0], "緯度": position[1]})


def _texts(values: Mapping[str, Any]) -> dict[str, str] | None:
    if not all(value is None or isinstance(value, str | int | float) for value in values.values()):
        return None
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    # JSON can escape half a surrogate pair, which no encoding can write out again.
    return None if _SURROGATE.search("".join((*texts, *texts.values()))) else texts
