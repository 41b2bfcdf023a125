"""Where on Earth is an index entry? Geohash cells, and which of them cover a box.

A cell of four characters is about 32 by 20 km at the latitude of Ichinomiya, one of seven 125 by 150 m.
"""

from collections.abc import Iterator, Mapping
from math import ceil, floor

from machi.ngsild.query.geo import Bounds

FINEST, COARSEST = 7, 4
"""Characters of the cells that index entries have."""

ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
"""Digits of a cell's name, five bits each, in their order."""
_BITS = 5
_WEST, _SOUTH, _LONGITUDES, _LATITUDES = -180.0, -90.0, 360.0, 180.0


def cell_of(longitude: float, latitude: float, length: int = FINEST) -> str:
    """The cell around a position."""
    columns, rows = _grid(length)
    column = min(floor((longitude - _WEST) / _LONGITUDES * columns), columns - 1)
    row = min(floor((latitude - _SOUTH) / _LATITUDES * rows), rows - 1)
    return name_of(max(column, 0), max(row, 0), length)


def bounds_of(cell: str) -> Bounds:
    """West, south, east and north of a cell in degrees."""
    length = len(cell)
    columns, rows = _grid(length)
    column = row = 0
    for bit in _bits(cell):
        is_longitude, value = bit
        if is_longitude:
            column = column << 1 | value
        else:
            row = row << 1 | value
    width, height = _LONGITUDES / columns, _LATITUDES / rows
    west, south = _WEST + column * width, _SOUTH + row * height
    return west, south, west + width, south + height


def cover(box: Bounds, most: int) -> list[str] | None:
    """The finest cells of one length that cover a box, at most `most` of them; None if it is larger."""
    for length in range(FINEST, COARSEST - 1, -1):
        columns, rows = columns_and_rows(box, length)
        if len(columns) * len(rows) <= most:
            return sorted(name_of(column, row, length) for column in columns for row in rows)
    return None


def touches(box: Bounds, other: Bounds) -> bool:
    """True if the boxes share at least an edge."""
    return box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]


def box_of(geometry: Mapping[str, object]) -> Bounds | None:
    """The smallest box around a GeoJSON geometry; None if it has no position."""
    positions = list(_positions(geometry.get("coordinates")))
    if not positions:
        return None
    longitudes, latitudes = zip(*positions, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _positions(value: object) -> Iterator[tuple[float, float]]:
    match value:
        case [int() | float() as longitude, int() | float() as latitude, *_]:
            yield float(longitude), float(latitude)
        case list():
            for item in value:
                yield from _positions(item)


def _grid(length: int) -> tuple[int, int]:
    bits = _BITS * length
    return 1 << (bits + 1) // 2, 1 << bits // 2


def columns_and_rows(box: Bounds, length: int) -> tuple[range, range]:
    """The columns and the rows of cells that a box touches."""
    columns, rows = _grid(length)
    west, south, east, north = box
    return (
        _steps((west - _WEST) / _LONGITUDES * columns, (east - _WEST) / _LONGITUDES * columns, columns),
        _steps((south - _SOUTH) / _LATITUDES * rows, (north - _SOUTH) / _LATITUDES * rows, rows),
    )


def _steps(low: float, high: float, count: int) -> range:
    first = min(max(floor(low), 0), count - 1)
    # A box that ends on the edge of a cell reaches into the next one, where the edge belongs.
    last = min(max(floor(high), ceil(low) - 1, 0), count - 1)
    return range(first, max(first, last) + 1)


def name_of(column: int, row: int, length: int) -> str:
    """The cell in a column and a row."""
    name = []
    bits = _BITS * length
    longitudes, latitudes = (bits + 1) // 2, bits // 2
    digit = 0
    for position in range(bits):
        if position % 2 == 0:
            longitudes -= 1
            digit = digit << 1 | (column >> longitudes & 1)
        else:
            latitudes -= 1
            digit = digit << 1 | (row >> latitudes & 1)
        if position % _BITS == _BITS - 1:
            name.append(ALPHABET[digit])
            digit = 0
    return "".join(name)


def _bits(cell: str) -> Iterator[tuple[bool, int]]:
    position = 0
    for character in cell:
        digit = ALPHABET.index(character)
        for shift in range(_BITS - 1, -1, -1):
            yield position % 2 == 0, digit >> shift & 1
            position += 1
