"""Every mail says who sends it, why, and what to do if it was not you; in both languages and both forms."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args

import pytest

from machi.core.language import Language
from machi.mail import Letter, Mail, Stationery, letters, render

PORTAL = "https://my.city.example.jp"
STATIONERY = Stationery(city_name="一宮市", city_name_en="Ichinomiya City", portal_url=PORTAL)
CLOSES_AT = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)

EXAMPLES: dict[str, Letter] = {
    letter.template: letter
    for letter in (
        letters.ConfirmRegistration("482913"),
        letters.ResetPassword("482913"),
        letters.ConfirmAddress("482913"),
        letters.SignInCode("482913"),
        letters.Invitation("hanako", "Temp-1234!"),
        letters.AccountExists(),
        letters.EmailChanged(),
        letters.PasswordChanged(),
        letters.NewDevice("Chrome / Android", CLOSES_AT),
        letters.IdentityLinked("LINE"),
        letters.IdentityUnlinked("LINE"),
        letters.PartnerConnected("kencom"),
        letters.ConsentWithdrawn("kencom"),
        letters.ConsentExpiring("kencom", CLOSES_AT),
        letters.AccountClosing(CLOSES_AT),
        letters.AccountClosed(),
    )
}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page(mail: Mail) -> _Page:
    read = _Page()
    read.feed(mail.html)
    return read


def every_mail() -> Iterator[tuple[str, Language, Mail]]:
    for name, letter in EXAMPLES.items():
        for language in Language:
            yield name, language, render(letter, language, STATIONERY)


def test_there_is_an_example_of_every_letter() -> None:
    assert set(EXAMPLES) == {kind.template for kind in get_args(Letter)}


def test_the_examples_are_frozen_and_carry_only_what_their_mail_says() -> None:
    for letter in EXAMPLES.values():
        mail = render(letter, Language.JAPANESE, STATIONERY)
        for item in fields(letter):
            value = getattr(letter, item.name)
            assert ("2027年01月01日 01:30" if isinstance(value, datetime) else value) in mail.text


@pytest.mark.parametrize(("name", "language", "mail"), list(every_mail()))
def test_every_mail_names_its_sender_and_leaves_no_gap_in_its_words(
    name: str, language: Language, mail: Mail
) -> None:
    city = "一宮市" if language.startswith("ja") else "Ichinomiya City"

    assert city in mail.subject
    assert city in mail.text
    for part in (mail.subject, mail.text, mail.html):
        assert "{" not in part
        assert "}" not in part
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 140  # what Cognito takes


@pytest.mark.parametrize(("name", "language", "mail"), list(every_mail()))
def test_every_mail_tells_what_to_do_if_it_was_not_you(name: str, language: Language, mail: Mail) -> None:
    told = "覚えがない" if language.startswith("ja") else "If "

    assert told in mail.text
    assert told in page(mail).text


@pytest.mark.parametrize(("name", "language", "mail"), list(every_mail()))
def test_no_mail_links_elsewhere_than_to_the_portal(name: str, language: Language, mail: Mail) -> None:
    targets = [attrs["href"] for tag, attrs in page(mail).tags if tag == "a"]

    assert all(str(target).startswith(f"{PORTAL}/") for target in targets)
    for form in (mail.text, mail.html):
        assert set(re.findall(r"https?://[a-z.\-]+", form)) == {PORTAL}


@pytest.mark.parametrize(("name", "language", "mail"), list(every_mail()))
def test_html_declares_its_language_and_loads_nothing(name: str, language: Language, mail: Mail) -> None:
    tags = page(mail).tags

    assert dict(tags)["html"] == {"lang": "ja" if language.startswith("ja") else "en"}
    assert [tag for tag, _ in tags].count("h1") == 1
    assert {tag for tag, _ in tags} <= {
        *("html", "head", "meta", "title", "body", "h1", "p", "br", "hr", "a", "strong"),
    }
    assert not any(name in attrs for _, attrs in tags for name in ("src", "background", "onclick"))


def test_both_forms_say_the_same() -> None:
    mail = render(EXAMPLES["new-device"], Language.ENGLISH, STATIONERY)

    for line in mail.text.splitlines():
        if line.strip("- "):
            assert line in page(mail).text


def test_readers_of_other_languages_get_english() -> None:
    letter = EXAMPLES["account-closing"]

    assert render(letter, Language.VIETNAMESE, STATIONERY) == render(letter, Language.ENGLISH, STATIONERY)
    assert render(letter, Language.EASY_JAPANESE, STATIONERY) == render(letter, Language.JAPANESE, STATIONERY)


def test_a_code_stands_on_a_line_of_its_own() -> None:
    mail = render(letters.ResetPassword("482913"), Language.JAPANESE, STATIONERY)

    assert "482913" in mail.text.splitlines()
    assert "<strong" in mail.html


def test_what_comes_from_outside_stays_one_line_of_text() -> None:
    evil = "<a href='https://evil.example'>x</a>\r\nBcc: all@example.jp\n\n{city.__class__}"
    mail = render(letters.NewDevice(evil, CLOSES_AT), Language.ENGLISH, STATIONERY)

    assert "<a href='https://evil.example'>" not in mail.html
    assert not any(line.startswith("Bcc") for line in mail.text.splitlines())
    assert "{city.__class__}" in mail.text
    assert "\n" not in mail.subject


def test_a_long_name_is_cut() -> None:
    mail = render(letters.IdentityLinked("x" * 5_000), Language.ENGLISH, STATIONERY)

    assert len(mail.text) < 1_500
