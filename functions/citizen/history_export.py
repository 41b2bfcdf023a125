"""The history as a file to keep: for programs as JSON, for a spreadsheet as CSV in the citizen's language."""

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from machi.core.ids import DataItem
from machi.core.language import Language
from machi.core.spreadsheet import harmless
from machi.identity.data_items import label_of

_JAPAN = timezone(timedelta(hours=9))
_COLUMNS = ("at", "what", "who", "items", "why", "id")

Shown = Mapping[str, object]


def as_table(entries: Sequence[Shown], language: Language, *, is_complete: bool) -> str:
    """One line an entry, newest first. Begins with the mark by which Excel knows UTF-8."""
    words = _words()[language]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([words[column] for column in _COLUMNS])
    for entry in entries:
        cells = [
            _time(str(entry["at"])),
            words[_what(entry)],
            _who(entry, words),
            _items(entry, language),
            str(entry["reason"] or ""),
            str(entry["id"]),
        ]
        writer.writerow([harmless(cell) for cell in cells])
    if not is_complete:
        writer.writerow([words["incomplete"]])
    return "\ufeff" + text.getvalue()


def _what(entry: Shown) -> str:
    way = entry["way"]
    if way == "staff-view":
        return "looked"
    return "recorded" if way == "recorded" else str(entry["kind"])


def _who(entry: Shown, words: Mapping[str, str]) -> str:
    by = entry["by"]
    if by in {"guardian", "staff", "time"}:
        return words[str(by)]
    name = str(entry["name"] or "")
    return f"{words['citizen']} ({name})" if by == "citizen" else name


def _items(entry: Shown, language: Language) -> str:
    items = entry["items"]
    named = [DataItem(str(item)) for item in items] if isinstance(items, list) else []
    return " / ".join(_plain(label_of(item, language)) for item in named)


def _plain(text: str) -> str:
    """`[漢字|かんじ]` without its reading."""
    parts = text.split("[")
    return parts[0] + "".join(
        part.partition("]")[0].partition("|")[0] + part.partition("]")[2] for part in parts[1:]
    )


def _time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(_JAPAN).strftime("%Y-%m-%d %H:%M:%S")


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    file = Path(__file__).with_name("history_words.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
