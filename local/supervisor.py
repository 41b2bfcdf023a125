"""One platform from start to stop, in the foreground or the background."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Self

from local.companion import Companion
from local.emulator import Emulator
from local.failure import PlatformFailure
from local.platform_lock import held, holder, stop_holder
from local.progress import Progress
from local.settings import ROOT, LocalSettings
from local.start import start, summary

_READY = "ready"
_OWN_FILES = ("portal", "emulator", "logs/functions")
_OWN_SINGLE_FILES = (
    "outputs.json",
    "keys.json",
    "portal-config.json",
    "simulators.json",
    _READY,
    "logs/emulator.log",
    "logs/portal.log",
    "logs/simulators.log",
)


class _StopAsked(BaseException):
    """Somebody pressed Ctrl-C or sent a signal."""


def run(settings: LocalSettings) -> int:
    """Start, wait until asked to stop or until the emulator ends, and stop; gives the exit code.

    Raises:
        PlatformFailure: it cannot start.
    """
    progress = Progress()
    with held(settings.lock_file), _Signals() as signals:
        check_ports(settings)
        ready = settings.state_dir / _READY
        ready.unlink(missing_ok=True)
        emulator, companion = Emulator(settings), Companion(settings)
        try:
            outputs = start(settings, emulator, companion, progress).outputs
            ready.write_text(str(os.getpid()))
            progress.say(summary(outputs, progress.total()))
            way_out = "Ctrl-C" if sys.stdin.isatty() else "`make down`"
            progress.say(f"  {way_out} stops everything and keeps the data.")
            return _watch(emulator, companion)
        except _StopAsked:
            return 0
        except Exception as error:
            if emulator.ended() is not None:
                raise PlatformFailure(_died(emulator)) from error
            raise
        finally:
            signals.ignore()
            ready.unlink(missing_ok=True)
            with progress.step("Stopping, and saving the data"):
                companion.stop()
                emulator.stop()


def up(settings: LocalSettings) -> int:
    """Start in the background and come back when it is ready, showing its steps meanwhile."""
    running = holder(settings.lock_file)
    if running:
        raise PlatformFailure(f"The platform already runs (process {running}) at {settings.portal_url}.")
    check_ports(settings)
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    log = settings.log_dir / "platform.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "run"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return _follow(process, log, settings.state_dir / _READY)


def down(settings: LocalSettings) -> int:
    """Stop the running platform, which saves its data first."""
    with Progress().step("Stopping, and saving the data") as step:
        step.note("stopped" if stop_holder(settings.lock_file) else "nothing was running")
    return 0


def reset(settings: LocalSettings) -> int:
    """Stop, and remove everything this platform stored; what is made from sources alone stays."""
    down(settings)
    for name in _OWN_FILES:
        shutil.rmtree(settings.state_dir / name, ignore_errors=True)
    for name in _OWN_SINGLE_FILES:
        (settings.state_dir / name).unlink(missing_ok=True)
    print("  All local data is gone; `make run` begins anew.")
    return 0


def status(settings: LocalSettings) -> int:
    """Say whether it runs; 0 if it is ready, 3 if not."""
    running = holder(settings.lock_file)
    ready = (settings.state_dir / _READY).exists()
    if not running:
        print("  not running")
    else:
        state = f"ready at {settings.portal_url}" if ready else "starting or stopping"
        print(f"  process {running}, {state}; addresses and keys in {settings.outputs_file}")
    return 0 if running and ready else 3


def check_ports(settings: LocalSettings) -> None:
    """See that every port is free before anything is started.

    Raises:
        PlatformFailure: one is taken; names it and how to use others.
    """
    for name, port in settings.ports.named().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise PlatformFailure(
                    f"Port {port} ({name}) is in use: stop what uses it, or choose five other ports with "
                    f"MACHI_PORT, for example `make run MACHI_PORT={settings.ports.base + 100}`."
                ) from None


def _watch(emulator: Emulator, companion: Companion) -> int:
    while emulator.ended() is None:
        if companion.ended() is not None:
            print("error: The simulators ended unexpectedly; see simulators.log.", file=sys.stderr)
            return 1
        time.sleep(0.2)
    print(f"error: {_died(emulator)}", file=sys.stderr)
    return 1


def _died(emulator: Emulator) -> str:
    return (
        f"The embedded AWS ended unexpectedly (exit {emulator.ended()}). "
        "Start again: it goes back to the last whole state."
    )


def _follow(process: subprocess.Popen[bytes], log: Path, ready: Path) -> int:
    with log.open() as lines:
        while True:
            ended = process.poll()
            is_ready = ready.exists() and ready.read_text() == str(process.pid)
            sys.stdout.write(lines.read())
            sys.stdout.flush()
            if ended is not None:
                return ended or 1
            if is_ready:
                return 0
            time.sleep(0.1)


class _Signals:
    """Ctrl-C, `make down` and a closing terminal ask once for a stop; during it they are not listened to."""

    def __init__(self) -> None:
        self._listening = True

    def __enter__(self) -> Self:
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        self._before = {number: signal.signal(number, self._ask) for number in wanted}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def ignore(self) -> None:
        """From now on nothing interrupts."""
        self._listening = False

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self._listening:
            self._listening = False
            raise _StopAsked
