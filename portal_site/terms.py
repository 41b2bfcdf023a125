"""The terms of use: the very files that are shown, hashed, so that an acceptance names what was read."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from portal_site.locales import JAPANESE, Locale


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`h2`), a paragraph (`p`) or a list (`ul`) of the text."""

    tag: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """One version in every language."""

    version: str
    sha256: str
    """Hexadecimal, of the bytes of the Japanese file: that text binds, the others explain it."""
    texts: dict[str, tuple[Block, ...]]

    def text(self, locale: Locale) -> tuple[Block, ...]:
        """What is shown in a language."""
        return self.texts[locale.code]


def read_terms(folder: Path, version: str, locales: tuple[Locale, ...]) -> Terms:
    """Read a version's files `<folder>/terms/<version>/<language>.txt`.

    Raises:
        OSError: a language has no text.
    """
    files = {locale.code: folder / "terms" / version / f"{locale.code}.txt" for locale in locales}
    binding = sha256(files[JAPANESE.code].read_bytes()).hexdigest()
    texts = {code: _blocks(path.read_text(encoding="utf-8")) for code, path in files.items()}
    return Terms(version, binding, texts)


def _blocks(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    is_going_on = False
    for line in text.splitlines():
        if line.startswith("## "):
            blocks.append(Block("h2", (line.removeprefix("## "),)))
        elif line.startswith("- "):
            item = line.removeprefix("- ")
            if blocks and blocks[-1].tag == "ul" and is_going_on:
                blocks[-1] = Block("ul", (*blocks[-1].lines, item))
            else:
                blocks.append(Block("ul", (item,)))
        elif line.strip():
            blocks.append(Block("p", (line.strip(),)))
        is_going_on = bool(line.strip())
    return tuple(blocks)
