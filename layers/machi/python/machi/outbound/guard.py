"""Which addresses may be connected to, and how the connection goes to the very address that was checked.

A name that answers differently a moment later gains nothing (ADR 0065).
"""

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

Resolve = Callable[[str, int], Iterable[str]]
"""Host and port → IP addresses as text."""

_TRANSLATED = [
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]

T = TypeVar("T")


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(text: str) -> bool:
    """True for an address of the public internet; false for every other, and for what is no address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif any(address in net for net in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def connection(scheme: str, host: str, port: int, address: str, seconds: float) -> http.client.HTTPConnection:
    """A connection to the address, with TLS for the name of the host where the scheme is `https`."""
    kind = _PinnedConnection if scheme == "https" else _PlainConnection
    return kind(host, port, address, seconds)


def within(seconds: float, work: Callable[[], T], abort: Callable[[], None]) -> T:
    """Run the work in a thread of its own and give up on it in time.

    Name resolution and a peer that drips single bytes know no overall time-out of their own.

    Raises:
        TimeoutError: it was not done in time; `abort` was called, and what it still does is lost.
    """
    results: queue.SimpleQueue[T | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(work())
        except Exception as error:  # noqa: BLE001  # raised again below, in the thread that waits
            results.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        result = results.get(timeout=max(0.0, seconds))
    except queue.Empty:
        abort()
        raise TimeoutError("not done in time") from None
    if isinstance(result, Exception):
        raise result
    return result


class _PinnedConnection(http.client.HTTPSConnection):
    """TLS with the name of the host over a connection to a checked address."""

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._tls = ssl.create_default_context()

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = plain
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


class _PlainConnection(http.client.HTTPConnection):
    """The same without TLS, for stage `local`."""

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
