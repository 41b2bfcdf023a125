"""The function as a whole, with its real table and a pool behind a real address."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest

from functions.authorizer.citizen_tokens import CitizenTokens
from functions.authorizer.credentials import Unauthorized
from functions.authorizer.handler import build, handler
from functions.authorizer.pool_keys import fetcher
from functions.authorizer.settings import Settings
from machi.applications import ApplicationState, Registry
from machi.core.errors import SettingsInvalid
from machi.core.ids import CitizenId
from machi.core.principal import Principal, Scope
from machi.storage.application_table import ApplicationTable
from machi.storage.device_table import DeviceTable
from tests.aws_double import dynamodb
from tests.token_pool import CLIENT, ISSUER, TokenPool
from tests.unit.applications.builders import KENCOM, KENCOM_CLIENT, NOON, kencom, partner
from tests.unit.authorizer.builders import City, effect, request

ROOT = Path(__file__).parents[3]
HEAVY = ("fastapi", "pydantic", "starlette", "mangum", "boto3", "jwt", "cryptography", "botocore.session")
KEY = "a-key-that-was-made-elsewhere"


@pytest.fixture
def pool_url() -> Iterator[str]:
    """A pool that publishes its keys on this machine."""
    pool = TokenPool()

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = pool.key_set() if self.path == "/jwks.json" else b"x" * 1_000_000
            self.send_response(200)
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Publisher) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, pool_url: str) -> Iterator[Registry]:
    """The environment of the function, with a registry in its table."""
    for name, value in {
        "CITY_TABLE": "city",
        "PEOPLE_TABLE": "people",
        "STAGE": "local",
        "CITIZEN_POOL_ID": "pool",
        "CITIZEN_CLIENT_IDS": f"{CLIENT},phone",
        "ISSUER": ISSUER,
        "JWKS_URL": pool_url,
    }.items():
        monkeypatch.setenv(f"MACHI_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    build.cache_clear()
    with dynamodb("city", "people") as client:
        yield Registry(ApplicationTable(client, "city"), clock=lambda: NOON)
    build.cache_clear()


def test_the_function_finds_keys_in_its_table_and_sees_a_suspension(registry: Registry) -> None:
    registry.register(kencom())
    registry.put_key(KENCOM, KEY, "seed")

    assert effect(handler(request("ngsi-ld", X_Api_Key=KEY), None)) == "Allow"
    registry.change_state(KENCOM, ApplicationState.SUSPENDED)
    assert effect(handler(request("ngsi-ld", X_Api_Key=KEY), None)) == "Deny"
    with pytest.raises(Unauthorized):
        handler(request("ngsi-ld", X_Api_Key=KEY + "x"), None)


def test_the_function_checks_tokens_with_the_keys_of_its_pool(registry: Registry) -> None:
    token = TokenPool().token(client_id="phone")

    answer = handler(request("citizen", Authorization=f"Bearer {token}"), None)

    assert Principal.from_context(answer["context"]).subject == "hanako"
    with pytest.raises(Unauthorized):
        handler(request("citizen", Authorization=f"Bearer {token[:-4]}AAAA"), None)


def test_outside_of_stage_local_keys_come_over_https_only() -> None:
    with pytest.raises(SettingsInvalid, match="https"):
        fetcher("http://pool.example/jwks.json", stage="production")
    with pytest.raises(SettingsInvalid, match="https"):
        fetcher("file:///etc/passwd", stage="local")
    assert callable(fetcher("https://pool.example/jwks.json", stage="production"))


def test_the_function_finds_partners_by_their_client_and_sees_a_sign_out(registry: Registry) -> None:
    registry.register(partner())
    token = TokenPool().token(client_id=KENCOM_CLIENT, origin_jti="first", auth_time=int(time.time()) - 60)
    asked = request("partner", Authorization=f"Bearer {token}")

    principal = Principal.from_context(handler(asked, None)["context"])
    assert principal.application == KENCOM
    assert principal.scopes == {Scope.USERINFO}

    devices = DeviceTable(boto3.client("dynamodb", region_name="ap-northeast-1"), "people")
    devices.sign_out_all(CitizenId("hanako"), datetime.now(UTC), None)
    with pytest.raises(Unauthorized):
        handler(asked, None)


def test_a_wrong_address_for_the_keys_shows_at_the_first_token() -> None:
    settings = Settings("city", "people", "staging", "pool", (CLIENT,), ISSUER, "ftp://pool.example")
    city = City()

    with pytest.raises(SettingsInvalid):
        CitizenTokens(settings, city, city).read("x.y.z")


def test_a_document_that_never_ends_is_cut(pool_url: str) -> None:
    assert len(fetcher(pool_url.replace("jwks", "endless"), stage="local")()) == 65_536


def test_a_pool_that_is_not_there_is_an_os_error() -> None:
    with pytest.raises(OSError, match="refused"):
        fetcher("http://127.0.0.1:9/jwks.json", stage="local")()


def test_a_call_with_a_key_imports_neither_web_framework_nor_cryptography() -> None:
    program = (
        "import sys; import functions.authorizer.handler; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/machi/python'}", "PATH": "/usr/bin"}

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == "[]"
