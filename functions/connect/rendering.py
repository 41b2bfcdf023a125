"""How a page is drawn, and the headers with which it leaves.

Pages need no script and load nothing. Their content policy allows their own style, by its hash, and that a
form leads to the addresses it must lead to; no other site may put them in a frame.
"""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from functions.connect.texts import NAMES, TAGS, Words
from machi.core.language import Language

_FOLDER = Path(__file__).with_name("pages")
_STATUS: Mapping[str, HTTPStatus] = {
    "unknown-client": HTTPStatus.BAD_REQUEST,
    "wrong-redirect": HTTPStatus.BAD_REQUEST,
    "out-of-service": HTTPStatus.FORBIDDEN,
    "over": HTTPStatus.BAD_REQUEST,
    "incomplete": HTTPStatus.FORBIDDEN,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "signed-out": HTTPStatus.OK,
}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the language menu."""

    name: str
    tag: str
    address: str
    is_current: bool


class Pages:
    """Draws pages.

    Args:
        portal_url: where the foot of each page leads.
        city_names: of the city, by language.
    """

    def __init__(self, *, portal_url: str, city_names: Mapping[Language, str]) -> None:
        self._portal_url = portal_url
        self._city_names = city_names

    def city(self, language: Language) -> str:
        """The name of the city."""
        return self._city_names[language]

    def message(self, name: str, language: Language) -> Response:
        """A page that says one thing: `messages.{name}` of the texts."""
        return self.page("message.html", language, {"message": name}, status=_STATUS[name])

    def page(
        self,
        template: str,
        language: Language,
        values: Mapping[str, object],
        *,
        status: int = HTTPStatus.OK,
        own_address: tuple[str, Mapping[str, str]] | None = None,
        form_leads_to: Collection[str] = (),
    ) -> Response:
        """Any page.

        Args:
            template: a file of `pages/`.
            language: which words it has.
            values: what else it shows.
            status: of the answer.
            own_address: path and query of the page, if it can be shown in another language.
            form_leads_to: addresses, beside our own, that the answer to its form redirects to in the end.
        """
        words = Words(language)
        drawn = self._templates.get_template(template).render(
            text=words.text,
            plain=words.plain,
            tag=TAGS[language],
            language=language.value,
            languages=_menu(language, own_address) if own_address else (),
            city=self._city_names[language],
            portal=f"{self._portal_url}/",
            style=Markup(self._style),  # noqa: S704 - a file of ours
            **values,
        )
        return Response(
            drawn,
            status_code=status,
            media_type="text/html",
            headers={
                "Content-Security-Policy": self._policy(form_leads_to),
                "X-Frame-Options": "DENY",
                # With `no-referrer` browsers would say `Origin: null` of our own forms.
                "Referrer-Policy": "same-origin",
                "Content-Language": TAGS[language],
            },
        )

    @cached_property
    def _style(self) -> str:
        return (_FOLDER / "style.css").read_text(encoding="utf-8")

    @cached_property
    def _templates(self) -> Environment:
        return Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def _policy(self, form_leads_to: Collection[str]) -> str:
        digest = base64.b64encode(sha256(self._style.encode()).digest()).decode()
        targets = " ".join(["'self'", *sorted({_source(address) for address in form_leads_to})])
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action {targets}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )


def _menu(current: Language, own_address: tuple[str, Mapping[str, str]]) -> list[LanguageLink]:
    path, query = own_address
    return [
        LanguageLink(
            name=NAMES[language],
            tag=TAGS[language],
            address=f"{path}?{urlencode({**query, 'lang': language.value})}",
            is_current=language is current,
        )
        for language in Language
    ]


def _source(address: str) -> str:
    """The address as a source of a content policy: its origin, or the scheme of an app."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"https", "http"} else f"{parts.scheme}:"
