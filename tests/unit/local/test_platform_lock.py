"""One platform a state folder, and none left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.failure import PlatformFailure
from local.platform_lock import held, holder, stop_holder

HOLD = """
import signal, sys, time
from pathlib import Path
from local.platform_lock import held
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "state" / "platform.lock"


def another_process(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_nobody_holds_a_platform_that_was_never_started(lock: Path) -> None:
    assert holder(lock) is None
    assert stop_holder(lock) is False


def test_the_holder_is_known_by_its_process(lock: Path) -> None:
    with held(lock):
        pass
    assert holder(lock) is None

    process = another_process(lock)
    try:
        assert holder(lock) == process.pid
        with pytest.raises(PlatformFailure, match=rf"already runs \(process {process.pid}\)"), held(lock):
            pass
    finally:
        process.kill()
        process.communicate()


def test_a_holder_that_was_killed_holds_no_longer(lock: Path) -> None:
    process = another_process(lock)
    process.kill()
    process.communicate()

    with held(lock):
        assert lock.read_text() == str(os.getpid())


def test_stopping_waits_until_the_holder_has_let_go(lock: Path) -> None:
    process = another_process(lock)

    assert stop_holder(lock) is True
    assert process.wait(10) == 0
    assert holder(lock) is None
    process.communicate()
