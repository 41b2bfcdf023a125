"""How is one attribute instance written down? (clauses 4.5.2 to 4.5.4 and 4.5.18 to 4.5.24)

Each writer is prepared for one @context and one view; a page of entities then costs little more than the
copying of its values. Linked entities are filled in by the caller.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from machi.ngsild.context import Context
from machi.ngsild.entity import VALUE_MEMBER, Instance
from machi.ngsild.reading.attributes import VALUE_MEMBER_NAMES
from machi.ngsild.reading.values import is_geometry
from machi.ngsild.rendering.view import Format, View

_DETAILS = ("unitCode", "observedAt", "datasetId")
_SYSTEM = ("createdAt", "modifiedAt", "deletedAt", "expiresAt")
_TYPED = frozenset({"objectType", "valueType", "entityIdSealed", "entityTypeSealed"})
_AMBIGUOUS = VALUE_MEMBER_NAMES | {
    "type", "@type", "observedAt", "unitCode", "datasetId", "objectType", "valueType", "expiresAt",
}  # fmt: skip
"""Members by which a reader would take an object for an attribute in normalized or concise form."""

Shown = dict[str, Any]
WriteInstance = Callable[[Instance], Any]


class Writer:
    """Writes instances in one @context and view."""

    def __init__(self, context: Context, view: View) -> None:
        self._compact = context.compact
        self._languages = view.languages
        self._system = view.system_attributes
        self._is_concise = view.format is Format.CONCISE
        self.write: WriteInstance = {
            Format.NORMALIZED: self._normalized,
            Format.CONCISE: self._concise,
            Format.SIMPLIFIED: self._simplified,
        }[view.format]

    def write_all(self, instances: Sequence[Instance]) -> list[Any]:
        """All instances of an attribute; one beside others is never a bare value (4.5.5).

        A reader would take it for an item of an array that is the value as a whole.
        """
        written = [self.write(instance) for instance in instances]
        if not self._is_concise or len(written) == 1:
            return written
        return [
            shown if _stands_for_an_attribute(shown) else {VALUE_MEMBER[instance["type"]]: shown}
            for instance, shown in zip(instances, written, strict=True)
        ]

    def _normalized(self, instance: Instance) -> Shown:
        kind, member, value, language = self._value(instance)
        shown: Shown = {"type": kind, member: value}
        if kind == "ListRelationship":
            shown[member] = [{"object": target} for target in value]
        self._details(instance, shown, language)
        return shown

    def _concise(self, instance: Instance) -> object:
        kind, member, value, language = self._value(instance)
        shown: Shown = {member: value}
        if kind == "Property" and is_geometry(value):
            shown = {"type": kind, **shown}  # else it would be taken for a GeoProperty
        self._details(instance, shown, language)
        return value if len(shown) == 1 and member == "value" and _is_clear(kind, value) else shown

    def _simplified(self, instance: Instance) -> object:
        _, member, value, _ = self._value(instance)
        return {member: value} if member in {"languageMap", "vocab", "json"} else value

    def _value(self, instance: Instance) -> tuple[str, str, Any, str | None]:
        """Type, member, value and language as they are shown."""
        kind = instance["type"]
        member = VALUE_MEMBER[kind]
        value: Any = instance.get(member)
        if kind == "VocabProperty":
            value = self._names(value)
        elif kind == "LanguageProperty" and self._languages is not None and isinstance(value, dict) and value:
            language, text = self._languages.choose(value)
            return "Property", "value", text, language
        return kind, member, value, None

    def _details(self, instance: Mapping[str, Any], shown: Shown, language: str | None) -> None:
        for name in _DETAILS:
            if name in instance:
                shown[name] = instance[name]
        if language is not None:
            shown["lang"] = language
        if not _TYPED.isdisjoint(instance):
            self._type_names(instance, shown)
        if self._system:
            for name in _SYSTEM:
                if name in instance:
                    shown[name] = instance[name]
        for iri, instances in instance.get("attrs", {}).items():
            written = self.write_all(instances)
            shown[self._compact(iri)] = written[0] if len(written) == 1 else written

    def _type_names(self, instance: Mapping[str, Any], shown: Shown) -> None:
        for name in ("objectType", "valueType", "entityTypeSealed"):
            if name in instance:
                shown[name] = self._names(instance[name])
        if "entityIdSealed" in instance:
            shown["entityIdSealed"] = instance["entityIdSealed"]

    def _names(self, value: str | list[str] | None) -> object:
        if isinstance(value, list):
            return [self._compact(item) for item in value]
        return None if value is None else self._compact(value)


def _stands_for_an_attribute(shown: object) -> bool:
    """True for an attribute with its members, not for a bare value, which has none of them."""
    return isinstance(shown, dict) and not VALUE_MEMBER_NAMES.isdisjoint(shown)


def _is_clear(kind: str, value: object) -> bool:
    """True if a reader takes the bare value for an attribute of this type and nothing else (4.5.2.3)."""
    if kind == "GeoProperty":
        return True
    if isinstance(value, dict):
        return _AMBIGUOUS.isdisjoint(value)
    if isinstance(value, list):
        return all(_is_clear(kind, item) for item in value if isinstance(item, dict))
    return True
