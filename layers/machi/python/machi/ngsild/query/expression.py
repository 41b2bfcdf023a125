"""The parts of an NGSI-LD query (clause 4.9) once read, and how to write them down again.

`str()` of a node is query text that parses to an equal node. Names are short names as sent;
evaluation expands them.
"""

import json
from dataclasses import dataclass
from enum import Enum, StrEnum


class Operator(StrEnum):
    """Comparison and pattern operators."""

    EQUAL = "=="
    UNEQUAL = "!="
    GREATER_EQUAL = ">="
    GREATER = ">"
    LESS_EQUAL = "<="
    LESS = "<"
    MATCHES = "~="
    MATCHES_NOT = "!~="


class Kind(Enum):
    """Which data type a value of the query has."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE_TIME = "DateTime"
    DATE = "Date"
    TIME = "Time"
    WORD = "word"
    """A URI or a bare term (`gender==Male`), compared as text and expanded under expandValues."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One value of the query; `text` is what it says, without quotes."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return json.dumps(self.text, ensure_ascii=False) if self.kind is Kind.TEXT else self.text


@dataclass(frozen=True, slots=True)
class Range:
    """`low..high`, both included."""

    low: Literal
    high: Literal

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


@dataclass(frozen=True, slots=True)
class Values:
    """`a,b,c`: any of two or more."""

    items: tuple[Literal, ...]

    def __str__(self) -> str:
        return ",".join(map(str, self.items))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression."""

    text: str

    def __str__(self) -> str:
        return '"' + self.text.replace('"', '\\"') + '"'


Operand = Literal | Range | Values | Pattern


@dataclass(frozen=True, slots=True)
class Link:
    """`{Type1,Type2:path}`: the rest of the path lies in the entities a Relationship points to."""

    types: tuple[str, ...]
    path: "Path"

    def __str__(self) -> str:
        return "{" + (",".join(self.types) + ":" if self.types else "") + str(self.path) + "}"


@dataclass(frozen=True, slots=True)
class Path:
    """`a.b[c.d]` or `a{…}`: names into the graph, then members into a value or a link."""

    names: tuple[str, ...]
    members: tuple[str, ...] = ()
    link: Link | None = None

    def __str__(self) -> str:
        tail = f"[{'.'.join(self.members)}]" if self.members else ""
        return ".".join(self.names) + tail + ("" if self.link is None else str(self.link))

    @property
    def depth(self) -> int:
        """How many Relationships are followed."""
        return 0 if self.link is None else 1 + self.link.path.depth


@dataclass(frozen=True, slots=True)
class Exists:
    """The target element is there; `Absent` is its negation."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Absent:
    """`!path`: the target element is not there. Beyond the clause, as other brokers have it."""

    path: Path

    def __str__(self) -> str:
        return f"!{self.path}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A path, an operator and what to compare with."""

    path: Path
    operator: Operator
    operand: Operand

    def __str__(self) -> str:
        return f"{self.path}{self.operator.value}{self.operand}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more; binds tighter than Or."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return ";".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return "|".join(map(str, self.parts))


Expression = Exists | Absent | Comparison | And | Or


def conjunction(parts: list[Expression]) -> Expression:
    """All of the parts, without an And inside an And."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(parts: list[Expression]) -> Expression:
    """Any of the parts, without an Or inside an Or."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def paths_of(expression: Expression) -> list[Path]:
    """Every path of the expression, in the order written."""
    if isinstance(expression, And | Or):
        return [path for part in expression.parts for path in paths_of(part)]
    return [expression.path]
