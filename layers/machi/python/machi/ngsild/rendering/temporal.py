"""How is the evolution of an entity written down? (clauses 4.5.6 to 4.5.9, 4.5.19 and 6.3.11)"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from machi.ngsild.context import Context
from machi.ngsild.entity import VALUE_MEMBER
from machi.ngsild.query.projection import Projection
from machi.ngsild.rendering.attribute import Writer
from machi.ngsild.rendering.language import Languages
from machi.ngsild.rendering.view import Format, View
from machi.ngsild.temporal.evolution import SCOPE, Head, Point, TimeProperty
from machi.ngsild.temporal.partial import Slice, Summary

_SERIES = {
    "value": "values",
    "object": "objects",
    "languageMap": "languageMaps",
    "vocab": "vocabs",
    "json": "jsons",
    "valueList": "valueLists",
    "objectList": "objectLists",
}
"""Member of a value → member that holds the values of many instances (4.5.9)."""
_WRAPPED = frozenset({"languageMap", "vocab", "json"})
_RELATIONSHIPS = frozenset({"Relationship", "ListRelationship"})


class TemporalFormat(StrEnum):
    """The representations of an evolution."""

    NORMALIZED = "normalized"
    VALUES = "temporalValues"
    AGGREGATED = "aggregatedValues"


@dataclass(frozen=True)
class TemporalView:
    """What a request says of representation.

    Raises:
        BadRequestData: `language` is not a language preference.
    """

    format: TemporalFormat = TemporalFormat.NORMALIZED
    by: TimeProperty = TimeProperty.OBSERVED_AT
    """The time that stands beside values."""
    system_attributes: bool = False
    language: str | None = None
    projection: Projection = field(default_factory=Projection)
    """Whether `id` and `type` are shown; attributes have been chosen before."""

    def __post_init__(self) -> None:
        if self.language is not None:
            Languages.parse(self.language)


class TemporalRenderer:
    """Writes the evolutions of one request."""

    def __init__(self, context: Context, view: TemporalView) -> None:
        self._compact = context.compact
        self._view = view
        plain = View(Format.NORMALIZED, view.system_attributes, view.language)
        self._write = Writer(context, plain).write
        self._bare = Writer(context, View(Format.SIMPLIFIED, language=view.language)).write

    def evolution(self, slice_: Slice) -> dict[str, object]:
        """One evolution; an attribute that was cut off whole is an empty array."""
        shown = self._head(slice_.head)
        for attribute, points in slice_.points.items():
            name = "scope" if attribute == SCOPE else self._compact(attribute)
            shown[name] = self._attribute(attribute, points)
        for attribute, summaries in slice_.aggregated.items():
            written = [_summary(summary) for summary in summaries]
            shown[self._compact(attribute)] = written[0] if len(written) == 1 else written
        return shown

    def _head(self, head: Head) -> dict[str, object]:
        shown: dict[str, object] = {}
        if self._view.projection.shows("id"):
            shown["id"] = head.id
        if self._view.projection.shows("type"):
            types = [self._compact(iri) for iri in head.types]
            shown["type"] = types[0] if len(types) == 1 else types
        if self._view.system_attributes:
            shown["createdAt"] = head.created_at
            if head.deleted_at is not None:
                shown["deletedAt"] = head.deleted_at
        return shown

    def _attribute(self, attribute: str, points: Sequence[Point]) -> object:
        if not points:
            return []
        if self._view.format is TemporalFormat.VALUES:
            return self._values(attribute, points)
        return [self._instance(attribute, point) for point in points]

    def _instance(self, attribute: str, point: Point) -> dict[str, object]:
        """A point in normalized form, with its id and the time that was asked for."""
        shown: dict[str, object] = self._write(point.instance)
        if attribute == SCOPE:
            shown["value"] = _scope(shown["value"])
        shown["instanceId"] = point.id
        instance: dict[str, Any] = {**point.instance}
        for name in (self._view.by.value, "deletedAt"):
            if name in instance:
                shown[name] = instance[name]
        return shown

    def _values(self, attribute: str, points: Sequence[Point]) -> object:
        """Pairs of value and time, for each type and dataset apart."""
        series: dict[tuple[str, str | None], dict[str, Any]] = {}
        for point in points:
            kind, member, value = self._shown_value(attribute, point)
            name = _SERIES[member]
            part = series.setdefault((kind, point.dataset), {"type": kind, name: []})
            if point.dataset is not None:
                part["datasetId"] = point.dataset
            part[name].append([value, self._time(point)])
        parts = list(series.values())
        return parts[0] if len(parts) == 1 else parts

    def _shown_value(self, attribute: str, point: Point) -> tuple[str, str, object]:
        instance = point.instance
        kind = instance["type"]
        member = VALUE_MEMBER[kind]
        value = self._bare(instance)
        if attribute == SCOPE:
            return kind, member, _scope(value)
        if kind == "LanguageProperty" and self._view.language is not None and not isinstance(value, dict):
            return "Property", "value", value
        return kind, member, value

    def _time(self, point: Point) -> object:
        """The time asked for; of a deletion when it happened, else when the point was written."""
        instance: dict[str, Any] = {**point.instance}
        return instance.get(self._view.by.value) or instance.get("deletedAt") or instance["modifiedAt"]


def _summary(summary: Summary) -> dict[str, object]:
    shown: dict[str, object] = {"type": "Relationship" if summary.kind in _RELATIONSHIPS else "Property"}
    if summary.dataset is not None:
        shown["datasetId"] = summary.dataset
    for method, periods in summary.values.items():
        shown[method.value] = [list(period) for period in periods]
    return shown


def _scope(value: object) -> object:
    """One scope plainly, several as an array (4.18)."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
