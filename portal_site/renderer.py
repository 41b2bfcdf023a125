"""How a page becomes HTML."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from machi.core.ids import DataItem
from machi.core.language import Language
from machi.identity.data_items import WORDED, text_of
from machi.identity.prefectures import PREFECTURES
from portal_site import pages
from portal_site.locales import JAPANESE, LOCALES, Locale, with_readings, without_readings
from portal_site.pages import Page, hazard_page
from portal_site.places import count_parts, slug
from portal_site.tables import hazard_counts

if TYPE_CHECKING:
    from portal_site.site import Site


@dataclass(frozen=True, slots=True)
class Alternate:
    """One page in another language."""

    locale: Locale
    path: str
    is_current: bool


class Renderer:
    """Renders the pages of one site. Templates see a `View` and the names in `_globals`."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        root = site.root
        self._environment = Environment(
            loader=FileSystemLoader([root / "templates", root / "elements"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            pages=pages,
            hazard_page=hazard_page,
            slug=slug,
            count_parts=count_parts,
            with_readings=with_readings,
            without_readings=without_readings,
            prefectures=PREFECTURES,
            japanese=JAPANESE,
            hazard_counts=hazard_counts(site.places),
        )

    def page(self, page: Page, locale: Locale) -> str:
        """The page as HTML."""
        view = View(self._site, page, locale)
        template = self._environment.get_template(f"pages/{page.template}")
        names = {"view": view, "t": view.text, "plain": view.plain, "icon": self._site.assets.icon}
        html = template.render(names, **page.values)
        return "\n".join(line for line in (line.strip() for line in html.splitlines()) if line) + "\n"

    def sitemap(self) -> str:
        """Every page that may be found, with its languages."""
        template = self._environment.get_template("sitemap.xml")
        views = [
            View(self._site, page, locale)
            for page in self._site.pages
            if page.listed
            for locale in LOCALES
            if self._site.has(page, locale)
        ]
        return template.render(views=views)

    def web_manifest(self) -> str:
        """What a phone needs to keep the portal on its home screen."""
        texts = self._site.texts[JAPANESE.code]
        document = {
            "name": texts.plain("shell.site_name_full"),
            "short_name": texts.plain("shell.site_name"),
            "lang": "ja",
            "start_url": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [{"src": self._site.assets.favicon_url, "sizes": "any", "type": "image/svg+xml"}],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


class View:
    """One page in one language, as its template sees it."""

    def __init__(self, site: "Site", page: Page, locale: Locale) -> None:
        self.site = site
        self.page = page
        self.locale = locale
        texts = site.texts[locale.code]
        self.text = texts.rich
        self.plain = texts.plain
        self.optional = texts.optional
        self._texts = texts

    def keys(self, section: str) -> list[str]:
        """The keys of a section's own texts, not of the sections within it."""
        return sorted(key for key in self._texts.keys(section) if "." not in key)

    @property
    def item_labels(self) -> Mapping[DataItem, str]:
        """What each item of the data catalogue is called, without readings."""
        language = Language(self.locale.code)
        return {item: without_readings(text_of(item, language).label) for item in WORDED}

    @property
    def path(self) -> str:
        """The page's own address."""
        return self.site.path(self.page, self.locale)

    @property
    def url(self) -> str:
        """The page's own address with the origin."""
        return self.site.config.portal_url + self.path

    def href(self, page: Page) -> str:
        """Address of another page, in this language or the one it falls back to."""
        return self.site.path(page, self.site.nearest(page, self.locale))

    def lang_of(self, page: Page) -> Markup:
        """An `hreflang` attribute if the other page is not in this language."""
        nearest = self.site.nearest(page, self.locale)
        return Markup("") if nearest == self.locale else Markup(' hreflang="{}"').format(nearest.hreflang)

    def alternates(self) -> Sequence[Alternate]:
        """This page in every language that has it."""
        return [
            Alternate(locale, self.site.path(self.page, locale), locale == self.locale)
            for locale in LOCALES
            if self.site.has(self.page, locale)
        ]

    def switches(self) -> Sequence[Alternate]:
        """Where the language switch leads: the same page, or home in a language that lacks it."""
        return [
            Alternate(
                locale,
                self.site.path(self.page if self.site.has(self.page, locale) else pages.HOME, locale),
                locale == self.locale,
            )
            for locale in LOCALES
        ]

    def in_japanese(self, text: str) -> Markup:
        """Names and words of the Japanese data, marked so that a screen reader says them right."""
        if self.locale.lang == JAPANESE.lang:
            return escape(text)
        return Markup('<span lang="ja">{}</span>').format(text)
