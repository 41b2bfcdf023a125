"""Which CSS reaches the browser: the tokens in use, then base, layout and components, in one file."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

_DEFINITION = re.compile(r"^\s*(--[\w-]+):\s*(.+?);\s*$", re.MULTILINE)
_USE = re.compile(r"var\((--[\w-]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,>])\s*")
_PICTURE = re.compile(r"[^;{}]*(?:url\(|behavior:)[^;{}]*;?")


class TokenUnknown(Exception):
    """A stylesheet uses a custom property that neither it nor the design tokens define."""


def bundle(tokens: Path, parts: Sequence[Path]) -> str:
    """Tokens that the parts use, then the parts in the given order.

    Raises:
        TokenUnknown: see there.
    """
    css = "\n".join(path.read_text(encoding="utf-8") for path in parts)
    return _compact(_tokens_used(tokens.read_text(encoding="utf-8"), css) + css)


def without_pictures(css: str) -> str:
    """A library's CSS without the rules that load its pictures, which this site neither uses nor serves."""
    return _compact(_PICTURE.sub("", _COMMENT.sub("", css)))


def _tokens_used(tokens: str, css: str) -> str:
    defined = dict(_DEFINITION.findall(tokens))
    own = set(re.findall(r"(--[\w-]+)\s*:", css))
    needed: dict[str, str] = {}
    waiting = sorted(set(_USE.findall(css)) - own)
    while waiting:
        name = waiting.pop()
        if name not in defined:
            raise TokenUnknown(f"{name} is not a design token")
        if name not in needed:
            needed[name] = defined[name]
            waiting += _USE.findall(defined[name])
    return _root(f"{name}: {value};" for name, value in sorted(needed.items()))


def _root(lines: Iterable[str]) -> str:
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def _compact(css: str) -> str:
    # Only what is safe without a parser: our own files and Leaflet's hold no such characters inside strings.
    return _AROUND.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", css))).strip() + "\n"
