"""Serve the simulators on loopback: `python -m local.simulators CONFIG.json`.

The file says `port`, `api_url`, and `supervisor`, the process that starts us and with which we end.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from local.simulators.app import simulators
from local.simulators.digital_id import Registration

_PR_SET_PDEATHSIG = 1
_SECONDS = 10


def main(config_file: str) -> None:
    """Serve until SIGTERM."""
    config = json.loads(Path(config_file).read_text())
    _end_with(config.get("supervisor"))
    port, api_url = int(config["port"]), str(config["api_url"])
    registration = Registration(
        redirect_uri=f"{api_url}/connect/proofing/callback",
        fetch_keys=lambda: _key_set(f"{api_url}/connect/jwks.json"),
    )
    served = simulators(f"http://localhost:{port}", registration)
    uvicorn.run(served.application, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _key_set(url: str) -> dict[str, Any]:
    try:
        answer = httpx.get(url, timeout=_SECONDS)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise OSError("the platform's keys cannot be read") from error
    document: dict[str, Any] = answer.json()
    return document


def _end_with(supervisor: int | None) -> None:
    if supervisor is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:
        raise SystemExit("the supervisor ended before the simulators began")


if __name__ == "__main__":
    main(sys.argv[1])
