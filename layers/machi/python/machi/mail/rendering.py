"""From a letter to a mail: the words of its template, as text and as plain, accessible HTML.

HTML without images, scripts, tracking or remote styles; the language is declared, headings are headings and
the only link leads to the portal. A code stands on a line of its own, so that it can be read out and copied.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from machi.core.language import Language
from machi.mail.letters import Letter
from machi.mail.mail import Mail

_TEMPLATES = Path(__file__).with_name("templates")
_JAPAN = timezone(timedelta(hours=9))
_MOMENT = {"ja": "%Y年%m月%d日 %H:%M(日本時間)", "en": "%Y-%m-%d %H:%M (Japan time)"}
_LONGEST = 200  # characters of a value; a name of a device comes from outside

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0 auto;max-width:36rem;padding:1rem;font:1rem/1.8 sans-serif;color:#1a1a1c">
<h1 style="font-size:1.25rem;line-height:1.5">{subject}</h1>
{body}
<hr>
{footer}
</body></html>
"""
_PARAGRAPH = "<p>{}</p>"
_CODE = '<p>{label}<br><strong style="font-size:1.75rem;font-family:monospace">{code}</strong></p>'
_LINK = '<p><a href="{url}" style="color:#0017c1">{label}</a><br>{url}</p>'
_SMALL = '<p style="color:#4d4d4d">{}</p>'


@dataclass(frozen=True, slots=True)
class Stationery:
    """Who writes, and where the reader can go."""

    city_name: str
    """In Japanese."""
    city_name_en: str
    portal_url: str
    """Without a trailing slash; the only place that mails link to."""


def render(letter: Letter, language: Language, stationery: Stationery) -> Mail:
    """The mail in Japanese for readers of Japanese, in English for all others."""
    tag = "ja" if language in {Language.JAPANESE, Language.EASY_JAPANESE} else "en"
    words = _words(tag)
    city = stationery.city_name if tag == "ja" else stationery.city_name_en
    values = {"city": city, **_values(letter, tag)}
    template = words[letter.template]
    subject = template["subject"].format_map(values)
    code = getattr(letter, "code", None)
    url = f"{stationery.portal_url}{template['link']}" if "link" in template else None
    said = _Said(
        subject=subject,
        paragraphs=[part.format_map(values) for part in template["paragraphs"]],
        code=None if code is None else (template["code"], str(code)),
        link=None if url is None else (template["link_label"].format_map(values), url),
        not_you=template["not_you"].format_map(values) if "not_you" in template else None,
        footer=[part.format_map({**values, "portal": stationery.portal_url}) for part in words["footer"]],
    )
    return Mail(subject=subject, text=_as_text(said), html=_as_html(said, tag))


@dataclass(frozen=True, slots=True)
class _Said:
    subject: str
    paragraphs: list[str]
    code: tuple[str, str] | None
    link: tuple[str, str] | None
    not_you: str | None
    footer: list[str]


def _as_text(said: _Said) -> str:
    blocks = list(said.paragraphs)
    if said.code:
        blocks.append("\n".join(said.code))
    if said.link:
        blocks.append("\n".join(said.link))
    if said.not_you:
        blocks.append(said.not_you)
    return "\n\n".join([*blocks, "-- \n" + "\n".join(said.footer)]) + "\n"


def _as_html(said: _Said, tag: str) -> str:
    blocks = [_PARAGRAPH.format(escape(part)) for part in said.paragraphs]
    if said.code:
        label, code = said.code
        blocks.append(_CODE.format(label=escape(label), code=escape(code)))
    if said.link:
        label, url = said.link
        blocks.append(_LINK.format(label=escape(label), url=escape(url)))
    if said.not_you:
        blocks.append(_PARAGRAPH.format(escape(said.not_you)))
    return _PAGE.format(
        language=tag,
        subject=escape(said.subject),
        body="\n".join(blocks),
        footer="\n".join(_SMALL.format(escape(part)) for part in said.footer),
    )


def _values(letter: Letter, tag: str) -> dict[str, str]:
    return {item.name: _value(getattr(letter, item.name), tag) for item in fields(letter)}


def _value(value: str | datetime, tag: str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(_JAPAN).strftime(_MOMENT[tag])
    # One line, so that nothing from outside can pass for a paragraph or a header of ours.
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())[:_LONGEST]


@cache
def _words(tag: str) -> Mapping[str, Any]:
    return tomllib.loads((_TEMPLATES / f"{tag}.toml").read_text(encoding="utf-8"))
