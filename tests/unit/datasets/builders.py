"""Files as cities publish them, and a store in memory."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from machi.datasets.catalogue import SITES
from machi.datasets.conversion import Conversion, convert
from machi.datasets.entities import Entity
from machi.datasets.evacuation_space import EvacuationSite
from machi.datasets.loading import Action, Outcome, plan

CITY = "232033"
DATA = Path(__file__).parents[2] / "data" / "opendata"

HEADERS = (
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "名称",
    "所在地_連結表記",
    "緯度",
    "経度",
    "災害種別_洪水",
    "災害種別_地震",
    "指定避難所との重複",
    "想定収容人数",
    "URL",
    "備考",
)

Row = Mapping[str, str]


def site_row(number: int = 1, **cells: str) -> dict[str, str]:
    """A good row of sheet 03; `cells` override by header."""
    return {
        "全国地方公共団体コード": CITY,
        "ID": f"S{number:04}",
        "地方公共団体名": "愛知県一宮市",
        "名称": f"第{number}小学校",
        "所在地_連結表記": f"愛知県一宮市本町{number}",
        "緯度": "35.303",
        "経度": "136.797",
        "災害種別_洪水": "1",
        "災害種別_地震": "",
        **cells,
    }


def sheet_csv(
    rows: Sequence[Row],
    headers: Sequence[str] = HEADERS,
    *,
    comments: Sequence[Sequence[str]] = (),
    encoding: str = "utf-8-sig",
) -> bytes:
    """The rows as a CSV file with CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(comments)
    writer.writerow(headers)
    writer.writerows([row.get(header, "") for header in headers] for row in rows)
    return text.getvalue().encode(encoding)


def sites_of(*rows: Row, headers: Sequence[str] = HEADERS) -> Conversion[EvacuationSite]:
    """What a file with these rows converts to."""
    return convert(sheet_csv(rows, headers), SITES, CITY)


def reasons(conversion: Conversion[Any]) -> list[str]:
    """The sentences about rows not taken."""
    return [problem.sentence(conversion.unit) for problem in conversion.content.rejected]


class MemoryStore:
    """An `EntityStore` that keeps entities in a dict and counts its writes."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        self.writes = 0

    def load(self, entities: Sequence[Entity]) -> Sequence[Outcome]:
        """See `EntityStore`."""
        return [self._load(entity) for entity in entities]

    def _load(self, entity: Entity) -> Outcome:
        planned = plan(entity, self.entities.get(entity["id"]))
        if planned.outcome.action in {Action.CREATED, Action.REPLACED}:
            kept = self.entities.get(entity["id"], {}) | (planned.write or {})
            self.entities[entity["id"]] = {
                name: value for name, value in kept.items() if name not in planned.remove
            }
            self.writes += 1
        return planned.outcome
