"""A citizen's browser without any script: follows redirects, fills forms, remembers what it was asked."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Self
from urllib.parse import urljoin

import httpx

from local.outputs import DemoCitizen
from tests.platform import Platform

LOG_IN, CONSENT = "log-in", "consent"
_STEPS = 10


@dataclass
class Visitor:
    """One browser of one citizen."""

    platform: Platform
    citizen: DemoCitizen
    language: str = "ja"
    asked: list[str] = field(default_factory=list)
    """The pages on which the citizen had to do something, in order."""

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            timeout=60,
            trust_env=False,
            follow_redirects=True,
            headers={"Accept-Language": self.language, "Accept": "text/html,*/*"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def open(self, address: str) -> httpx.Response:
        """Go to an address and wherever it leads."""
        return self._http.get(address)

    def arrive(self, address: str, *items: str, decision: str = "give") -> httpx.Response:
        """Go to an address, sign in and decide where asked to, and give the page behind all that.

        Args:
            address: where to begin.
            items: boxes to tick on the consent page.
            decision: the button to press there.
        """
        self.asked = []
        page = self.open(address)
        for _ in range(_STEPS):
            if self._is_log_in(page):
                self.asked.append(LOG_IN)
                page = self._submit(page, None, username=self.citizen.email, password=self.citizen.password)
            elif self._is_consent(page):
                self.asked.append(CONSENT)
                page = self._submit(page, None, item=list(items), decision=decision)
            else:
                return page
        raise AssertionError(f"this leads in circles: {self.asked}, {page.url}")

    def to_consent(self, address: str) -> httpx.Response:
        """Go to an address and sign in; gives the consent page."""
        page = self.open(address)
        if self._is_log_in(page):
            page = self._submit(page, None, username=self.citizen.email, password=self.citizen.password)
        assert self._is_consent(page), page.text
        return page

    def press(
        self, page: httpx.Response, *, origin: str | None = None, **fields: str | list[str]
    ) -> httpx.Response:
        """Send a page's first form with these fields; `origin` is the site that claims to have made it."""
        return self._submit(page, origin, **fields)

    def press_without_following(self, page: httpx.Response, **fields: str | list[str]) -> httpx.Response:
        """The same, but stay where the answer says to go on."""
        self._http.follow_redirects = False
        try:
            return self._submit(page, None, **fields)
        finally:
            self._http.follow_redirects = True

    def plant(self, name: str, value: str) -> None:
        """Leave a cookie in this browser, as a neighbouring service on the same host might."""
        self._http.cookies.set(name, value, domain="localhost.local", path="/")

    @property
    def cookies(self) -> CookieJar:
        """What this browser holds."""
        return self._http.cookies.jar

    def _is_log_in(self, page: httpx.Response) -> bool:
        return str(page.url).startswith(self.platform.outputs.auth_url) and 'name="password"' in page.text

    def _is_consent(self, page: httpx.Response) -> bool:
        return page.url.path == "/connect/consent" and 'name="form_token"' in page.text

    def _submit(
        self, page: httpx.Response, claimed_origin: str | None, **fields: str | list[str]
    ) -> httpx.Response:
        form = _Form(page.text)
        target = urljoin(str(page.url), form.action)
        origin = claimed_origin or f"{page.url.scheme}://{page.url.netloc.decode()}"
        return self._http.post(target, data={**form.hidden, **fields}, headers={"Origin": origin})


class _Form(HTMLParser):
    """The first form that is sent with POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self._forms = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._forms += 1
            self.action = self.action or given.get("action") or ""
        elif tag == "input" and given.get("type") == "hidden" and self._forms == 1:
            self.hidden[str(given["name"])] = given.get("value") or ""
