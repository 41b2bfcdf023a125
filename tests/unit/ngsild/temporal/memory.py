"""A HistoryRepository without a database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from machi.core.ids import EntityId, Tenant
from machi.ngsild.temporal import FoundHead, Head, Point, TimeProperty, Window

_Key = tuple[Tenant, EntityId]


@dataclass
class MemoryHistory:
    """Keeps heads and points in dictionaries; counts what it writes and gives out."""

    heads: dict[_Key, Head] = field(default_factory=dict)
    kept: dict[_Key, dict[tuple[str, str], Point]] = field(default_factory=dict)
    written: int = 0
    read: int = 0
    expected: list[int | None] = field(default_factory=list)

    def head(self, tenant: Tenant, entity: EntityId) -> Head | None:
        return self.heads.get((tenant, entity))

    def record(self, tenant: Tenant, head: Head, points: Sequence[Point]) -> None:
        there = self.heads.get((tenant, head.id))
        self.heads[(tenant, head.id)] = head if there is None else there.joined(head)
        kept = self.kept.setdefault((tenant, head.id), {})
        for point in points:
            kept[(point.attribute, point.id)] = point
            self.written += 1

    def points(
        self,
        tenant: Tenant,
        entity: EntityId,
        attribute: str,
        window: Window,
        *,
        newest_first: bool,
        expected: int | None = None,
    ) -> Iterator[Point]:
        self.expected.append(expected)
        found = [point for point in self.every_point(tenant, entity, attribute) if window.holds(point)]
        found.sort(key=lambda point: (point.time(window.by) or "", point.id), reverse=newest_first)
        for point in found:
            self.read += 1
            yield point

    def unobserved(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        found = [p for p in self.every_point(tenant, entity, attribute) if "observedAt" not in p.instance]
        yield from sorted(found, key=lambda point: (point.time(TimeProperty.MODIFIED_AT) or "", point.id))

    def every_point(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        kept = self.kept.get((tenant, entity), {})
        yield from [point for (name, _), point in kept.items() if name == attribute]

    def point(self, tenant: Tenant, entity: EntityId, attribute: str, instance_id: str) -> Point | None:
        return self.kept.get((tenant, entity), {}).get((attribute, instance_id))

    def replace(self, tenant: Tenant, entity: EntityId, old: Point, new: Point) -> None:
        self.kept[(tenant, entity)][(old.attribute, old.id)] = new

    def delete_points(self, tenant: Tenant, entity: EntityId, points: Sequence[Point]) -> None:
        kept = self.kept[(tenant, entity)]
        for point in points:
            kept.pop((point.attribute, point.id), None)
        head = self.heads[(tenant, entity)]
        self.heads[(tenant, entity)] = replace(head, attributes=frozenset(name for name, _ in kept))

    def delete(self, tenant: Tenant, entity: EntityId) -> bool:
        self.kept.pop((tenant, entity), None)
        return self.heads.pop((tenant, entity), None) is not None

    def search(
        self,
        tenant: Tenant,
        *,
        types: tuple[str, ...] | None = None,
        ids: tuple[EntityId, ...] | None = None,
        after: str | None = None,
    ) -> Iterator[FoundHead]:
        for owner, entity in sorted(self.heads):
            head = self.heads[(owner, entity)]
            if (
                owner == tenant
                and (types is None or not set(types).isdisjoint(head.types))
                and (ids is None or entity in ids)
                and (after is None or entity > after)
            ):
                yield FoundHead(head, entity)
