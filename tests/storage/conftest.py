"""One table, as every table of the platform is cut: in moto, and in the emulator of the local platform.

Their errors mostly differ, so a module that says `pytestmark = BOTH` runs against both.
"""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from machi.storage.client import dynamodb_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "machi"

EMULATOR_PYTHON = Path(__file__).resolve().parents[2] / ".local" / "emulator-venv" / "bin" / "python"

BOTH = pytest.mark.parametrize("client", ["moto", "emulator"], indirect=True)

_accounts = count(100_000_000_000)


def make_table(client: "DynamoDBClient", name: str = TABLE) -> None:
    """A table with the platform's keys."""
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )


@pytest.fixture
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """The client that the functions use, on a table of its own."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    if getattr(request, "param", "moto") == "emulator":
        # The emulator takes twelve digits for an account, and keeps accounts apart.
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"{next(_accounts):012d}")
        made = dynamodb_client(region="ap-northeast-1", endpoint=request.getfixturevalue("emulator"))
        make_table(made)
        yield made
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    with mock_aws():
        made = dynamodb_client(region="ap-northeast-1")
        one_call_at_a_time(made, monkeypatch)
        make_table(made)
        yield made


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an emulator that serves while the tests run."""
    if not EMULATOR_PYTHON.exists():
        pytest.skip("the emulator's environment is not installed here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("emulator.py")
    process = subprocess.Popen([EMULATOR_PYTHON, script, str(port), tmp_path_factory.mktemp("emulator")])
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a started emulator answers."""
    ending = monotonic() + 60
    while monotonic() < ending:
        assert process.poll() is None, "the emulator ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        sleep(0.05)
    raise TimeoutError("the emulator does not answer")


def one_call_at_a_time(client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads of the code under test take turns: moto itself is not safe between threads."""
    lock, call = Lock(), client._make_api_call  # type: ignore[attr-defined]

    def locked(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        with lock:
            return dict(call(operation, parameters))

    monkeypatch.setattr(client, "_make_api_call", locked)
