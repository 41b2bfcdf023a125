"""Which target elements does an attribute path address in an entity? (clause 4.9, examples 8 to 14)

A target is an attribute instance, or something non-reified (`observedAt`, a member of a compound value,
one language) dressed as one, so that a test need know nothing of paths. Several instances with
different datasetIds are several targets: a condition holds if it holds for any of them.
"""

from collections.abc import Callable, Iterable, Iterator

from machi.core.ids import EntityId
from machi.ngsild.entity import Entity, Instance
from machi.ngsild.query.expression import Link, Path

Expand = Callable[[str], str]
Resolve = Callable[[EntityId], Entity | None]
"""Finds a linked entity, for paths that follow Relationships."""
Locate = Callable[[Entity, Resolve], Iterable[Instance]]

ENTITY_MEMBERS = frozenset({"createdAt", "modifiedAt", "deletedAt", "expiresAt", "scope"})
"""Non-reified members of an entity that a path may begin with: the system attributes and `scope`."""

_INSTANCE_MEMBERS = frozenset(
    {
        "observedAt", "unitCode", "datasetId", "objectType", "valueType",
        "createdAt", "modifiedAt", "deletedAt", "expiresAt",
    }
)  # fmt: skip
_VALUE_MEMBER = {
    "Property": "value",
    "GeoProperty": "value",
    "JsonProperty": "json",
    "ListProperty": "valueList",
}
_ANY_LANGUAGE = ("*",)


def locator(path: Path, expand: Expand) -> Locate:
    """Prepare the search for a path's targets; names are expanded here, once."""
    inner = _names_locator(path.names, expand)
    if path.members:
        return _through(inner, lambda instance: _members_of(instance, path.members))
    if path.link is not None:
        return _through_link(inner, path.link, expand)
    return inner


def objects_of(instance: Instance) -> list[str]:
    """The URIs a Relationship or ListRelationship points to."""
    value: object = (
        instance.get("object") if instance["type"] == "Relationship" else instance.get("objectList")
    )
    items: list[object] = value if isinstance(value, list) else [value]
    found = (item.get("object") if isinstance(item, dict) else item for item in items)
    return [item for item in found if isinstance(item, str)]


def member_of(value: object, names: tuple[str, ...]) -> tuple[bool, object]:
    """Whether a compound value has the member, and the member (dot notation of ECMAScript, on objects)."""
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return False, None
        value = value[name]
    return True, value


def _names_locator(names: tuple[str, ...], expand: Expand) -> Locate:
    first, rest = names[0], names[1:]
    if first in ENTITY_MEMBERS:
        if rest:
            return lambda _entity, _resolve: ()
        return lambda entity, _resolve: _non_reified(entity.get(first))
    iri = expand(first)

    def top(entity: Entity, _resolve: Resolve) -> Iterable[Instance]:
        return entity["attrs"].get(iri, ())

    locate: Locate = top
    for name in rest:
        locate = _through(locate, _sub_locator(name, expand))
    return locate


def _sub_locator(name: str, expand: Expand) -> Callable[[Instance], Iterable[Instance]]:
    if name in _INSTANCE_MEMBERS:
        return lambda instance: _non_reified(instance.get(name))
    iri = expand(name)
    return lambda instance: instance.get("attrs", {}).get(iri, ())


def _through(locate: Locate, step: Callable[[Instance], Iterable[Instance]]) -> Locate:
    def deeper(entity: Entity, resolve: Resolve) -> Iterator[Instance]:
        for instance in locate(entity, resolve):
            yield from step(instance)

    return deeper


def _through_link(locate: Locate, link: Link, expand: Expand) -> Locate:
    beyond = locator(link.path, expand)
    types = frozenset(map(expand, link.types))

    def deeper(entity: Entity, resolve: Resolve) -> Iterator[Instance]:
        for instance in locate(entity, resolve):
            if instance["type"] not in {"Relationship", "ListRelationship"}:
                continue
            for target in objects_of(instance):
                linked = resolve(EntityId(target))
                if linked is not None and (not types or not types.isdisjoint(linked["type"])):
                    yield from beyond(linked, resolve)

    return deeper


def _non_reified(value: object) -> Iterable[Instance]:
    return () if value is None else (_as_property(value),)


def _members_of(instance: Instance, names: tuple[str, ...]) -> Iterable[Instance]:
    if instance["type"] == "LanguageProperty":
        return _language_of(instance, names)
    member = _VALUE_MEMBER.get(instance["type"])
    if member is None:
        return ()
    there, value = member_of(instance.get(member), names)
    return (_as_property(value),) if there else ()


def _language_of(instance: Instance, names: tuple[str, ...]) -> Iterable[Instance]:
    languages = instance.get("languageMap") or {}
    if names == _ANY_LANGUAGE:
        return (instance,)
    wanted = ".".join(names).casefold()  # language tags are case-insensitive (RFC 5646)
    chosen = {tag: text for tag, text in languages.items() if tag.casefold() == wanted}
    return ({**instance, "languageMap": chosen},) if chosen else ()


def _as_property(value: object) -> Instance:
    return {"type": "Property", "value": value, "createdAt": "", "modifiedAt": ""}
