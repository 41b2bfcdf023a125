"""The two things of the city's folder that pages of the common ID need: terms of use and postal codes."""

import json
import re
from hashlib import sha256
from pathlib import Path

from portal_site.locales import LOCALES
from portal_site.postal import postal_files
from portal_site.postal_import import COLUMNS
from portal_site.site import Site
from portal_site.terms import Block, read_terms
from tests.unit.portal_site.html_document import Document


def test_an_acceptance_names_the_very_text_that_the_page_shows(
    site: Site, documents: dict[str, Document]
) -> None:
    text = (site.city.folder / "terms" / site.city.terms_version / "ja.txt").read_bytes()
    fingerprint = sha256(text).hexdigest()
    assert site.terms.sha256 == fingerprint
    shown = documents["terms/index.html"].one("main").text
    for line in text.decode().splitlines():
        assert (
            re.sub(r"^(## |- )", "", line).split() == []
            or " ".join(re.sub(r"^(## |- )", "", line).split()) in shown
        ), line
    for path in ("register/index.html", "vi/register/index.html", "terms/accept/index.html"):
        (form,) = [element for element in documents[path].all() if "data-terms-hash" in element.attributes]
        assert form.attributes["data-terms-hash"] == fingerprint
        assert form.attributes["data-terms-version"] == site.city.terms_version


def test_the_terms_can_be_read_in_every_language_and_say_which_text_binds(site: Site) -> None:
    for locale in LOCALES:
        blocks = site.terms.text(locale)
        assert len(blocks) > 3, locale.code
        words = " ".join(line for block in blocks for line in block.lines)
        assert re.search("日本語|日语|japonês|Japanese|tiếng Nhật", words), locale.code


def test_lines_become_headings_paragraphs_and_lists(tmp_path: Path) -> None:
    folder = tmp_path / "terms" / "1"
    folder.mkdir(parents=True)
    (folder / "ja.txt").write_text("## 一\n文\n次の文\n\n- い\n- ろ\n\n- は\n", encoding="utf-8")
    terms = read_terms(tmp_path, "1", LOCALES[:1])
    assert terms.text(LOCALES[0]) == (
        Block("h2", ("一",)),
        Block("p", ("文",)),
        Block("p", ("次の文",)),
        Block("ul", ("い", "ろ")),
        Block("ul", ("は",)),
    )


def test_a_postal_code_of_the_city_leads_to_its_town(files: dict[str, bytes]) -> None:
    areas = json.loads(files["data/postal/491.json"])
    assert areas["0859"] == [["愛知県", "一宮市", "本町"]]
    assert areas["0000"] == [["愛知県", "一宮市", ""]]
    assert len(areas["0838"]) == 2, "one code, two towns"


def test_every_file_of_postal_codes_is_small_and_complete(site: Site) -> None:
    files = postal_files(site.city.folder)
    assert all(len(text.encode()) < 60_000 for text in files.values())
    count = sum(len(areas) for text in files.values() for areas in json.loads(text).values())
    lines = (site.city.folder / "postal_codes.csv").read_text(encoding="utf-8").splitlines()
    assert tuple(lines[0].split(",")) == COLUMNS
    assert count == len(lines) - 1


def test_the_postal_codes_are_sorted_and_each_row_stands_once(site: Site) -> None:
    lines = (site.city.folder / "postal_codes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert lines == sorted(set(lines))
    assert all(re.fullmatch(r"\d{7},[^,]+[都道府県],[^,]+,[^,]*", line) for line in lines)
