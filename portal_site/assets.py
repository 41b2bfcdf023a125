"""Styles, scripts and icons: where they come from and under which address pages load them."""

from functools import cached_property
from pathlib import Path

from markupsafe import Markup

from portal_site.modules import Modules, fingerprint
from portal_site.stylesheets import bundle, without_pictures

_TOKENS = "@digital-go-jp/design-tokens/dist/tokens.css"
_MAP_STYLES = "leaflet/dist/leaflet.css"
_LICENCES = ("@digital-go-jp/design-tokens", "jwt-decode", "leaflet", "oidc-client-ts")
"""Packages of which code or values reach the browser (oidc-client-ts contains jwt-decode)."""

_MAP_ELEMENT = "shelter-map"


class Assets:
    """The fingerprinted files of one build."""

    def __init__(self, root: Path, node_modules: Path) -> None:
        self._root = root
        self._node_modules = node_modules
        self._modules = Modules(node_modules, "/assets/js/")

    def module(self, element: str) -> str:
        """URL of the ES module of a custom element."""
        return self._modules.add(self._root / "elements" / element / f"{element}.js")

    def loaded_with(self, element: str) -> list[str]:
        """URLs of an element's module and of all that is fetched with it at once."""
        return self._modules.loaded_with(self.module(element))

    def script(self, name: str) -> str:
        """URL of an ES module that belongs to no element."""
        return self._modules.add(self._root / "scripts" / f"{name}.js")

    def icon(self, name: str) -> Markup:
        """An SVG drawing to stand in a page; decorative, so its meaning must stand beside it in words."""
        svg = (self._root / "assets" / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
        return Markup(svg.replace("<svg ", '<svg class="icon" aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - our own file

    @cached_property
    def site_styles(self) -> str:
        """CSS of every page."""
        styles = self._root / "assets" / "styles"
        elements = sorted(
            path for path in (self._root / "elements").glob("*/*.css") if path.stem != _MAP_ELEMENT
        )
        components = sorted((styles / "components").glob("*.css"))
        parts = (styles / "base.css", styles / "layout.css", *components, *elements)
        return bundle(self._node_modules / _TOKENS, parts)

    @cached_property
    def map_styles(self) -> str:
        """CSS that is loaded together with the map."""
        library = (self._node_modules / _MAP_STYLES).read_text(encoding="utf-8")
        own = self._root / "elements" / _MAP_ELEMENT / f"{_MAP_ELEMENT}.css"
        return without_pictures(library) + bundle(self._node_modules / _TOKENS, (own,))

    @property
    def site_styles_url(self) -> str:
        """Address of `site_styles`."""
        return f"/assets/css/site.{fingerprint(self.site_styles)}.css"

    @property
    def map_styles_url(self) -> str:
        """Address of `map_styles`."""
        return f"/assets/css/map.{fingerprint(self.map_styles)}.css"

    @property
    def favicon_url(self) -> str:
        """Address of the site's icon."""
        return f"/assets/icons/favicon.{fingerprint(self._favicon)}.svg"

    @property
    def _favicon(self) -> str:
        return (self._root / "assets" / "favicon.svg").read_text(encoding="utf-8")

    def files(self) -> dict[str, str]:
        """Path below the root → text, for all that the pages asked for."""
        found = {f"assets/js/{name}": text for name, text in self._modules.files.items()}
        found[self.site_styles_url.removeprefix("/")] = self.site_styles
        found[self.map_styles_url.removeprefix("/")] = self.map_styles
        found[self.favicon_url.removeprefix("/")] = self._favicon
        return dict(sorted(found.items()))

    def licences(self) -> str:
        """The licence texts of what others made and this site serves."""
        texts = []
        for name in _LICENCES:
            licence = (self._node_modules / name / "LICENSE").read_text(encoding="utf-8").strip()
            texts.append(f"{name}\n{'=' * len(name)}\n\n{licence}\n")
        return "\n\n".join(texts)
