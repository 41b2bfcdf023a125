"""Entities in the in-memory form, written briefly. Terms expand to `https://example.org/{term}`."""

from typing import cast

from machi.ngsild.entity import Entity, Instance

NOW = "2026-11-24T05:00:00.000Z"


def expand(term: str) -> str:
    """What an @context with one vocabulary does."""
    return term if "://" in term else f"https://example.org/{term}"


def instance(kind: str, member: str, value: object, **more: object) -> Instance:
    """One attribute instance; sub-attributes are given as keyword arguments holding instances."""
    subs = {expand(name): [sub] for name, sub in more.items() if isinstance(sub, dict) and "createdAt" in sub}
    plain = {name: item for name, item in more.items() if expand(name) not in subs}
    made = {"type": kind, member: value, "createdAt": NOW, "modifiedAt": NOW, "attrs": subs, **plain}
    return cast("Instance", made)  # the member's name is only known at run time


def prop(value: object, **more: object) -> Instance:
    return instance("Property", "value", value, **more)


def rel(target: str | list[str], **more: object) -> Instance:
    return instance("Relationship", "object", target, **more)


def text(**languages: object) -> Instance:
    return instance("LanguageProperty", "languageMap", languages)


def vocab(value: object) -> Instance:
    return instance("VocabProperty", "vocab", value)


def entity(
    _id: str = "urn:ngsi-ld:Thing:1", _type: str = "Thing", /, **attrs: Instance | list[Instance]
) -> Entity:
    """An entity; an attribute is one instance or a list of them."""
    return {
        "id": _id,
        "type": [expand(_type)],
        "createdAt": NOW,
        "modifiedAt": NOW,
        "attrs": {expand(name): [item] if isinstance(item, dict) else item for name, item in attrs.items()},
    }
