"""Lets a Query read the stretch of a partition it asks for, as DynamoDB does.

MiniStack sorts all items of the partition and evaluates the key condition on each of them, some 50 µs an
item: seconds for a type with a hundred thousand entities, whatever page is asked for. Here a large partition
keeps its sort keys in order, and MiniStack's own Query is shown nothing but the items it can come to.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from typing import Any

Answer = tuple[int, dict[str, str], bytes | str]
Request = dict[str, Any]

_SMALL = 64  # items; below, the detour costs more than it saves
_PAGE = 1_048_576  # bytes, where DynamoDB ends a page
_ABOVE = "\U0010ffff"


class Partition(dict[str, Any]):
    """Items by sort key, with the keys in order as soon as somebody has asked for it."""

    _ordered: list[str] | None = None

    @property
    def ordered(self) -> list[str]:
        """The sort keys in their order."""
        if self._ordered is None:
            self._ordered = sorted(self)
        return self._ordered

    def __setitem__(self, key: str, item: Any) -> None:  # noqa: ANN401  # an item as MiniStack keeps it
        if self._ordered is not None and key not in self:
            insort(self._ordered, key)
        super().__setitem__(key, item)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        if self._ordered is not None:
            del self._ordered[bisect_left(self._ordered, key)]

    def pop(self, key: str, *default: Any) -> Any:  # noqa: ANN401  # as dict has it
        """Remove and give an item."""
        if key not in self:
            return super().pop(key, *default)
        item = self[key]
        del self[key]
        return item

    def clear(self) -> None:
        """Remove all items."""
        super().clear()
        self._ordered = None


def install(dynamodb: Any) -> None:  # noqa: ANN401  # MiniStack's module
    """Put the detour in front of the emulator's Query."""
    query: Callable[[Request], Answer] = dynamodb._query  # noqa: SLF001 - no public way
    evaluate: Callable[..., bool] = dynamodb._evaluate_condition  # noqa: SLF001
    shown: dict[str, Any] = {}

    def judge(condition: str, item: Any, *more: Any, **slot: Any) -> bool:  # noqa: ANN401
        is_judged = shown and slot.get("slot") == "KeyConditionExpression"
        if is_judged and shown.get(str((item.get("sk") or {}).get("S"))) is item:
            return True
        return evaluate(condition, item, *more, **slot)

    def read_stretch(request: Request) -> Answer:
        table, key = _partition_of(dynamodb, request)
        if table is None:
            return query(request)
        with dynamodb._lock:  # noqa: SLF001  # the one thread that removes what has expired waits
            whole = table["items"][key]
            if not isinstance(whole, Partition):
                whole = Partition(whole)
            stretch = table["items"][key] = _stretch(dynamodb, request, whole)
            if _is_exact(dynamodb, request):
                shown.update(stretch)
            try:
                return query(request)
            finally:
                table["items"][key] = whole
                shown.clear()

    dynamodb._query = read_stretch  # noqa: SLF001
    dynamodb._evaluate_condition = judge  # noqa: SLF001


def _partition_of(dynamodb: Any, request: Request) -> tuple[dict[str, Any] | None, str]:  # noqa: ANN401
    """Table and key of a large partition with text as its sort keys; else no table, and MiniStack decides."""
    values, condition = request.get("ExpressionAttributeValues"), request.get("KeyConditionExpression")
    table = dynamodb._tables.get(dynamodb._normalize_table_name(request.get("TableName")))  # noqa: SLF001
    if not table or not table["sk_name"] or request.get("IndexName") or not condition or not values:
        return None, ""
    if dynamodb._get_attr_type(table, table["sk_name"]) != "S":  # noqa: SLF001
        return None, ""
    names = request.get("ExpressionAttributeNames") or {}
    key = dynamodb._extract_pk_from_condition(condition, values, names, table["pk_name"])  # noqa: SLF001
    partition = table["items"].get(key) if isinstance(key, str) else None
    return (table, key) if partition is not None and len(partition) >= _SMALL else (None, "")


def _stretch(dynamodb: Any, request: Request, whole: Partition) -> dict[str, Any]:  # noqa: ANN401
    """The items that a page of the query can hold, and one more, so that it knows whether it is the last."""
    keys = whole.ordered
    first, end = 0, len(keys)
    for low, high in _bounds(dynamodb, request):
        first, end = max(first, bisect_left(keys, low)), min(end, bisect_right(keys, high))
    forward = request.get("ScanIndexForward", True)
    start = ((request.get("ExclusiveStartKey") or {}).get("sk") or {}).get("S")
    if start is not None and forward:
        first = max(first, bisect_right(keys, start))
    elif start is not None:
        end = min(end, bisect_left(keys, start))
    wanted = range(first, end) if forward else range(end - 1, first - 1, -1)
    limit = request.get("Limit")
    if limit is not None:
        wanted = wanted[: max(int(limit), 0) + 1]
    found, size = {}, 0
    for number in wanted:
        item = found[keys[number]] = whole[keys[number]]
        if size > _PAGE:
            break
        size += dynamodb._item_size_bytes(item)  # noqa: SLF001
    return found


def _is_exact(dynamodb: Any, request: Request) -> bool:  # noqa: ANN401
    """True if nothing outside the bounds can be in the stretch, so that no item needs to be judged again."""
    kinds = {kind for kind, _ in dynamodb._tokenize(request["KeyConditionExpression"])}  # noqa: SLF001
    return not kinds & {"LT", "LE", "GT", "GE"}


def _bounds(dynamodb: Any, request: Request) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Lowest and highest sort key of each clause that bounds them; MiniStack itself decides on the edges."""
    names, values = request.get("ExpressionAttributeNames") or {}, request["ExpressionAttributeValues"]
    for clause in dynamodb._key_condition_clauses(dynamodb._tokenize(request["KeyConditionExpression"])):  # noqa: SLF001
        words = {text for kind, text in clause if kind == "IDENT"}
        words |= {names.get(text) for kind, text in clause if kind == "NAME_REF"}
        given = [values.get(text, {}).get("S") for kind, text in clause if kind == "VALUE_REF"]
        if "sk" not in words or None in given or not given:
            continue
        kinds = {kind for kind, _ in clause}
        if "begins_with" in words:
            yield given[0], given[0] + _ABOVE
        elif kinds & {"LT", "LE"}:
            yield "", given[0]
        elif kinds & {"GT", "GE"}:
            yield given[0], _ABOVE
        else:
            yield given[0], given[-1]
