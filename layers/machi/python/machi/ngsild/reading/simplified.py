"""How do bare values merge into an entity? (clauses 4.5.4 and 5.6.17.4)

They say nothing of types: each takes the type of the attribute it meets. In simplified form all values
are bare; in concise form some may be.
"""

from typing import Any

from machi.ngsild.context import Context
from machi.ngsild.entity import VALUE_MEMBER, Entity, Instance
from machi.ngsild.reading.attributes import Attributes, is_bare
from machi.ngsild.reading.entities import Fragment, read_fragment
from machi.ngsild.reading.nulls import NULL, Nulls, is_null
from machi.ngsild.reading.place import Place
from machi.ngsild.reading.values import is_geometry

_WRAPPED = {"languageMap": "LanguageProperty", "vocab": "VocabProperty", "json": "JsonProperty"}
_HEAD = frozenset(
    {"id", "@id", "type", "@type", "scope", "@context", "expiresAt", "createdAt", "modifiedAt", "deletedAt"}
)


def read_merge_fragment(
    document: object, context: Context, now: str, current: Entity, *, lang: str | None = None
) -> Fragment:
    """A merge fragment in normalized or concise form, in terms of the entity it will be merged into.

    `lang` is the language of bare texts for LanguageProperties.

    Raises:
        BadRequestData: it is not one; the reason tells the place.
    """
    if not isinstance(document, dict):
        return read_fragment(document, context, now, Nulls.MERGE)
    names = Attributes(context, now, Nulls.MERGE, Place())
    bare = {
        name
        for name, value in document.items()
        if name not in _HEAD and _meets(value) and names.iri(name) in current["attrs"]
    }
    fragment = read_fragment(
        {name: value for name, value in document.items() if name not in bare}, context, now, Nulls.MERGE
    )
    if bare:
        rest = {name: document[name] for name in document if name in bare}
        values = read_simplified_fragment(rest, context, now, current, lang=lang)["attrs"]
        if not fragment["attrs"].keys().isdisjoint(values):
            Place().fail("two names stand for the same attribute")
        fragment["attrs"] |= values
    return fragment


def _meets(value: object) -> bool:
    """True for a bare value, which takes the type of what it meets; the null stands for a deletion.

    Only the simplified form knows `dataset` (4.5.5), here it is a member like any other.
    """
    is_plain = not (isinstance(value, dict) and value.keys() == {"dataset"})
    return is_bare(value) and is_plain and not is_null(value)


def read_simplified_fragment(
    document: object,
    context: Context,
    now: str,
    current: Entity,
    *,
    lang: str | None = None,
    observed_at: str | None = None,
) -> Fragment:
    """A merge fragment in simplified form, in terms of the entity it will be merged into.

    `lang` is the language of bare texts for LanguageProperties; `observed_at` the new time of attributes
    that have one.

    Raises:
        BadRequestData: it is not one; the reason tells the place.
    """
    if not isinstance(document, dict):
        return read_fragment(document, context, now, Nulls.MERGE)  # ends with the right reason
    fragment = read_fragment(
        {name: value for name, value in document.items() if name in _HEAD}, context, now, Nulls.MERGE
    )
    place = Place()
    names = Attributes(context, now, Nulls.MERGE, place)
    reader = _Simplified(Attributes(context, now, Nulls.MERGE, place), place, lang, observed_at)
    for position, (name, value) in enumerate(document.items(), 1):
        if name in _HEAD:
            continue
        place.enter("member", position)
        iri = names.iri(name)
        if iri in fragment["attrs"]:
            place.fail("two names stand for the same attribute")
        fragment["attrs"][iri] = reader.read(iri, value, current["attrs"].get(iri, []))
        place.leave()
    return fragment


class _Simplified:
    def __init__(
        self, attributes: Attributes, place: Place, lang: str | None, observed_at: str | None
    ) -> None:
        self._attributes = attributes
        self._place = place
        self._lang = lang
        self._observed_at = observed_at

    def read(self, iri: str, value: object, current: list[Instance]) -> list[Instance]:
        if isinstance(value, dict) and value.keys() == {"dataset"}:
            return self._datasets(iri, value["dataset"], current)
        return [self._one(iri, value, None, current)]

    def _datasets(self, iri: str, datasets: object, current: list[Instance]) -> list[Instance]:
        if not isinstance(datasets, dict) or not datasets:
            self._place.fail('"dataset" must be an object of datasetIds and values')
        return [
            self._one(iri, value, None if dataset == "@none" else dataset, current)
            for dataset, value in datasets.items()
        ]

    def _one(self, iri: str, value: object, dataset: str | None, current: list[Instance]) -> Instance:
        met = next((instance for instance in current if instance.get("datasetId") == dataset), None)
        kind = (met or current[0])["type"] if current else _kind_of(value)
        sent: dict[str, Any] = {"type": kind, VALUE_MEMBER[kind]: self._value(kind, value, met)}
        if dataset is not None:
            sent["datasetId"] = dataset
        if self._observed_at is not None and met is not None and "observedAt" in met:
            sent["observedAt"] = self._observed_at
        return self._attributes.read_one(iri, sent)[0]

    def _value(self, kind: str, value: object, met: Instance | None) -> object:
        member = VALUE_MEMBER[kind]
        if kind in _WRAPPED.values() and isinstance(value, dict) and value.keys() == {member}:
            return value[member]
        if kind == "LanguageProperty" and isinstance(value, str) and value != NULL:
            if self._lang is None:
                self._place.fail("a text for a LanguageProperty needs the parameter lang")
            return {**(met.get("languageMap", {}) if met else {}), self._lang: value}
        return value


def _kind_of(value: object) -> str:
    """The type of an attribute that the entity does not have yet."""
    if is_geometry(value):
        return "GeoProperty"
    if isinstance(value, dict) and len(value) == 1:
        return _WRAPPED.get(next(iter(value)), "Property")
    return "Property"
