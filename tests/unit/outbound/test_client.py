"""A client that cannot be turned against the network behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import ClassVar

import pytest

from machi.outbound import OutboundClient, OutboundFailed
from machi.outbound.client import MAX_BYTES

PUBLIC = ["93.184.216.34"]


class Peer(BaseHTTPRequestHandler):
    """Another party's server."""

    seen: ClassVar[list[str]] = []
    patience: ClassVar[Event] = Event()

    def do_GET(self) -> None:
        Peer.seen.append(self.path)
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/document")
            self.end_headers()
        elif self.path == "/slow":
            Peer.patience.wait(10)
        elif self.path == "/large":
            self._answer(200, b"x" * (MAX_BYTES + 1))
        else:
            self._answer(200, self.headers.get("Authorization", "").encode())

    def do_POST(self) -> None:
        self._answer(400, self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[str]:
    Peer.seen.clear()
    Peer.patience.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Peer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        Peer.patience.set()
        server.shutdown()


@pytest.fixture
def peer() -> Iterator[str]:
    with serving() as address:
        yield address


def test_a_document_is_read_with_the_headers_given(peer: str) -> None:
    reply = OutboundClient(local=True).get(f"{peer}/document", {"Authorization": "Bearer x"})

    assert (reply.status, reply.body) == (200, b"Bearer x")


def test_a_form_is_sent_and_any_status_is_an_answer(peer: str) -> None:
    reply = OutboundClient(local=True).post_form(f"{peer}/token", {"code": "a&b", "name": "花"})

    assert (reply.status, reply.body) == (400, b"code=a%26b&name=%E8%8A%B1")


def test_a_document_is_sent_as_it_is(peer: str) -> None:
    reply = OutboundClient(local=True).post(f"{peer}/events", b"a.b.c", "application/secevent+jwt")

    assert (reply.status, reply.body) == (400, b"a.b.c")


def test_a_redirect_is_an_answer_and_not_followed(peer: str) -> None:
    assert OutboundClient(local=True).get(f"{peer}/elsewhere").status == 302
    assert Peer.seen == ["/elsewhere"]


def test_a_peer_that_does_not_answer_is_given_up(peer: str) -> None:
    with pytest.raises(OutboundFailed):
        OutboundClient(local=True, seconds=0.2).get(f"{peer}/slow")


def test_more_than_the_limit_is_not_read(peer: str) -> None:
    with pytest.raises(OutboundFailed):
        OutboundClient(local=True).get(f"{peer}/large")


def test_nobody_there_is_a_failure() -> None:
    with serving() as address:
        pass
    with pytest.raises(OutboundFailed):
        OutboundClient(local=True).get(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/",
        "https://partner.example:22/",
        "https://user:secret@partner.example/",
        "file:///etc/passwd",
        "https://",
        "https://partner.example:port/",
        "https://partner.example/\r\nX: y",
    ],
)
def test_an_address_of_the_wrong_kind_is_not_even_looked_up(url: str) -> None:
    looked_up: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return PUBLIC

    with pytest.raises(OutboundFailed):
        OutboundClient(local=False, resolve=resolve).get(url)
    assert looked_up == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["fd00::1"],
        [*PUBLIC, "192.168.1.1"],
        [],
        ["no address"],
    ],
)
@pytest.mark.usefixtures("peer")
def test_a_host_with_any_address_that_is_not_public_is_never_called(addresses: list[str]) -> None:
    client = OutboundClient(local=False, resolve=lambda _host, _port: addresses)

    with pytest.raises(OutboundFailed):
        client.get("https://partner.example/")
    assert Peer.seen == []
