"""How does the broker download a document from a URL that a stranger chose, without harm?

Outside stage `local` only `https` on its usual ports, and only hosts all of whose addresses are public; the
connection goes to the very address that was checked, so a name that answers differently a moment later
gains nothing. Redirects are followed by the same rules. Time, size and number of steps are bounded.
"""

import http.client
import re
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from machi.ngsild.context.loader import Download
from machi.ngsild.errors import BadRequestData, LdContextNotAvailable
from machi.outbound.guard import Resolve, connection, is_public, system_resolve, within

MAX_BYTES = 1024 * 1024
MAX_REDIRECTS = 3
MAX_URL = 2_048
SECONDS = 2.5
"""For everything together: name, connection, headers, body, redirects."""

_PORTS = {443, 8443}
_CHUNK = 64 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_OK = 200
_JSON = re.compile(r"application/(?:[a-z0-9.+\-]+\+)?json")
_ACCEPTABLE = {"text/plain", "application/octet-stream", ""}  # what code hosts say of raw .jsonld files
_ALTERNATE = re.compile(r'<([^<>"\s]+)>\s*;[^,]*rel="?alternate"?[^,]*')
_HEADERS = {
    "Accept": "application/ld+json, application/json;q=0.9, */*;q=0.1",
    "Accept-Encoding": "identity",
    "User-Agent": "machi-broker",
}


class HttpLoader:
    """Downloads @contexts over HTTP(S); see the module for the rules."""

    def __init__(self, *, local: bool, resolve: Resolve = system_resolve) -> None:
        """`local` allows `http`, any port and private addresses: for stage `local` only."""
        self._local = local
        self._resolve = resolve

    def fetch(self, url: str, seconds: float = SECONDS) -> Download:
        """Download one document.

        Raises:
            BadRequestData: the URL is not one that may be fetched, whatever stands behind it.
            LdContextNotAvailable: unreachable, too slow, too large, not JSON, or at a private address.
        """
        attempt = _Attempt(self, time.monotonic() + max(0.0, min(seconds, SECONDS)))
        try:
            return within(min(seconds, SECONDS), lambda: attempt.follow(url), attempt.abort)
        except TimeoutError:
            raise LdContextNotAvailable("an @context was not answered in time") from None

    def check(self, url: str) -> SplitResult:
        """The parts of a URL that may be fetched.

        Raises:
            BadRequestData: wrong scheme or port, no host, credentials in it, or too long.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadRequestData("the URL of an @context is malformed") from None
        schemes = {"https", "http"} if self._local else {"https"}
        if parts.scheme not in schemes or not parts.hostname or len(url) > MAX_URL or not url.isprintable():
            raise BadRequestData(
                f"the URL of an @context must be absolute, with {' or '.join(sorted(schemes))}"
            )
        if "@" in parts.netloc or (port is not None and port not in _PORTS and not self._local):
            raise BadRequestData("the URL of an @context must have no credentials and no unusual port")
        return parts

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses to connect to, all of them checked.

        Raises:
            LdContextNotAvailable: the name is unknown, or one of its addresses is not public.
        """
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            raise LdContextNotAvailable("the host of an @context is unknown") from None
        if not found or not (self._local or all(map(is_public, found))):
            raise LdContextNotAvailable("the host of an @context is not a public one")
        return found


class _Attempt:
    """One download with its redirects, and the connection to cut when time is up."""

    def __init__(self, loader: HttpLoader, deadline: float) -> None:
        self._loader = loader
        self._deadline = deadline
        self._connection: http.client.HTTPConnection | None = None

    def follow(self, url: str) -> Download:
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._get(url)
            if answer.elsewhere is None:
                return _download(answer)
            url = urljoin(url, answer.elsewhere)
        raise LdContextNotAvailable("an @context redirects too often")

    def abort(self) -> None:
        opened = self._connection
        if opened is not None and opened.sock is not None:
            with suppress(OSError):  # already closed
                opened.sock.shutdown(socket.SHUT_RDWR)

    def _get(self, url: str) -> "_Answer":
        parts = self._loader.check(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        for address in self._loader.addresses(host, port):
            opened = connection(parts.scheme, host, port, address, self._left())
            self._connection = opened
            try:
                opened.request("GET", target, headers=_HEADERS)
                with opened.getresponse() as response:
                    return _read(response)
            except ConnectionRefusedError:
                continue  # the next address of the name may answer
            except (OSError, http.client.HTTPException, ValueError):
                break
            finally:
                opened.close()
        raise LdContextNotAvailable("an @context could not be downloaded")

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise LdContextNotAvailable("an @context was not answered in time")
        return left


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    elsewhere: str | None


def _read(response: http.client.HTTPResponse) -> _Answer:
    """The answer with at most MAX_BYTES of body; the socket's time-out and `within` bound the time."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    elsewhere = headers.get("location") if response.status in _REDIRECTS else None
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if elsewhere is None and not _JSON.fullmatch(media_type):
        elsewhere = _alternate(headers.get("link", ""))
    if elsewhere is not None:
        return _Answer(response.status, headers, b"", elsewhere)
    if response.status != _OK:
        raise LdContextNotAvailable("the origin of an @context does not give it")
    if not _JSON.fullmatch(media_type) and media_type not in _ACCEPTABLE:
        raise LdContextNotAvailable("what stands at the URL of an @context is not JSON")
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > MAX_BYTES:
            raise LdContextNotAvailable("an @context is larger than 1 MiB")
    return _Answer(response.status, headers, bytes(body), None)


def _alternate(header: str) -> str | None:
    """The JSON-LD form that a page links (JSON-LD 1.1, 6.3)."""
    for found in _ALTERNATE.finditer(header):
        if "application/ld+json" in found[0]:
            return found[1]
    return None


def _download(answer: _Answer) -> Download:
    try:
        text = answer.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LdContextNotAvailable("an @context is not UTF-8") from None
    return Download(text, _fresh_for(answer.headers))


def _fresh_for(headers: Mapping[str, str]) -> int | None:
    """Seconds by `Cache-Control`, else by `Expires` (RFC 9111)."""
    directives = [part.strip().lower() for part in headers.get("cache-control", "").split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return 0
    for name in ("s-maxage=", "max-age="):
        for directive in directives:
            if directive.startswith(name) and directive[len(name) :].isdecimal():
                return int(directive[len(name) :][:9])
    try:
        expires = parsedate_to_datetime(headers["expires"])
        date = parsedate_to_datetime(headers["date"])
        return max(0, int((expires - date).total_seconds()))
    except (KeyError, ValueError, TypeError):
        return None
