"""What every operation with an entity fragment does alike: types, scope, expiry, times (5.5.8, 5.5.12)."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import NULL, Fragment


def check_identity(entity: Entity, fragment: Fragment) -> None:
    """The fragment speaks of this entity (5.4).

    Raises:
        BadRequestData: it carries another id.
    """
    if fragment.get("id", entity["id"]) != entity["id"]:
        raise BadRequestData("the id in the body must be the id of the entity addressed")


def with_types(entity: Entity, fragment: Fragment) -> list[str]:
    """The entity's types with those of the fragment that it does not have yet."""
    return list(dict.fromkeys([*entity["type"], *fragment.get("type", ())]))


def changed(entity: Entity, now: str, attrs: Mapping[str, list[Instance]], **members: object) -> Entity:
    """The entity with new attributes and members; a member given as None is taken away."""
    result: dict[str, Any] = {**entity, **members, "modifiedAt": now, "attrs": dict(attrs)}
    return cast("Entity", {name: value for name, value in result.items() if value is not None})


def expiry_after(entity: Entity, fragment: Fragment) -> str | None:
    """`expiresAt` as the fragment leaves it: set, taken away by a null, or as it was."""
    sent = fragment.get("expiresAt")
    return entity.get("expiresAt") if sent is None else None if sent == NULL else sent


def scope_list(scope: object) -> list[str]:
    """Scopes of a fragment without doubles, in the order sent."""
    return list(dict.fromkeys(cast("Iterable[str]", scope)))
