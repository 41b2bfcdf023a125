"""The page on which sent mail can be read."""

import html
import re
from collections.abc import Callable
from email.header import decode_header, make_header
from html.parser import HTMLParser

from local.embedded.asgi import Application, Receive, Scope, Send, answer, answer_json

Mail = dict[str, object]
Outbox = Callable[[], list[Mail]]
"""Gives every message sent so far, oldest first, in the emulator's words (`Source`, `To`, `Subject` …)."""

_PAGE = """<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>送信メール ({count})</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 1rem/1.7 system-ui, sans-serif; margin: 0 auto; max-width: 50rem; padding: 1rem; }}
article {{ border: 1px solid #767676; border-radius: .5rem; margin-block: 1rem; padding: 0 1rem; }}
pre {{ overflow-wrap: anywhere; white-space: pre-wrap; font: inherit; }}
dt {{ float: inline-start; clear: inline-start; min-width: 5rem; color: #4d4d4d; }}
</style></head>
<body><h1>送信メール</h1>
<p lang="ja">この基盤が送ったメールです。実際には配信されません。<a href="/messages.json">JSON</a></p>
{messages}
</body></html>
"""

_MESSAGE = """<article><h2>{subject}</h2>
<dl><dt>宛先</dt><dd>{to}</dd><dt>差出人</dt><dd>{source}</dd><dt>時刻</dt><dd>{moment}</dd></dl>
<pre>{text}</pre></article>
"""

_STRICT = [
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]


def mail_page(outbox: Outbox) -> Application:
    """The application of the mail port: `/` for people, `/messages.json` for tests."""

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] == "/messages.json":
            await answer_json(send, 200, {"messages": outbox()}, _STRICT)
        elif scope["path"] == "/":
            await answer(send, 200, render(outbox()).encode(), "text/html; charset=utf-8", _STRICT)
        else:
            await answer(send, 404, b"Not found\n", "text/plain", _STRICT)

    return application


def render(messages: list[Mail]) -> str:
    """The page, newest message first. All is shown as text; of a message that is HTML only, what it says."""
    articles = [
        _MESSAGE.format(
            subject=_text(message.get("Subject")) or "(件名なし)",
            to=_text(message.get("To")),
            source=_text(_decoded(message.get("Source"))),
            moment=_text(message.get("Timestamp")),
            text=_text(message.get("BodyText") or _read_out(message.get("BodyHtml"))),
        )
        for message in reversed(messages)
    ]
    return _PAGE.format(count=len(messages), messages="".join(articles) or "<p>まだありません。</p>")


def _read_out(body: object) -> object:
    """What an HTML body says, a line for each block, without the marks that do no harm."""
    if not isinstance(body, str):
        return body
    reader = _Reader()
    reader.feed(body)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    _BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "tr", "div", "hr"})
    _HARMLESS = frozenset(
        {"html", "head", "meta", "title", "style", "body", "strong", "b", "em", "a", "span"}
    )
    _SILENT = frozenset({"title", "style"})

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in self._SILENT
        if tag == "br":
            self.said.append("\n")
        elif tag in self._BLOCKS:
            self.said.append("\n\n")
        elif tag not in self._HARMLESS:  # somebody may want to know
            self.said.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data.replace("\n", " "))


def _decoded(value: object) -> str:
    """A header in the letters it was written in (RFC 2047)."""
    return str(make_header(decode_header(str(value or ""))))


def _text(value: object) -> str:
    if isinstance(value, list):
        value = ", ".join(str(part) for part in value)
    return html.escape("" if value is None else str(value))
