"""A small NGSI-LD API on loopback: enough of query, upsert and delete for the command, and its failures."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "test-key"

Body = Any
"""Parsed JSON, None where there was none."""


class FakeApi:
    """What it holds, what it was asked, and what it should answer instead."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.failures: list[tuple[int, Mapping[str, str]]] = []
        """Answers to give before the real ones, first one first."""
        self.refused: set[str] = set()
        """Ids of entities that an upsert refuses."""
        self.url = ""

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: Body) -> tuple[int, Any]:
        """Status and body for one request."""
        path = urlsplit(target).path.removeprefix("/ngsi-ld/v1")
        if headers.get("X-Api-Key") != KEY:
            return 401, {"title": "no key"}
        if path == "/entityOperations/query":
            wanted = [selector["id"] for selector in body["entities"]]
            assert len(wanted) <= int(parse_qs(urlsplit(target).query)["limit"][0])
            return 200, [self.entities[name] for name in wanted if name in self.entities]
        if path == "/entityOperations/upsert":
            return self._upsert(body)
        if method == "DELETE":
            _, _, entity_id, _, attribute = unquote(path).split("/")
            return (204, None) if self.entities[entity_id].pop(attribute, None) else (404, {"title": "none"})
        return 404, {"title": "unknown path"}

    def _upsert(self, body: list[dict[str, Any]]) -> tuple[int, Any]:
        taken = [entity for entity in body if entity["id"] not in self.refused]
        created = [entity["id"] for entity in taken if entity["id"] not in self.entities]
        for entity in taken:
            self.entities[entity["id"]] = self.entities.get(entity["id"], {}) | entity
        if len(taken) < len(body):
            errors = [
                {"entityId": entity["id"], "error": {"title": "Bad Request"}}
                for entity in body
                if entity["id"] in self.refused
            ]
            return 207, {"success": [entity["id"] for entity in taken], "errors": errors}
        return (201, created) if created else (204, None)


@contextmanager
def serving(api: FakeApi) -> Iterator[FakeApi]:
    """Serve on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            api.requests.append((self.command, self.path))
            status, headers = api.failures.pop(0) if api.failures else (0, {})
            answer: Any = None
            if not status:
                status, answer = api.answer(self.command, self.path, dict(self.headers), body)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _handle  # noqa: N815 - names of the base class

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
