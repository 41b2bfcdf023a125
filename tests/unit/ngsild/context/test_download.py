"""What is fetched from the URLs that strangers name, and above all what is not."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from machi.ngsild.context.download import MAX_BYTES, MAX_REDIRECTS, HttpLoader
from machi.ngsild.errors import BadRequestData, LdContextNotAvailable

BODY = b'{"@context": {}}'
_ALTERNATE = {"Link": '</c.jsonld>; rel="alternate"; type="application/ld+json"'}
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def origin(answer: Answer) -> Iterator[str]:
    """A web server on loopback; gives its root URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients here hang up on purpose
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def says(
    status: int = 200,
    body: bytes = BODY,
    kind: str = "application/ld+json",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.fixture
def loader() -> HttpLoader:
    return HttpLoader(local=True)


@pytest.mark.parametrize(
    "kind",
    ["application/ld+json", "application/json; charset=utf-8", "application/activity+json", "text/plain", ""],
)
def test_a_json_document_is_downloaded(loader: HttpLoader, kind: str) -> None:
    with origin(says(kind=kind)) as root:
        assert loader.fetch(root + "/c.jsonld").text == BODY.decode()


@pytest.mark.parametrize("kind", ["text/html", "image/png", "application/jsonp"])
def test_anything_else_is_not(loader: HttpLoader, kind: str) -> None:
    with origin(says(kind=kind)) as root, pytest.raises(LdContextNotAvailable):
        loader.fetch(root)


@pytest.mark.parametrize("status", [204, 304, 400, 401, 404, 500, 503])
def test_an_origin_that_does_not_give_it_makes_it_unavailable(loader: HttpLoader, status: int) -> None:
    with origin(says(status)) as root, pytest.raises(LdContextNotAvailable):
        loader.fetch(root)


def test_a_page_that_links_its_json_ld_form_is_followed(loader: HttpLoader) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/c.jsonld":
            says()(request)
        else:
            says(kind="text/html", headers=_ALTERNATE)(request)

    with origin(answer) as root:
        assert loader.fetch(root + "/page").text == BODY.decode()


def test_a_document_of_one_mebibyte_is_the_largest(loader: HttpLoader) -> None:
    with origin(says(body=b" " * MAX_BYTES)) as root:
        assert len(loader.fetch(root).text) == MAX_BYTES
    with (
        origin(says(body=b" " * (MAX_BYTES + 1))) as root,
        pytest.raises(LdContextNotAvailable, match="1 MiB"),
    ):
        loader.fetch(root)


def test_an_endless_document_is_cut_off(loader: HttpLoader) -> None:
    sent = 0

    def answer(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        while True:
            request.wfile.write(b" " * 65_536)
            sent += 65_536

    with origin(answer) as root, pytest.raises(LdContextNotAvailable):
        loader.fetch(root)
    assert sent < 20 * MAX_BYTES


@pytest.mark.parametrize("part", ["headers", "body"])
def test_an_origin_that_drips_is_given_up_in_time(loader: HttpLoader, part: str) -> None:
    over = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX: "
        request.wfile.write(head if part == "headers" else head + b"\r\n\r\n")
        while not over.wait(0.05):
            request.wfile.write(b" ")

    with origin(answer) as root:
        begin = time.perf_counter()
        with pytest.raises(LdContextNotAvailable):
            loader.fetch(root, 0.4)
        assert time.perf_counter() - begin < 1
        over.set()


def test_a_name_that_takes_long_to_resolve_is_given_up_in_time() -> None:
    over = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        over.wait(10)
        return ["127.0.0.1"]

    begin = time.perf_counter()
    with pytest.raises(LdContextNotAvailable):
        HttpLoader(local=True, resolve=resolve).fetch("http://slow.example/", 0.2)
    assert time.perf_counter() - begin < 1
    over.set()


def test_nobody_listening_makes_it_unavailable(loader: HttpLoader) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(LdContextNotAvailable):
            loader.fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_redirects_are_followed_but_not_for_ever(loader: HttpLoader) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        left = int(request.path[1:])
        (says() if left == 0 else says(302, b"", headers={"Location": f"/{left - 1}"}))(request)

    with origin(answer) as root:
        assert loader.fetch(f"{root}/{MAX_REDIRECTS}").text == BODY.decode()
        with pytest.raises(LdContextNotAvailable, match="too often"):
            loader.fetch(f"{root}/{MAX_REDIRECTS + 1}")


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/", "http://u:p@127.0.0.1/"]
)
def test_a_redirect_cannot_lead_where_a_url_could_not(loader: HttpLoader, target: str) -> None:
    with origin(says(301, b"", headers={"Location": target})) as root, pytest.raises(BadRequestData):
        loader.fetch(root)


def test_the_checked_address_is_the_one_connected_to() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    hosts: list[str | None] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        hosts.append(request.headers["Host"])
        says()(request)

    with origin(answer) as root:
        port = root.rpartition(":")[2]
        HttpLoader(local=True, resolve=resolve).fetch(f"http://no-such-host.invalid:{port}/c")

    assert asked == ["no-such-host.invalid"]
    assert hosts == [f"no-such-host.invalid:{port}"]


@pytest.mark.parametrize(
    ("headers", "fresh_for"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=300"}, 300),
        ({"Cache-Control": "public, s-maxage=60, max-age=300"}, 60),
        ({"Cache-Control": "no-store"}, 0),
        ({"Cache-Control": "no-cache, max-age=300"}, 0),
        ({"Cache-Control": "max-age=x"}, None),
        ({"Expires": "Wed, 01 Jan 2020 00:00:00 GMT"}, 0),
        ({"Expires": "never"}, None),
    ],
)
def test_the_origin_says_how_long_a_copy_is_fresh(
    loader: HttpLoader, headers: dict[str, str], fresh_for: int | None
) -> None:
    with origin(says(headers=headers)) as root:
        assert loader.fetch(root).fresh_for == fresh_for


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/c", "https://user:secret@example.org/c", "https://example.org:22/c", "https:///c",
        "file:///etc/passwd", "ftp://example.org/c", "c.jsonld", "", "https://example.org/" + "x" * 3_000,
        "https://example.org/\n", "https://[::1", "https://example.org:99999/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_outside_stage_local_only_plain_https_urls_are_fetched(url: str) -> None:
    with pytest.raises(BadRequestData):
        HttpLoader(local=False, resolve=_unasked).fetch(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0",  # noqa: S104  # to be refused
         "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "not an address", "",
    ],
)  # fmt: skip
def test_outside_stage_local_no_private_address_is_connected_to(address: str) -> None:
    loader = HttpLoader(local=False, resolve=lambda *_: ["93.184.215.14", address])

    with pytest.raises(LdContextNotAvailable, match="public"):
        loader.fetch("https://example.org/c.jsonld")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_pass(address: str) -> None:
    assert HttpLoader(local=False, resolve=lambda *_: [address]).addresses("example.org", 443) == [address]


def test_a_certificate_of_nobody_known_is_not_accepted(tmp_path: Path) -> None:
    key, certificate = _self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True) as tls:
        thread = threading.Thread(target=_accept_once, args=(tls,), daemon=True)
        thread.start()
        with pytest.raises(LdContextNotAvailable):
            HttpLoader(local=True).fetch(f"https://127.0.0.1:{tls.getsockname()[1]}/")
        thread.join(5)


def _accept_once(server: ssl.SSLSocket) -> None:
    try:
        server.accept()[0].close()
    except OSError:
        return  # the client refuses the certificate during the handshake


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


def _unasked(host: str, _port: int) -> list[str]:
    raise AssertionError(f"{host} was resolved")
