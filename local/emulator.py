"""The emulator's process: started, asked, stopped, and found again when its supervisor had vanished."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from local.failure import PlatformFailure
from local.generations import Beginning, Generations
from local.settings import EMULATOR_PYTHON, ROOT, LocalSettings

REGION = "ap-northeast-1"
"""The city's first region; the stacks name their own."""

ACCESS_KEY, SECRET_KEY = "test", "test"
ACCOUNT = "000000000000"

_SCRIPT = ROOT / "local" / "embedded" / "serve.py"
_LARGEST_LOG = 20_000_000
_START_SECONDS = 120
_STOP_SECONDS = 300
_PARALLEL_REQUESTS = max(4, 2 * (os.cpu_count() or 2))


class Emulator:
    """One run of the embedded AWS."""

    def __init__(self, settings: LocalSettings) -> None:
        self._settings = settings
        self._generations = Generations(settings.emulator_dir)
        self._token = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    @property
    def generation(self) -> Path:
        """Where this run keeps what belongs to its state and must fall back together with it."""
        return self._generations.live

    def start(self) -> Beginning:
        """Start from the newest whole state and wait until it answers.

        Raises:
            PlatformFailure: it ended, or did not answer in time; names the log.
        """
        if not EMULATOR_PYTHON.exists():
            raise PlatformFailure("The emulator is not installed: run `make run`, which installs it.")
        self._stop_forgotten()
        beginning = self._generations.begin()
        self._process = self._launch()
        self._pid_file.write_text(str(self._process.pid))
        try:
            self._wait_until_ready(self._process)
        except PlatformFailure:
            self.stop()
            raise
        self._ready = True
        return beginning

    def ended(self) -> int | None:
        """The exit code if the process has ended by itself."""
        return self._process.poll() if self._process else None

    def call(self, name: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        """Ask something of the emulator that AWS has no word for; see `local.embedded.control`."""
        return call_control(self._settings, name, body, token=self._token)

    def checkpoint(self) -> bool:
        """Keep the present state to fall back to; False if changes had not reached every function."""
        drained = self.call("checkpoint")["drained"]
        self._generations.keep_copy()
        return bool(drained)

    def stop(self) -> bool:
        """End the process and keep its state; False if it did not end cleanly."""
        process, self._process = self._process, None
        if process is None:
            return True
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._pid_file.unlink(missing_ok=True)
        if not self._ready:
            self._generations.abandon()
            return True
        return self._generations.promote()

    @property
    def _pid_file(self) -> Path:
        return self._settings.emulator_dir / "process"

    def _launch(self) -> subprocess.Popen[bytes]:
        settings, live = self._settings, self._generations.live
        scratch = settings.emulator_dir / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        for folder in (scratch, settings.log_dir / "functions"):
            folder.mkdir(parents=True, exist_ok=True)
        config = settings.emulator_dir / "serve.json"
        write_private(config, json.dumps(self._config()))
        write_private(self._control_file, self._token)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(scratch),
            "LANG": "C.UTF-8",
            "TMPDIR": str(scratch),
            "GATEWAY_PORT": str(settings.ports.emulator),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "STATE_DIR": str(live / "state"),
            "S3_DATA_DIR": str(live / "s3"),
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "AUTH": "true",
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "INFO",
        }
        log_file = settings.log_dir / "emulator.log"
        if log_file.exists() and log_file.stat().st_size > _LARGEST_LOG:
            log_file.replace(log_file.with_suffix(".log.1"))
        with log_file.open("ab") as log:
            # A session of its own: Ctrl-C at the terminal is for the supervisor, which stops things in order.
            return subprocess.Popen(
                [str(EMULATOR_PYTHON), str(_SCRIPT), str(config)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _config(self) -> dict[str, object]:
        ports = self._settings.ports
        return {
            "supervisor": os.getpid(),
            "token": self._token,
            "generation": str(self._generations.live),
            "layers": str(self._settings.emulator_dir / "layers"),
            "function_logs": str(self._settings.log_dir / "functions"),
            "concurrency": _PARALLEL_REQUESTS,
            "doors": {
                "portal": ports.portal,
                "api": ports.api,
                "emulator": ports.emulator,
                "mail": ports.mail,
            },
        }

    @property
    def _control_file(self) -> Path:
        return self._settings.emulator_dir / "control"

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        log = self._settings.log_dir / "emulator.log"
        deadline = time.monotonic() + _START_SECONDS
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise PlatformFailure(
                        f"The embedded AWS ended while starting; the reason stands in {log}."
                    )
                with contextlib.suppress(httpx.TransportError):
                    if client.get(
                        f"http://127.0.0.1:{self._settings.ports.emulator}/_ministack/ready"
                    ).is_success:
                        return
                time.sleep(0.05)
        raise PlatformFailure(f"The embedded AWS did not answer within {_START_SECONDS} s; see {log}.")

    def _stop_forgotten(self) -> None:
        """End the emulator of an earlier run that outlived its supervisor: ours by id and command line."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if str(_SCRIPT).encode() in command and str(self._settings.emulator_dir).encode() in command:
                os.kill(pid, signal.SIGTERM)
                while Path(f"/proc/{pid}").exists():
                    time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)


def call_control(
    settings: LocalSettings, name: str, body: Mapping[str, object] | None = None, *, token: str | None = None
) -> dict[str, object]:
    """Ask something of a running platform's emulator, also from another process of the same user.

    Raises:
        PlatformFailure: no platform runs there.
    """
    try:
        token = token or (settings.emulator_dir / "control").read_text()
        response = httpx.post(
            f"http://127.0.0.1:{settings.ports.emulator}/_machi/{name}",
            json=dict(body or {}),
            headers={"x-machi-control": token},
            timeout=300,
            trust_env=False,
        )
    except (OSError, httpx.TransportError) as error:
        raise PlatformFailure(
            "The platform is not running: start it with `make run` or `make up`."
        ) from error
    response.raise_for_status()
    return dict(response.json())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
