"""The running platform, as tests see it.

Tests that need it ask for the fixture `platform`. It is the one that `make test` has started, or one that
stands already at the tests' own ports; otherwise it is started for this session and stopped after it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.broker import empty_broker
from local.outputs import Outputs, read_outputs
from local.settings import ROOT, LocalSettings, read_local_settings
from local.verification import TEST_PORT, TEST_STATE

ENVIRONMENT = {"MACHI_PORT": TEST_PORT, "MACHI_STATE_DIR": TEST_STATE}


@dataclass(frozen=True)
class Platform:
    """Addresses, credentials and clients of one running platform."""

    outputs: Outputs
    settings: LocalSettings
    api: httpx.Client
    """Carries no credential; send what the test is about."""
    conformance: httpx.Client
    """Carries the key with every broker scope and no throttle."""

    def empty_broker(self) -> None:
        """Remove every entity; takes milliseconds."""
        empty_broker(self.settings)

    def mail(self) -> list[dict[str, Any]]:
        """Every message sent so far, oldest first."""
        messages = httpx.get(f"{self.outputs.mail_url}/messages.json", trust_env=False).json()["messages"]
        return [dict(message) for message in messages]

    def log_of(self, function: str) -> str:
        """Everything a function logged, by a part of its name."""
        folder = self.settings.log_dir / "functions"
        return "".join(path.read_text() for path in sorted(folder.glob(f"*{function}*.log")))


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The running platform with its seed."""
    with _running() as settings, _clients(read_outputs(settings.outputs_file)) as (outputs, api, conformance):
        yield Platform(outputs, settings, api, conformance)


@contextmanager
def _running() -> Iterator[LocalSettings]:
    settings = _given() or read_local_settings(ENVIRONMENT)
    if _answers(settings.outputs_file):
        yield settings
        return
    local("up", ENVIRONMENT)
    try:
        yield settings
    finally:
        local("down", ENVIRONMENT)


def _given() -> LocalSettings | None:
    """The platform whose outputs file was named by `MACHI_TEST_OUTPUTS`."""
    named = os.environ.get("MACHI_TEST_OUTPUTS")
    if not named:
        return None
    outputs = read_outputs(Path(named))
    port = str(httpx.URL(outputs.portal_url).port)
    return read_local_settings({"MACHI_PORT": port, "MACHI_STATE_DIR": str(Path(named).resolve().parent)})


def _answers(outputs_file: Path) -> bool:
    try:
        api_url = read_outputs(outputs_file).api_url
        return httpx.get(f"{api_url}/public/v1/health", trust_env=False, timeout=10).is_success
    except (FileNotFoundError, KeyError, TypeError, httpx.TransportError):
        return False  # none, or what an older version left behind


@contextmanager
def _clients(outputs: Outputs) -> Iterator[tuple[Outputs, httpx.Client, httpx.Client]]:
    key = {"X-Api-Key": outputs.conformance_key}
    with (
        httpx.Client(base_url=outputs.api_url, timeout=30, trust_env=False) as api,
        httpx.Client(base_url=outputs.api_url, timeout=30, trust_env=False, headers=key) as conformance,
    ):
        yield outputs, api, conformance


def local(command: str, environment: Mapping[str, str]) -> str:
    """Run one of the platform's commands as `make` does, and give what it printed.

    Raises:
        AssertionError: it failed; carries what it printed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "local", command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
