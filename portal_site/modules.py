"""Which ES modules reach the browser, under names that change with their content.

Sources import each other by relative path, and the two libraries by the name of their npm package, so that
editors and type checkers find them. Here every import is rewritten to the name the file gets, after the files
it imports: a module's fingerprint covers all that it loads.
"""

import hashlib
import re
from pathlib import Path

_IMPORT = re.compile(
    r"""(?P<before>\bfrom\s*|\bimport\s*\(\s*|^import\s*)(?P<quote>["'])(?P<target>[^"']+)(?P=quote)""",
    re.MULTILINE,
)
_SERVED_IMPORT = re.compile(r"""(?:\bfrom\s*|^import\s*)"\./([^"]+)\"""", re.MULTILINE)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_DOC_COMMENT = re.compile(r"[ \t]*/\*\*.*?\*/\n?", re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)

# The libraries publish scripts that make a global. As a module each keeps to itself.
_LIBRARIES = {
    "leaflet": (
        "leaflet/dist/leaflet.js",
        "const module = { exports: {} }, exports = module.exports;\n",
        "\nexports.noConflict();\nexport default module.exports;\n",
    ),
    "oidc-client-ts": (
        "oidc-client-ts/dist/browser/oidc-client-ts.min.js",
        "",
        "\nexport const { UserManager, WebStorageStateStore, ErrorResponse } = oidc;\n",
    ),
}


class ImportUnknown(Exception):
    """A module imports something that is neither a file of the portal nor a known library."""


class Modules:
    """Turns sources into files to serve; each is made once."""

    def __init__(self, node_modules: Path, base_url: str) -> None:
        self._node_modules = node_modules
        self._base_url = base_url
        self._urls: dict[str, str] = {}
        self.files: dict[str, str] = {}
        """File name → text, for everything added so far and all it imports."""

    def add(self, source: Path) -> str:
        """Add a module with all that it imports; returns its URL.

        Raises:
            ImportUnknown: see there.
        """
        key = str(source.resolve())
        if key not in self._urls:
            text = _without_comments(source.read_text(encoding="utf-8"))
            self._urls[key] = self._serve(source.stem, self._rewritten(text, source))
        return self._urls[key]

    def loaded_with(self, url: str) -> list[str]:
        """The module and all that a browser fetches with it at once, not what it may fetch later."""
        found: list[str] = []
        waiting = [url]
        while waiting:
            module = waiting.pop()
            if module not in found:
                found.append(module)
                text = self.files[module.removeprefix(self._base_url)]
                waiting += [self._base_url + name for name in _SERVED_IMPORT.findall(text)]
        return sorted(found)

    def _library(self, name: str) -> str:
        if name not in self._urls:
            path, before, after = _LIBRARIES[name]
            text = (self._node_modules / path).read_text(encoding="utf-8")
            self._urls[name] = self._serve(name, before + _SOURCE_MAP.sub("", text).strip() + after)
        return self._urls[name]

    def _rewritten(self, text: str, source: Path) -> str:
        def url(match: re.Match[str]) -> str:
            target = match["target"]
            return f'{match["before"]}"./{self._url_of(target, source).rpartition("/")[2]}"'

        return _IMPORT.sub(url, text)

    def _url_of(self, target: str, source: Path) -> str:
        if target in _LIBRARIES:
            return self._library(target)
        path = source.parent / target
        if not target.startswith(".") or not path.is_file():
            raise ImportUnknown(f"{source.name} imports {target}")
        return self.add(path)

    def _serve(self, stem: str, text: str) -> str:
        name = f"{stem}.{fingerprint(text)}.js"
        self.files[name] = text
        return self._base_url + name


def fingerprint(content: str) -> str:
    """Ten hex digits that change with the content."""
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def _without_comments(text: str) -> str:
    # Types live in doc comments and may name modules that are not loaded. Our strings hold no `/**`, and no
    # `//` at the start of a line.
    return _LINE_COMMENT.sub("", _DOC_COMMENT.sub("", text))
