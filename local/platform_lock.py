"""Whether a platform runs from a state folder, and which process holds it."""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from local.failure import PlatformFailure

_STOP_SECONDS = 330


@contextlib.contextmanager
def held(lock_file: Path) -> Iterator[None]:
    """Hold the platform for this process; the kernel lets go of it however the process ends.

    Raises:
        PlatformFailure: another process holds it.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PlatformFailure(
                f"The platform already runs (process {holder(lock_file)}): `make status` says where, "
                "`make down` stops it."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def holder(lock_file: Path) -> int | None:
    """The process that runs the platform, None if none does."""
    try:
        with lock_file.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError:
        text = lock_file.read_text().strip()
        return int(text) if text.isdecimal() else 0
    return None


def stop_holder(lock_file: Path) -> bool:
    """Ask the running platform to stop and wait until it has; False if none ran.

    Raises:
        PlatformFailure: it is still there after several minutes.
    """
    pid = holder(lock_file)
    if not pid:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while holder(lock_file) == pid:
        if time.monotonic() > deadline:
            raise PlatformFailure(
                f"Process {pid} does not stop; it may be saving much data. Look at it before you end it."
            )
        time.sleep(0.05)
    return True
