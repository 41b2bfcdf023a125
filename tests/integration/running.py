"""A platform that a test starts, kills and starts again, on ports and in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from local.outputs import Outputs, read_outputs
from local.settings import ROOT, LocalSettings, read_local_settings

PORT = "8840"
PATIENCE_SECONDS = 120.0


@dataclass
class Run:
    """One `make run` without a terminal."""

    settings: LocalSettings
    log: Path
    process: subprocess.Popen[bytes]
    _began: float = field(default_factory=time.monotonic)

    def until(self, seen: Callable[[str], bool]) -> "Run":
        """Wait until what it has printed satisfies the test.

        Raises:
            AssertionError: it ended, or took too long; carries what it printed.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not seen(self.printed()):
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.02)
        return self

    def until_ready(self) -> "Run":
        """Wait for the box with the addresses."""
        return self.until(lambda printed: "stops everything and keeps the data" in printed)

    def printed(self) -> str:
        """Everything it has printed so far."""
        return self.log.read_text()

    def outputs(self) -> Outputs:
        """What it wrote for tests and scripts."""
        return read_outputs(self.settings.outputs_file)

    def emulator(self) -> int:
        """The emulator's process id."""
        return int((self.settings.emulator_dir / "process").read_text())

    def kill_emulator(self) -> None:
        """SIGKILL, as when the machine runs out of memory."""
        os.kill(self.emulator(), signal.SIGKILL)

    def interrupt(self) -> int:
        """Ctrl-C: the signal goes to the whole process group. Gives the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; gives the exit code."""
        return self.process.wait(PATIENCE_SECONDS)

    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._began


class Place:
    """Ports and a folder where runs follow one another."""

    def __init__(self, folder: Path) -> None:
        self.environment = {"MACHI_PORT": PORT, "MACHI_STATE_DIR": str(folder)}
        self.settings = read_local_settings(self.environment)
        self._folder = folder
        self._runs: list[Run] = []

    def run(self) -> Run:
        """Start in a process group of its own, without a terminal."""
        log = self._folder / f"run-{len(self._runs)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "local", "run"],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        run = Run(self.settings, log, process)
        self._runs.append(run)
        return run

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        """One of the other commands, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "local", name],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def api(self, outputs: Outputs) -> httpx.Client:
        """A client with the key that may do everything."""
        headers = {"X-Api-Key": outputs.conformance_key}
        return httpx.Client(base_url=outputs.api_url, headers=headers, timeout=30, trust_env=False)

    def processes(self) -> list[int]:
        """Every process that belongs to this place, by its command line or its working folder."""
        mark = str(self._folder).encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and int(entry.name) != os.getpid():
                try:
                    command = (entry / "cmdline").read_bytes()
                    environment = (entry / "environ").read_bytes()
                except OSError:
                    continue
                if mark in command or mark in environment:
                    found.append(int(entry.name))
        return found

    def processes_after_a_kill(self) -> list[int]:
        """Those still there once function processes have had time to see that nobody asks them any more."""
        deadline = time.monotonic() + 20
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.processes()

    def tidy(self) -> None:
        """Stop whatever a failed test left running."""
        for run in self._runs:
            if run.process.poll() is None:
                run.process.terminate()
                run.process.wait(PATIENCE_SECONDS)


def entity(number: int) -> dict[str, object]:
    """An entity whose parts have to agree: every attribute carries the same number."""
    return {
        "id": f"urn:ngsi-ld:LifeCycle:{number}",
        "type": "LifeCycle",
        **{f"part{letter}": {"type": "Property", "value": number} for letter in "ABCDEF"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [136.8, 35.3]}},
    }


def is_whole(found: dict[str, object]) -> bool:
    """True if a stored entity is exactly one that `entity` made."""
    number = int(str(found["id"]).rsplit(":", 1)[1])
    return json.dumps({**entity(number), "@context": None}, sort_keys=True) == json.dumps(
        {**found, "@context": None}, sort_keys=True
    )
