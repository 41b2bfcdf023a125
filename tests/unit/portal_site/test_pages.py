"""What every page must have, in every language."""

from collections import Counter
from itertools import pairwise
from posixpath import join, normpath
from urllib.parse import urlsplit

import pytest

from portal_site.locales import LOCALES
from portal_site.site import Site
from tests.unit.portal_site.html_document import Document, Element

Documents = dict[str, Document]


def test_every_page_exists_in_every_language(files: dict[str, bytes], site: Site) -> None:
    missing = [
        f"{locale.prefix}{page.file}"
        for page in site.pages
        for locale in LOCALES
        if page.languages is None and f"{locale.prefix}{page.file}" not in files
    ]
    assert missing == []


def test_a_page_says_its_language_and_has_one_title_and_one_heading(documents: Documents) -> None:
    for path, document in documents.items():
        language = next(
            (locale for locale in LOCALES if locale.prefix and path.startswith(locale.prefix)), LOCALES[0]
        )
        assert document.one("html").attributes["lang"] == language.lang, path
        assert document.one("title").text, path
        assert document.one("h1").text, path


def test_no_two_pages_of_a_language_share_a_title(documents: Documents) -> None:
    for locale in LOCALES:
        others = tuple(other.prefix for other in LOCALES if other.prefix and other != locale)
        own = [path for path in documents if path.startswith(locale.prefix) and not path.startswith(others)]
        titles = Counter(documents[path].one("title").text for path in own)
        assert [title for title, times in titles.items() if times > 1] == []


