"""Reads a page the way the tests ask about it: elements in order, with attributes and text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})
_SVG_LEAVES = frozenset({"path", "circle", "rect"})


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, readings (ruby) left out, blanks folded."""
        return " ".join(self._words().split())

    def _words(self) -> str:
        if self.tag in {"rt", "rp", "script", "style"}:
            return ""
        return "".join(child if isinstance(child, str) else child._words() for child in self.children)

    def within(self, tag: str) -> bool:
        """True if an element of that kind stands around it."""
        around = self.parent
        while around is not None:
            if around.tag == tag:
                return True
            around = around.parent
        return False


class Document(HTMLParser):
    """A parsed page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._root = Element("", {})
        self._open = [self._root]
        self.feed(html)
        assert self._open == [self._root], f"not closed: {[element.tag for element in self._open[1:]]}"

    def all(self, *tags: str) -> list[Element]:
        """Every element of these kinds, in the order of the page; of any kind if none is named."""
        return [element for element in self._walk(self._root) if not tags or element.tag in tags]

    def one(self, tag: str) -> Element:
        """The only element of this kind."""
        (element,) = self.all(tag)
        return element

    def of_class(self, name: str) -> list[Element]:
        """Every element of a CSS class."""
        return [element for element in self.all() if name in element.attributes.get("class", "").split()]

    def _walk(self, element: Element) -> Iterator[Element]:
        for child in element.children:
            if isinstance(child, Element):
                yield child
                yield from self._walk(child)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open[-1])
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _SVG_LEAVES, f"<{tag}/> does not close itself in HTML"
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
