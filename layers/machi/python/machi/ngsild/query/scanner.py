"""How a query text of clause 4.9 falls into names, operators, values and patterns.

The language is read by position, not cut into tokens beforehand, because the same character means
different things: `|` joins terms but also stands in patterns, `.` separates names, digits and ranges,
`:` follows a type in a link and a scheme in a URI. Refusals name the position, never the text.
"""

import json
import math
import re

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.expression import Kind, Literal, Operator
from machi.ngsild.query.moments import FORM, is_real, moment

_LETTERS = r"[^\W\d_]\w*"
_NAME = re.compile(rf"{_LETTERS}(?::{_LETTERS})?")
_LINKED_NAME = re.compile(_LETTERS)
_TYPES = re.compile(rf"({_LETTERS}(?:,{_LETTERS})*):")
_MEMBERS = re.compile(r'\[([^\[\]{}"();|<>=!~,\s]+)\]')
_OPERATOR = re.compile(r"==|!=|!~=|~=|>=|<=|>|<")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\"<>\\^`{}|]")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\"<>\\^`{}|]+")
_MAX_NUMBER = 400  # characters; more says nothing a number needs
_DOTS = ".."


class Scanner:
    """Reads one piece after another; every method leaves the position behind what it read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    @property
    def at_end(self) -> bool:
        """True if everything has been read."""
        return self._position >= len(self._text)

    def refuse(self, what: str) -> BadRequestData:
        """The error to raise at the present position."""
        return BadRequestData(f"the query is not valid at character {self._position + 1}: {what}")

    def sees(self, piece: str) -> bool:
        """True if the piece comes next; reads nothing."""
        return self._text.startswith(piece, self._position)

    def take(self, piece: str) -> bool:
        """Read the piece if it comes next."""
        if not self.sees(piece):
            return False
        self._position += len(piece)
        return True

    def spaces(self) -> None:
        """Skip blanks; the examples of the clause have them after commas."""
        while self.sees(" "):
            self._position += 1

    def name(self, *, linked: bool = False) -> str:
        """An attribute name; with a prefix too, except in a link, where `:` follows types."""
        found = (_LINKED_NAME if linked else _NAME).match(self._text, self._position)
        if found is None or not found[0][0].isalpha():
            raise self.refuse("an attribute name is missing")
        self._position = found.end()
        return found[0]

    def types(self) -> tuple[str, ...]:
        """`Type1,Type2:` if it comes next, else nothing."""
        found = _TYPES.match(self._text, self._position)
        if found is None:
            return ()
        self._position = found.end()
        return tuple(found[1].split(","))

    def members(self) -> tuple[str, ...]:
        """`[a.b]`, a way into a compound value, or a language."""
        found = _MEMBERS.match(self._text, self._position)
        names = tuple(found[1].split(".")) if found else ()
        if found is None or not all(names):
            raise self.refuse("square brackets enclose member names separated by dots")
        self._position = found.end()
        return names

    def operator(self) -> Operator | None:
        """A comparison or pattern operator, or None."""
        found = _OPERATOR.match(self._text, self._position)
        if found is None:
            return None
        self._position = found.end()
        return Operator(found[0])

    def literal(self) -> Literal:
        """One value: quoted text, number, DateTime, Date, Time, boolean, URI or bare term."""
        if self.sees('"'):
            return Literal(Kind.TEXT, self._quoted())
        start = self._position
        is_uri = _SCHEME.match(self._text, start) is not None
        word = self._word(stop_at_dots=not is_uri)
        kind = _kind_of(word)
        if kind is None:
            self._position = start
            raise self.refuse("a value is missing or has no known form; text stands in double quotes")
        return Literal(kind, word)

    def pattern(self) -> str:
        """A regular expression, in double quotes or bare up to the end of its term."""
        if self.sees('"'):
            found = _STRING.match(self._text, self._position)
            if found is None:
                raise self.refuse("the quotes are not closed")
            self._position = found.end()
            text = found[0][1:-1]
        else:
            text = self._bare_pattern()
        return _QUOTE_ESCAPE.sub(_without_escaped_quote, text)

    def _quoted(self) -> str:
        found = _STRING.match(self._text, self._position)
        if found is None:
            raise self.refuse("the quotes are not closed")
        try:
            text = json.loads(found[0])
            text.encode()
        except ValueError:
            raise self.refuse("quoted text follows the rules of JSON strings") from None
        self._position = found.end()
        return str(text)

    def _word(self, *, stop_at_dots: bool) -> str:
        """Up to `;`, `|`, `,`, a blank, a closing bracket of the query, or the dots of a range."""
        start, opened = self._position, 0
        found = FORM.match(self._text, start)
        if found is not None:  # it may contain a comma
            self._position = found.end()
        while not self.at_end:
            character = self._text[self._position]
            if character in ';|, "' or (stop_at_dots and self.sees(_DOTS)):
                break
            if character == ")" and not opened:
                break
            opened += (character == "(") - (character == ")")
            self._position += 1
        return self._text[start : self._position]

    def _bare_pattern(self) -> str:
        """Up to `;`, `|` or `)` outside the brackets and escapes of the expression itself."""
        start, opened, in_class = self._position, 0, False
        while not self.at_end:
            character = self._text[self._position]
            if character == "\\":
                self._position += 1
            elif in_class:
                in_class = character != "]"
            elif character == "[":
                in_class = True
            elif not opened and character in ";|)":
                break
            else:
                opened += (character == "(") - (character == ")")
            self._position += 1
        self._position = min(self._position, len(self._text))
        return self._text[start : self._position]


_QUOTE_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _without_escaped_quote(found: re.Match[str]) -> str:
    return '"' if found[1] == '"' else found[0]


def _kind_of(word: str) -> Kind | None:
    if word in {"true", "false"}:
        return Kind.BOOLEAN
    if len(word) <= _MAX_NUMBER and _NUMBER.fullmatch(word):
        return Kind.NUMBER if math.isfinite(float(word)) else None
    found = moment(word)
    if found is not None:
        return found[0] if is_real(found) else None
    if _URI.fullmatch(word) or (_LINKED_NAME.fullmatch(word) and word[0].isalpha()):
        return Kind.WORD
    return None
