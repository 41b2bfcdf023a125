"""A browser as far as the front door sees it: cookies, forms, and where it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from machi.core.principal import ANONYMOUS
from machi.http.lambda_entry import LambdaHandler
from tests.gateway_double import event
from tests.unit.connect.builders import API


@dataclass(frozen=True)
class Page:
    """What the browser received."""

    status: int
    headers: Mapping[str, list[str]]
    text: str
    cookies: Mapping[str, "Morsel[str]"]
    """Those that were set with it."""

    @property
    def location(self) -> str:
        """Where the browser is sent."""
        assert self.status == 303, self.text
        (address,) = self.headers["location"]
        return address

    @property
    def form(self) -> "Form":
        """The page's one form."""
        form = Form()
        form.feed(self.text)
        return form

    def header(self, name: str) -> str:
        """A header that must be there once."""
        (value,) = self.headers[name]
        return value


class Form(HTMLParser):
    """Hidden fields, boxes and buttons of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.boxes: list[dict[str, str | None]] = []
        self.buttons: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and attributes.get("type") == "hidden":
            self.hidden[str(attributes["name"])] = str(attributes["value"])
        elif tag == "input":
            self.boxes.append(attributes)
        elif tag == "button":
            self.buttons.append(attributes)


@dataclass
class Browser:
    """Keeps cookies and sends them along, as `SameSite=Lax` lets it."""

    handler: LambdaHandler
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "ja"

    def get(self, address: str) -> Page:
        """Follow a link, from whichever site."""
        return self._send("GET", address.removeprefix(API), {"Accept-Language": self.language}, None)

    def post(self, path: str, fields: Mapping[str, str | list[str]], *, origin: str | None = API) -> Page:
        """Send a form; `origin` is the site whose page it is on."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": self.language}
        if origin is not None:
            headers["Origin"] = origin
        return self._send("POST", path, headers, urlencode(fields, doseq=True))

    def _send(self, method: str, address: str, headers: dict[str, str], body: str | None) -> Page:
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = event(method, address, authorizer=ANONYMOUS.to_context(), headers=headers, body=body)
        answer: dict[str, Any] = self.handler(sent, None)
        found: dict[str, Morsel[str]] = {}
        for line in answer["multiValueHeaders"].get("set-cookie", []):
            found |= SimpleCookie(line)
        for name, cookie in found.items():
            if cookie["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value
        return Page(answer["statusCode"], answer["multiValueHeaders"], answer["body"], found)