def test_headings_skip_no_level(documents: Documents) -> None:
    for path, document in documents.items():
        levels = [int(heading.tag[1]) for heading in document.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_a_page_has_the_landmarks_and_a_way_past_the_menu(documents: Documents) -> None:
    for path, document in documents.items():
        for landmark in ("header", "main", "footer"):
            assert len(document.all(landmark)) == 1, f"{path}: {landmark}"
        navigations = [navigation.attributes for navigation in document.all("nav")]
        assert all("aria-label" in each or "aria-labelledby" in each for each in navigations), path
        first_link = document.all("a")[0]
        assert first_link.attributes["href"] == f"#{document.one('main').attributes['id']}", path


def test_nothing_is_inline_that_a_strict_policy_forbids(documents: Documents) -> None:
    for path, document in documents.items():
        assert document.all("style") == [], path
        for script in document.all("script"):
            assert script.attributes["type"] == "module", path
            assert script.attributes["src"].startswith("/assets/"), path
            assert script.text == "", path
        for element in document.all():
            forbidden = [name for name in element.attributes if name == "style" or name.startswith("on")]
            assert forbidden == [], f"{path}: {element.tag} {forbidden}"
            assert not element.attributes.get("href", "").startswith("javascript:"), path


def test_ids_are_unique_and_every_reference_meets_one(documents: Documents) -> None:
    for path, document in documents.items():
        ids = Counter(element.attributes["id"] for element in document.all() if "id" in element.attributes)
        assert [name for name, times in ids.items() if times > 1] == [], path
        for element in document.all():
            for name in ("aria-labelledby", "aria-describedby", "for"):
                for target in element.attributes.get(name, "").split():
                    assert target in ids, f"{path}: {name}={target}"


def test_every_link_within_the_site_leads_somewhere(documents: Documents, files: dict[str, bytes]) -> None:
    broken = set()
    for path, document in documents.items():
        for element in document.all("a", "link", "script"):
            target = element.attributes.get("href") or element.attributes["src"]
            if not _resolves(target, path, documents, files):
                broken.add(f"{path} → {target}")
    assert broken == set()


def _resolves(target: str, path: str, documents: Documents, files: dict[str, bytes]) -> bool:
    parts = urlsplit(target)
    if parts.scheme in {"https", "tel"} and parts.hostname != "portal.example":
        return True
    file = path if parts.path == "" else normpath(join("/", parts.path)).removeprefix("/")
    if parts.path.endswith("/"):
        file = f"{file}/index.html".removeprefix("/")
    if file not in files:
        return False
    return not parts.fragment or parts.fragment in {
        element.attributes.get("id") for element in documents[file].all()
    }


def test_the_language_switch_stays_on_the_page(documents: Documents) -> None:
    def switch(document: Document) -> list[str]:
        return [link.attributes["href"] for link in document.of_class("language-menu__link")]

    assert switch(documents["shelters/flood/index.html"]) == [
        "/shelters/flood/",
        "/ja-easy/shelters/flood/",
        "/en/shelters/flood/",
        "/pt-BR/shelters/flood/",
        "/zh-CN/shelters/flood/",
        "/vi/shelters/flood/",
    ]
    assert switch(documents["en/mypage/index.html"])[0] == "/mypage/"


def test_languages_of_a_page_name_each_other(documents: Documents) -> None:
    def alternates(path: str) -> dict[str, str]:
        links = documents[path].all("link")
        return {
            link.attributes["hreflang"]: link.attributes["href"]
            for link in links
            if link.attributes["rel"] == "alternate"
        }

    assert alternates("data/index.html") == alternates("vi/data/index.html")
    assert alternates("data/index.html")["vi"] == "https://portal.example/vi/data/"


def test_the_current_page_is_marked_in_the_menu(documents: Documents) -> None:
    def marked(path: str) -> list[tuple[str, str]]:
        links = documents[path].of_class("site-nav__link")
        return [
            (link.text, link.attributes["aria-current"])
            for link in links
            if "aria-current" in link.attributes
        ]

    assert marked("index.html") == [("ホーム", "page")]
    assert marked("en/shelters/index.html") == [("Evacuation", "page")]
    assert marked("en/shelters/stay/index.html") == [("Evacuation", "true")]
    assert marked("contact/index.html") == []


def test_drawings_are_hidden_from_screen_readers_and_stand_beside_words(documents: Documents) -> None:
    for path, document in documents.items():
        for drawing in document.all("svg"):
            assert drawing.attributes.get("aria-hidden") == "true", path
        for control in document.all("a", "button", "summary"):
            assert control.text, f"{path}: a {control.tag} without words"


def test_every_field_has_a_label(documents: Documents) -> None:
    for path, document in documents.items():
        labelled = {label.attributes.get("for") for label in document.all("label")}
        for control in document.all("input", "select", "textarea"):
            assert control.attributes["id"] in labelled or control.within("label"), (
                f"{path}: {control.attributes}"
            )


def test_pages_nobody_should_find_by_searching_say_so(documents: Documents, files: dict[str, bytes]) -> None:
    sitemap = files["sitemap.xml"].decode()
    for path in (
        "mypage/index.html",
        "errors/404.html",
        "auth/callback/index.html",
        "en/auth/failed/index.html",
    ):
        robots = [meta for meta in documents[path].all("meta") if meta.attributes.get("name") == "robots"]
        assert [meta.attributes["content"] for meta in robots] == ["noindex"], path
        assert path.removesuffix("index.html") not in sitemap
    assert "<loc>https://portal.example/shelters/flood/</loc>" in sitemap


@pytest.mark.parametrize(
    "path", ["index.html", "shelters/index.html", "en/data/index.html", "vi/contact/index.html"]
)
def test_the_source_is_credited_on_every_page(documents: Documents, path: str) -> None:
    credit = (
        "国土地理院 指定緊急避難場所・指定避難所データ（2025-10-27）を加工して作成。"
        "市の公式データではありません"
    )
    assert credit in documents[path].one("footer").text


def test_names_from_the_data_are_marked_as_japanese_in_other_languages(documents: Documents) -> None:
    def names(path: str) -> list[Element]:
        return [
            child
            for heading in documents[path].of_class("facility__name")
            for child in heading.children
            if isinstance(child, Element)
        ]

    assert {name.attributes["lang"] for name in names("en/shelters/index.html")} == {"ja"}
    assert names("shelters/index.html") == []


def test_partner_services_come_from_the_city_file(documents: Documents, site: Site) -> None:
    links = {link.attributes["href"] for link in documents["index.html"].all("a")}
    assert {partner.web for partner in site.city.partners} <= links
    assert {"https://kencom.jp/", "https://www.mchh.jp/"} <= links
