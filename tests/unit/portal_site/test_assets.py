"""Styles and modules: small, fingerprinted, and nothing in them that the style guide forbids."""

import gzip
import re
from pathlib import Path

import pytest

from portal_site.modules import ImportUnknown, Modules
from portal_site.stylesheets import TokenUnknown, bundle, without_pictures
from tests.unit.portal_site.conftest import REPOSITORY
from tests.unit.portal_site.html_document import Document

KIB = 1024
CONTENT_PAGE = 60 * KIB
SIGNED_IN_PAGE = 110 * KIB
PORTAL = REPOSITORY / "portal_site"
_IMPORTS = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)"\./([^"]+\.js)\"""")
_STATIC_IMPORTS = re.compile(r"""(?:\bfrom\s*|^import\s*)"\./([^"]+\.js)\"""", re.MULTILINE)


def _weight(paths: set[str], files: dict[str, bytes]) -> int:
    return sum(len(gzip.compress(files[path], 9)) for path in paths)


def _loaded(path: str, document: Document, files: dict[str, bytes], imports: re.Pattern[str]) -> set[str]:
    links = [
        link.attributes["href"]
        for link in document.all("link")
        if link.attributes["rel"] in {"stylesheet", "icon", "manifest"}
    ]
    scripts = [script.attributes["src"] for script in document.all("script")]
    waiting = [address.removeprefix("/") for address in (*links, *scripts)]
    loaded = {path}
    while waiting:
        asset = waiting.pop()
        if asset in loaded:
            continue
        loaded.add(asset)
        if asset.endswith(".js"):
            waiting += [f"assets/js/{name}" for name in imports.findall(files[asset].decode())]
    return loaded


def test_a_content_page_weighs_at_most_60_kib(
    files: dict[str, bytes], documents: dict[str, Document]
) -> None:
    weights = {
        path: _weight(_loaded(path, document, files, _STATIC_IMPORTS), files)
        for path, document in documents.items()
        if "mypage" not in path and "callback" not in path
    }
    assert {path: weight for path, weight in weights.items() if weight > CONTENT_PAGE} == {}


def test_the_page_with_its_map_and_my_page_with_its_log_in_weigh_at_most_110_kib(
    files: dict[str, bytes], documents: dict[str, Document]
) -> None:
    map_styles = {path for path in files if path.startswith("assets/css/map.")}
    for path, document in documents.items():
        everything = _loaded(path, document, files, _IMPORTS)
        if any("leaflet" in asset for asset in everything):
            everything |= map_styles
        assert _weight(everything, files) <= SIGNED_IN_PAGE, path


def test_the_weighing_sees_the_libraries(files: dict[str, bytes], documents: dict[str, Document]) -> None:
    path = "shelters/index.html"
    everything = _loaded(path, documents[path], files, _IMPORTS)
    assert any("leaflet" in asset for asset in everything)
    assert any("oidc-client" in asset for asset in everything), "loaded on the click on sign in"
    at_once = _loaded(path, documents[path], files, _STATIC_IMPORTS)
    assert not any("leaflet" in asset or "oidc" in asset for asset in at_once)


def test_our_styles_use_no_ids_no_important_and_logical_properties() -> None:
    physical = re.compile(
        r"\b(?:margin|padding|border)-(?:left|right|top|bottom)\b|[^-]\b(?:left|right|top|bottom|width|height):"
    )
    for path in sorted(PORTAL.rglob("*.css")):
        css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "!important" not in css, path
        selectors = re.findall(r"([^{};]+)\{", css)
        assert [selector for selector in selectors if "#" in selector] == [], path
        declarations = re.sub(r"@media[^{]+", "", css)
        assert physical.findall(declarations) == [], path


def test_only_tokens_in_use_are_sent(tmp_path: Path) -> None:
    tokens, own = tmp_path / "tokens.css", tmp_path / "own.css"
    tokens.write_text(":root {\n --a: var(--b);\n --b: #fff;\n --c: red;\n}\n")
    own.write_text(".x { --own: 1px; color: var(--a); inset: var(--own); }")
    assert (
        bundle(tokens, [own])
        == ":root{--a: var(--b);--b: #fff;}.x{--own: 1px;color: var(--a);inset: var(--own);}\n"
    )


def test_a_token_that_does_not_exist_stops_the_build(tmp_path: Path) -> None:
    tokens, own = tmp_path / "tokens.css", tmp_path / "own.css"
    tokens.write_text(":root { }")
    own.write_text(".x { color: var(--colour-of-nothing); }")
    with pytest.raises(TokenUnknown, match="--colour-of-nothing"):
        bundle(tokens, [own])


def test_the_map_s_styles_load_no_pictures(files: dict[str, bytes]) -> None:
    (styles,) = [content.decode() for path, content in files.items() if path.startswith("assets/css/map.")]
    assert "url(" not in styles
    assert ".leaflet-tile" in styles
    assert without_pictures(".a { color: red; background-image: url(x.png); }") == ".a{color: red;}\n"


def _modules(folder: Path, **sources: str) -> Modules:
    for name, text in sources.items():
        (folder / f"{name}.js").write_text(text)
    return Modules(REPOSITORY / "node_modules", "/js/")


def test_a_change_in_an_imported_module_changes_the_address_of_the_importer(tmp_path: Path) -> None:
    importer = 'import { a } from "./b.js";\nconsole.log(a);\n'
    before = _modules(tmp_path, a=importer, b="export const a = 1;\n").add(tmp_path / "a.js")
    after = _modules(tmp_path, a=importer, b="export const a = 2;\n").add(tmp_path / "a.js")
    assert before != after


def test_imports_are_rewritten_to_the_names_that_are_served(tmp_path: Path) -> None:
    modules = _modules(tmp_path, a='import "./b.js";\nimport("./b.js");\n', b="export const x = 1;\n")
    modules.add(tmp_path / "a.js")
    (b,) = [name for name in modules.files if name.startswith("b.")]
    (a,) = [text for name, text in modules.files.items() if name.startswith("a.")]
    assert a == f'import "./{b}";\nimport("./{b}");\n'


def test_types_in_comments_load_nothing(tmp_path: Path) -> None:
    modules = _modules(
        tmp_path, a='/** @typedef {import("leaflet")} Leaflet */\nexport const a = /** @type {any} */ (1);\n'
    )
    modules.add(tmp_path / "a.js")
    assert list(modules.files.values()) == ["export const a = (1);\n"]


@pytest.mark.parametrize("target", ["./nowhere.js", "lodash", "https://cdn.example/x.js"])
def test_an_import_of_something_unknown_stops_the_build(tmp_path: Path, target: str) -> None:
    with pytest.raises(ImportUnknown, match="imports"):
        _modules(tmp_path, a=f'import "{target}";\n').add(tmp_path / "a.js")


def test_every_module_of_ours_asks_to_be_type_checked() -> None:
    sources = [*(PORTAL / "elements").rglob("*.js"), *(PORTAL / "scripts").glob("*.js")]
    unchecked = [path.name for path in sources if not path.read_text().startswith("// @ts-check")]
    assert unchecked == ["service-worker.js"], "which is a script and not a module"


def test_licences_of_what_is_served_are_there_to_read(files: dict[str, bytes]) -> None:
    licences = files["licences.txt"].decode()
    for owner in ("Volodymyr Agafonkin", "Apache License", "Auth0", "デジタル庁"):
        assert owner in licences, owner
