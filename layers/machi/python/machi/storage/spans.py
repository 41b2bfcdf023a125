"""Which stretches of cells cover a box, so that few places outside the box are read?

Cells of seven characters stand in Z-order: a cell's number interleaves the bits of its column and its row,
and every coarser cell is a stretch of numbers. The box is cut into such stretches, always where most lies
outside of it, until they fit it well; then the smallest gaps are closed again until there are few enough to
be read one by one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from machi.ngsild.query.geo import Bounds
from machi.storage.cells import ALPHABET, FINEST, columns_and_rows

_CUTS = 128  # of the world, some 25 of them to come down to a city; each costs 3 µs
_DIGIT = 5  # bits
_BITS = _DIGIT * FINEST


class Span(NamedTuple):
    """Cells from `first` to `last`, both included, by their names."""

    first: str
    last: str


class _Piece(NamedTuple):
    """A coarser cell: all cells whose numbers begin with the `bits` bits of `prefix`."""

    outside: int
    """Finest cells of it outside the box, negative for the heap to give the most first."""
    prefix: int
    bits: int
    columns: range
    rows: range


def spans_over(box: Bounds, most: int) -> list[Span]:
    """At most `most` stretches, in order, that together hold every cell that the box touches."""
    wanted = columns_and_rows(box, FINEST)
    heap = [_piece(0, 0, range(1 << (_BITS + 1) // 2), range(1 << _BITS // 2), wanted)]
    for _ in range(_CUTS):
        if heap[0].outside == 0:
            break
        for half in _halves(heapq.heappop(heap), wanted):
            heapq.heappush(heap, half)
    stretches = sorted((piece.prefix << _BITS - piece.bits, _last(piece)) for piece in heap)
    return [Span(_name(first), _name(last)) for first, last in _joined(stretches, most)]


def _halves(piece: _Piece, wanted: tuple[range, range]) -> Iterator[_Piece]:
    """The halves that share cells with the box; even bits halve the columns, odd ones the rows."""
    by_column = piece.bits % 2 == 0
    cut = piece.columns if by_column else piece.rows
    middle = (cut.start + cut.stop) // 2
    for bit, part in enumerate((range(cut.start, middle), range(middle, cut.stop))):
        columns, rows = (part, piece.rows) if by_column else (piece.columns, part)
        half = _piece(piece.prefix << 1 | bit, piece.bits + 1, columns, rows, wanted)
        if half.outside > -len(columns) * len(rows):
            yield half


def _piece(prefix: int, bits: int, columns: range, rows: range, wanted: tuple[range, range]) -> _Piece:
    inside = len(_common(columns, wanted[0])) * len(_common(rows, wanted[1]))
    return _Piece(inside - len(columns) * len(rows), prefix, bits, columns, rows)


def _common(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _last(piece: _Piece) -> int:
    return (piece.prefix + 1 << _BITS - piece.bits) - 1


def _joined(stretches: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """The stretches, neighbours and those with the smallest gaps between them made one."""
    gaps = sorted(
        (after[0] - before[1], number) for number, (before, after) in enumerate(pairwise(stretches))
    )
    kept = sorted(number for gap, number in gaps[max(len(gaps) - most + 1, 0) :] if gap > 1)
    starts = [0, *(number + 1 for number in kept)]
    ends = [*kept, len(stretches) - 1]
    return [(stretches[start][0], stretches[end][1]) for start, end in zip(starts, ends, strict=True)]


def _name(number: int) -> str:
    digits = range(_BITS - _DIGIT, -1, -_DIGIT)
    return "".join(ALPHABET[number >> shift & (1 << _DIGIT) - 1] for shift in digits)
