"""Serves a built portal as CloudFront would: folder addresses, error pages, the security headers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from portal_site.upload import MANIFEST


class SiteServer(ThreadingHTTPServer):
    """Knows its address before it has files, so that a site can be built for it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SiteHandler)
        self.files: dict[str, bytes] = {}
        self.gone = False
        """True to close every connection unanswered, as if the network were down."""

    @property
    def address(self) -> str:
        """On `localhost`, because browsers count that as a secure origin."""
        return f"http://localhost:{self.server_port}"


@contextmanager
def site_server() -> Iterator[SiteServer]:
    """A running server on a free port; give it `files`."""
    server = SiteServer()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _SiteHandler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.server.gone:
            self.close_connection = True
            return
        path = self.path.partition("?")[0].removeprefix("/")
        if path == "" or path.endswith("/"):
            path += "index.html"
        found = path in self.server.files
        self._answer(200 if found else 404, path if found else "errors/404.html")

    def _answer(self, status: int, path: str) -> None:
        manifest = json.loads(self.server.files[MANIFEST])
        entry = next(entry for entry in manifest["files"] if entry["path"] == path)
        self.send_response(status)
        for name, value in manifest["headers"].items():
            self.send_header(name, value)
        self.send_header("Content-Type", entry["content_type"])
        self.send_header("Cache-Control", entry["cache_control"])
        self.send_header("Content-Length", str(len(self.server.files[path])))
        self.end_headers()
        self.wfile.write(self.server.files[path])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server uses
        """Quiet: a test says what went wrong."""
