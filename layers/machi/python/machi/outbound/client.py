"""A client for other parties' servers whose addresses stand in our configuration or register.

Outside stage `local` only `https` on its usual ports, and only hosts all of whose addresses are public. No
redirects, no cookies, no proxies. Time and size are bounded.
"""

import http.client
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urlsplit

from machi.outbound.guard import Resolve, connection, is_public, system_resolve, within

SECONDS = 8.0
"""For everything together: name, connection, headers, body."""
MAX_BYTES = 256 * 1024

_PORTS = {None, 443, 8443}
_FORM = "application/x-www-form-urlencoded"
_CHUNK = 16 * 1024


class OutboundFailed(OSError):
    """No usable answer: unreachable, too slow, too large, or an address that may not be called."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes


class OutboundClient:
    """Makes single calls; holds no connection between them."""

    def __init__(
        self,
        *,
        local: bool,
        resolve: Resolve = system_resolve,
        seconds: float = SECONDS,
        agent: str = "machi",
    ) -> None:
        """`local` allows `http`, any port and private addresses: for stage `local` only."""
        self._local = local
        self._resolve = resolve
        self._seconds = seconds
        self._headers = {"Accept-Encoding": "identity", "User-Agent": agent}

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Read a document; any status is an answer.

        Raises:
            OutboundFailed: there is none.
        """
        return self._call(_Call("GET", url, {**self._headers, **(headers or {})}, None))

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        """Send a form; any status is an answer.

        Raises:
            OutboundFailed: there is none. The other party may have received the form.
        """
        headers = {**self._headers, "Content-Type": _FORM, "Accept": "application/json"}
        return self._call(_Call("POST", url, headers, urlencode(form).encode()))

    def post(self, url: str, body: bytes, media_type: str) -> Reply:
        """Send a document; any status is an answer.

        Raises:
            OutboundFailed: there is none. The other party may have received the document.
        """
        headers = {**self._headers, "Content-Type": media_type, "Accept": "application/json"}
        return self._call(_Call("POST", url, headers, body))

    def _call(self, call: "_Call") -> Reply:
        parts = self._checked(call.url)
        deadline = time.monotonic() + self._seconds
        try:
            return within(self._seconds, lambda: self._attempt(call, parts, deadline), call.abort)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise OutboundFailed("no usable answer") from error

    def _attempt(self, call: "_Call", parts: SplitResult, deadline: float) -> Reply:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        for address in self._addresses(host, port):
            try:
                opened = connection(parts.scheme, host, port, address, _left(deadline))
                return call.over(opened, parts)
            except ConnectionRefusedError:
                continue  # the next address of the name may answer
        raise OutboundFailed("nobody answers there")

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise OutboundFailed("the address is malformed") from None
        schemes = {"https", "http"} if self._local else {"https"}
        if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or not url.isprintable():
            raise OutboundFailed("the address may not be called")
        if port not in _PORTS and not self._local:
            raise OutboundFailed("the port may not be called")
        return parts

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = list(self._resolve(host, port))
        except UnicodeError:
            found = []
        if not found or not (self._local or all(map(is_public, found))):
            raise OutboundFailed("the host is not a public one")
        return found


@dataclass(slots=True)
class _Call:
    """One request, and the connection to cut when time is up."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    _open: http.client.HTTPConnection | None = field(default=None, init=False)

    def over(self, opened: http.client.HTTPConnection, parts: SplitResult) -> Reply:
        self._open = opened
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            opened.request(self.method, target, body=self.body, headers=dict(self.headers))
            with opened.getresponse() as response:
                return Reply(response.status, _body(response))
        finally:
            opened.close()

    def abort(self) -> None:
        if self._open is not None and self._open.sock is not None:
            with suppress(OSError):  # already closed
                self._open.sock.shutdown(socket.SHUT_RDWR)


def _body(response: http.client.HTTPResponse) -> bytes:
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > MAX_BYTES:
            raise OutboundFailed("the answer is too large")
    return bytes(body)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise OutboundFailed("not answered in time")
    return left
