"""The sample relying party as a process of its own, at the address that a partner has registered."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from local.outputs import DemoPartner
from tests.platform import Platform

SAMPLE = Path(__file__).parents[3] / "docs" / "partners" / "sample" / "relying_party.py"
PATIENCE_SECONDS = 60


def origin_of(partner: DemoPartner) -> str:
    """Where the partner's service answers."""
    parts = urlsplit(partner.redirect_uris[0])
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def sample_of(platform: Platform, partner: DemoPartner, folder: Path) -> Iterator[str]:
    """The service of a partner, built on Authlib; gives its address."""
    environment = {
        "DISCOVERY": f"{platform.outputs.connect_url}/.well-known/openid-configuration",
        "CLIENT_ID": partner.client_id,
        "CLIENT_SECRET": partner.client_secret,
        "REDIRECT_URI": partner.redirect_uris[0],
        "SIGNED_OUT_URI": partner.signed_out_uris[0],
        "BACK_CHANNEL_URI": partner.back_channel_uri,
        "CONSENT_EVENTS_URI": partner.consent_events_uri,
        "API_ORIGIN": platform.outputs.api_url,
        "API_KEY": partner.api_key,
    }
    with serving([sys.executable, str(SAMPLE)], origin_of(partner), folder / partner.id, environment):
        yield origin_of(partner)


@contextmanager
def serving(
    command: list[str], origin: str, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[None]:
    """A process that answers at an address while the test runs; its output goes to a file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "output.log"
    direct = {"NO_PROXY": "*", "no_proxy": "*"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **direct, **(environment or {})}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(origin, process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(origin: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    parts = urlsplit(origin)
    ending = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ending:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"{origin} does not answer: {log.read_text()}")
