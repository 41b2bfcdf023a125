"""How the whole portal comes about: city, places, texts and assets in; files out.

Nothing here depends on the time, the machine or the order of a folder, so equal input gives equal files.
"""

from pathlib import Path

from machi.datasets import Provenance, read_provenance
from portal_site import pages, upload
from portal_site.assets import Assets
from portal_site.city import City, CityInvalid
from portal_site.config import SiteConfig
from portal_site.locales import JAPANESE, LOCALES, Locale, Texts, read_texts
from portal_site.pages import Page
from portal_site.places import SHELTERS_FILE, SITES_FILE, read_places
from portal_site.postal import postal_files
from portal_site.renderer import Renderer
from portal_site.service_worker import service_worker
from portal_site.tables import hazard_counts_csv
from portal_site.terms import read_terms

ROOT = Path(__file__).parent


class Site:
    """One stage's portal, ready to be rendered."""

    def __init__(self, config: SiteConfig, city: City, node_modules: Path) -> None:
        self.root = ROOT
        self.config = config
        self.city = city
        self.places = read_places(city.open_data, city.code)
        self.provenance = read_provenance(city.open_data / SITES_FILE, "evacuation_space", city.code)
        self.texts = {locale.code: _texts(locale, city, self.provenance) for locale in LOCALES}
        self.terms = read_terms(city.folder, city.terms_version, LOCALES)
        self.assets = Assets(ROOT, node_modules)
        self.pages = pages.all_pages(self.places)

    @property
    def credit(self) -> str:
        """The line to show wherever the data is shown, in Japanese."""
        source = self.provenance
        day = f"（{source.as_of.isoformat()}）" if source.as_of else ""
        credit = f"{source.provider} {source.data_set}{day}を加工して作成"
        official = self.city.names[JAPANESE.code] in source.provider
        return credit if official else f"{credit}。市の公式データではありません"

    def has(self, page: Page, locale: Locale) -> bool:
        """True if the page exists in the language."""
        if page.languages is not None and locale.code not in page.languages:
            return False
        return self.texts[locale.code].has(page.section)

    def nearest(self, page: Page, locale: Locale) -> Locale:
        """The language in which the page is linked from a page in `locale`: the same one if possible."""
        while not self.has(page, locale) and locale != JAPANESE:
            locale = _locale(locale.falls_back_to)
        return locale

    def path(self, page: Page, locale: Locale) -> str:
        """Address of the page in the language, from the site's root."""
        return f"/{locale.prefix}{page.path}"


def build_site(site: Site) -> dict[str, bytes]:
    """Every file of the site: path below the root → content.

    Raises:
        TextMissing, TokenUnknown, ImportUnknown, jinja2.TemplateError: a source is at fault.
    """
    renderer = Renderer(site)
    files: dict[str, str] = {}
    for page in site.pages:
        for locale in LOCALES:
            if site.has(page, locale):
                files[f"{locale.prefix}{page.file}"] = renderer.page(page, locale)
    files.update(site.assets.files())
    files["data/sites-by-hazard.csv"] = hazard_counts_csv(site.places)
    files.update(postal_files(site.city.folder))
    files["config.json"] = site.config.for_browser()
    files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {site.config.portal_url}/sitemap.xml\n"
    files["sitemap.xml"] = renderer.sitemap()
    files["site.webmanifest"] = renderer.web_manifest()
    files["sw.js"] = service_worker(
        files, [site.assets.site_styles_url, *site.assets.loaded_with("shelter-finder")]
    )
    files["licences.txt"] = site.assets.licences()
    content = {path: text.encode() for path, text in files.items()}
    for name in (SITES_FILE, SHELTERS_FILE):
        content[f"data/{name}"] = (site.city.open_data / name).read_bytes()
    content[upload.MANIFEST] = upload.manifest(content, site.config).encode()
    return content


def _texts(locale: Locale, city: City, provenance: Provenance) -> Texts:
    if locale.code not in city.names:
        raise CityInvalid(f"city.name has no {locale.code}")
    values = {
        "city": city.names[locale.code],
        "city_ja": city.names[JAPANESE.code],
        "as_of": provenance.as_of.isoformat() if provenance.as_of else "",
    }
    return read_texts(ROOT / "locales", locale, values)


def _locale(code: str) -> Locale:
    return next(locale for locale in LOCALES if locale.code == code)
