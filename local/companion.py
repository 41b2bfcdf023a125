"""The process that plays other parties' services: providers of social IDs, デジタル認証アプリ."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from local.emulator import write_private
from local.failure import PlatformFailure
from local.settings import ROOT, LocalSettings

_START_SECONDS = 30
_STOP_SECONDS = 10


class Companion:
    """One run of `local.simulators`. It keeps no state, so it is simply ended."""

    def __init__(self, settings: LocalSettings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it gets ready beside the emulator, and `wait` sees that it did."""
        settings = self._settings
        config = settings.state_dir / "simulators.json"
        settings.log_dir.mkdir(parents=True, exist_ok=True)
        content = {
            "port": settings.ports.simulators,
            "api_url": settings.api_url,
            "supervisor": os.getpid(),
        }
        write_private(config, json.dumps(content))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.simulators", str(config)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            PlatformFailure: it ended, or did not answer in time; names the log.
        """
        deadline = time.monotonic() + _START_SECONDS
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < deadline:
                if self.ended() is not None:
                    raise PlatformFailure(f"The simulators ended while starting; see {self._log}.")
                try:
                    client.get(f"http://127.0.0.1:{self._settings.ports.simulators}/")
                except httpx.TransportError:
                    time.sleep(0.05)
                else:
                    return
        raise PlatformFailure(f"The simulators did not answer within {_START_SECONDS} s; see {self._log}.")

    def ended(self) -> int | None:
        """The exit code if the process has ended by itself."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def _log(self) -> Path:
        return self._settings.log_dir / "simulators.log"
