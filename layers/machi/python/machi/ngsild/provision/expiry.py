"""Which parts of an entity are past their `expiresAt` and so no longer there? (clause 4.22)"""

from collections.abc import Mapping

from machi.ngsild.entity import Entity, Instance

Attributes = Mapping[str, list[Instance]]


def unexpired(entity: Entity, now: str) -> Entity | None:
    """The entity without attribute instances that expired by `now`; None if it expired itself.

    The same object comes back where nothing expired, which is almost always.
    """
    if _is_past(entity.get("expiresAt"), now):
        return None
    attrs = _unexpired(entity["attrs"], now)
    return entity if attrs is entity["attrs"] else {**entity, "attrs": attrs}


def _unexpired(attrs: dict[str, list[Instance]], now: str) -> dict[str, list[Instance]]:
    if not _any_past(attrs, now):
        return attrs
    kept = {iri: _alive(instances, now) for iri, instances in attrs.items()}
    return {iri: instances for iri, instances in kept.items() if instances}


def _alive(instances: list[Instance], now: str) -> list[Instance]:
    alive: list[Instance] = []
    for instance in instances:
        if _is_past(instance.get("expiresAt"), now):
            continue
        inner = instance.get("attrs")
        alive.append({**instance, "attrs": _unexpired(inner, now)} if inner else instance)
    return alive


def _any_past(attrs: Attributes, now: str) -> bool:
    for instances in attrs.values():
        for instance in instances:
            if "expiresAt" in instance and _is_past(instance["expiresAt"], now):
                return True
            if "attrs" in instance and _any_past(instance["attrs"], now):
                return True
    return False


def _is_past(expires: str | None, now: str) -> bool:
    """Texts as they are stored order in time up to the fraction; the rest is looked at only on a tie."""
    if expires is None:
        return False
    return _sortable(expires) <= _sortable(now)


def _sortable(moment: str) -> str:
    """`2026-11-24T05:00:00Z` and `…00,000Z` are one moment (clause 4.6.3)."""
    whole, _, fraction = moment.removesuffix("Z").replace(",", ".").partition(".")
    return f"{whole}.{fraction.rstrip('0')}"
