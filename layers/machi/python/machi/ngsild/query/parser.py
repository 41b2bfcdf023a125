"""Which expression does a query text of clause 4.9 stand for?

Recursive descent over the ABNF of the clause, with what its own examples and other brokers add:
brackets inside brackets (example 6), one type before a linked path (example 14), bare terms as values
(example 12), `!attribute`. Every dimension has a limit, so reading costs no more than milliseconds.
"""

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.expression import (
    Absent,
    Comparison,
    Exists,
    Expression,
    Kind,
    Link,
    Literal,
    Operand,
    Operator,
    Path,
    Pattern,
    Range,
    Values,
    conjunction,
    disjunction,
)
from machi.ngsild.query.pattern import matcher
from machi.ngsild.query.scanner import Scanner

MAX_LENGTH = 32_768
"""Characters of a query."""
MAX_TERMS = 256
MAX_VALUES = 512
"""Values in one list."""
MAX_DEPTH = 16
"""Brackets within brackets, and names within a path."""
MAX_LINKS = 8
"""Relationships followed in one path."""

_NOT_ORDERED = {Kind.BOOLEAN, Kind.WORD}


def parse_expression(text: str) -> Expression:
    """Read a whole query.

    Raises:
        BadRequestData: the text does not follow the grammar or exceeds a limit.
    """
    if len(text) > MAX_LENGTH:
        raise BadRequestData(f"a query may have at most {MAX_LENGTH} characters")
    return _Parser(Scanner(text)).whole()


def parse_path(text: str) -> Path:
    """Read an attribute path alone, as `orderBy` has it.

    Raises:
        BadRequestData: not a path.
    """
    scanner = Scanner(text)
    path = _Parser(scanner).path()
    if not scanner.at_end:
        raise scanner.refuse("the attribute path goes on in no known way")
    return path


class _Parser:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._terms = 0

    def whole(self) -> Expression:
        expression = self._alternatives(depth=0)
        if not self._scanner.at_end:
            raise self._scanner.refuse("the end, `;` or `|` is expected")
        return expression

    def path(self, links: int = 0) -> Path:
        scanner, linked = self._scanner, links > 0
        names = [scanner.name(linked=linked)]
        while scanner.take("."):
            names.append(scanner.name(linked=linked))
        if len(names) > MAX_DEPTH:
            raise scanner.refuse(f"a path may have at most {MAX_DEPTH} names")
        if scanner.sees("["):
            return Path(tuple(names), members=scanner.members())
        if scanner.take("{"):
            return Path(tuple(names), link=self._link(links + 1))
        return Path(tuple(names))

    def _link(self, links: int) -> Link:
        if links > MAX_LINKS:
            raise self._scanner.refuse(f"a path may follow at most {MAX_LINKS} Relationships")
        link = Link(self._scanner.types(), self.path(links))
        if not self._scanner.take("}"):
            raise self._scanner.refuse("`}` is missing")
        return link

    def _alternatives(self, depth: int) -> Expression:
        parts = [self._sequence(depth)]
        while self._scanner.take("|"):
            parts.append(self._sequence(depth))
        return disjunction(parts)

    def _sequence(self, depth: int) -> Expression:
        parts = [self._term(depth)]
        while self._scanner.take(";"):
            parts.append(self._term(depth))
        return conjunction(parts)

    def _term(self, depth: int) -> Expression:
        scanner = self._scanner
        scanner.spaces()
        if scanner.take("("):
            if depth >= MAX_DEPTH:
                raise scanner.refuse(f"brackets may be nested at most {MAX_DEPTH} deep")
            inner = self._alternatives(depth + 1)
            if not scanner.take(")"):
                raise scanner.refuse("`)` is missing")
            scanner.spaces()
            return inner
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise scanner.refuse(f"a query may have at most {MAX_TERMS} terms")
        term: Expression = Absent(self.path()) if scanner.take("!") else self._statement()
        scanner.spaces()
        return term

    def _statement(self) -> Expression:
        path = self.path()
        self._scanner.spaces()
        operator = self._scanner.operator()
        return Exists(path) if operator is None else Comparison(path, operator, self._operand(operator))

    def _operand(self, operator: Operator) -> Operand:
        match operator:
            case Operator.MATCHES | Operator.MATCHES_NOT:
                return self._pattern()
            case Operator.EQUAL | Operator.UNEQUAL:
                return self._values()
            case _:
                return self._ordered()

    def _pattern(self) -> Pattern:
        text = self._scanner.pattern()
        if not text:
            raise self._scanner.refuse("a regular expression is missing")
        matcher(text)
        return Pattern(text)

    def _ordered(self) -> Literal:
        self._scanner.spaces()
        literal = self._scanner.literal()
        if literal.kind in _NOT_ORDERED:
            raise self._scanner.refuse("only numbers, quoted text, dates and times have an order")
        return literal

    def _values(self) -> Operand:
        scanner = self._scanner
        scanner.spaces()
        items = [scanner.literal()]
        if scanner.take(".."):
            high = self._ordered()
            if items[0].kind in _NOT_ORDERED:
                raise scanner.refuse("only numbers, quoted text, dates and times have an order")
            return Range(items[0], high)
        scanner.spaces()
        while scanner.take(","):
            scanner.spaces()
            items.append(scanner.literal())
            scanner.spaces()
            if len(items) > MAX_VALUES:
                raise scanner.refuse(f"a list may have at most {MAX_VALUES} values")
        return items[0] if len(items) == 1 else Values(tuple(items))
