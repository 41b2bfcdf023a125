"""`make lint` and `make test`: every gate and every kind of test, cheapest failures first."""

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local.failure import PlatformFailure
from local.settings import ROOT, LocalSettings, read_local_settings

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
"""The same engine as in Debian's `chromium`, without windows: a page costs it a third of the time."""
_BROWSER_PACKAGES = (CHROMIUM.name, "fonts-noto-cjk")

TEST_PORT, TEST_STATE = "8800", ".local/test"
"""The platform that tests run against stands beside a developer's own."""

_WITH_PLATFORM = ("security", "e2e", "integration")
"""Folders with tests that ask for the running platform, in the order in which these run, one after the other.
All other tests run side by side with these; which are which, `tests/conftest.py` sees by their fixtures."""

_SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")

_GIVING_WAY = ("nice", "-n", "10")
_SAYING_SECONDS = 10

_REPORTS = ROOT / ".local" / "test-reports"


@dataclass(frozen=True, slots=True)
class _Outcome:
    name: str
    passed: bool
    seconds: float


def lint(_settings: LocalSettings) -> int:
    """Style, types and import contracts; runs all of them and reports each."""
    return _summarise([_run(name, command) for name, command in _gates()], Counter())


def test(_settings: LocalSettings) -> int:
    """Everything. The platform for the tests is started here and stopped whatever happens.

    Tests against the platform wait for queues and sweeps most of the time. So they run beside all others,
    which give way to them: their limits of time are promises to citizens.
    """
    _have_browser()
    shutil.rmtree(_REPORTS, ignore_errors=True)
    outcomes = [_run(name, command) for name, command in _gates() if name != "mypy"]
    platform = {"MACHI_PORT": TEST_PORT, "MACHI_STATE_DIR": TEST_STATE}
    local = [sys.executable, "-m", "local"]
    _run("what an interrupted test left", [*local, "reset"], platform)
    try:
        started = _run("platform for the tests", [*local, "up"], platform)
        outcomes += [started, *_tests(platform if started.passed else None)]
    finally:
        outcomes.append(_run("platform stopped", [*local, "reset"], platform))
    return _summarise(outcomes, _counted())


def _tests(platform: Mapping[str, str] | None) -> list[_Outcome]:
    """The type checker and the tests, side by side."""
    beside = [_Beside("mypy", [*_GIVING_WAY, *dict(_gates())["mypy"]])]
    if platform is not None:
        outputs = read_local_settings(platform).outputs_file
        folders = [ROOT / "tests" / name for name in _WITH_PLATFORM]
        against = _pytest("platform", folders, "-m", "platform")
        environment = {**platform, "MACHI_TEST_OUTPUTS": str(outputs)}
        beside.append(_Beside("tests against the platform", against, environment))
    alone = [*_GIVING_WAY, *_pytest("alone", _folders(), "-m", "not platform", *_SIDE_BY_SIDE)]
    with ExitStack() as stack:
        running = [stack.enter_context(each) for each in beside]
        return [_run("tests alone", alone), *(each.outcome() for each in running)]


def _gates() -> list[tuple[str, list[str]]]:
    tools = Path(sys.executable).parent
    return [
        ("ruff check", [str(tools / "ruff"), "check", "."]),
        ("ruff format", [str(tools / "ruff"), "format", "--check", "."]),
        ("mypy", [str(tools / "mypy")]),
        ("import contracts", [str(tools / "lint-imports")]),
    ]


def _folders() -> list[Path]:
    folders = (path for path in (ROOT / "tests").iterdir() if path.is_dir())
    return sorted(path for path in folders if any(path.rglob("test_*.py")))


def _pytest(report: str, folders: Iterable[Path], *options: str) -> list[str]:
    present = [str(folder.relative_to(ROOT)) for folder in folders if folder.is_dir()]
    junit = f"--junit-xml={_REPORTS / report}.xml"
    return [sys.executable, "-m", "pytest", "-q", "--durations=5", junit, *options, *present]


def _run(name: str, command: list[str], environment: Mapping[str, str] | None = None) -> _Outcome:
    print(f"\n── {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=_environment(environment), check=False)
    return _Outcome(name, done.returncode == 0, time.monotonic() - began)


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    # lint-imports looks for the domain where it lies, in its layer.
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "machi" / "python")])
    return {**os.environ, "PYTHONPATH": paths, **(more or {})}


class _Beside:
    """A step that runs while others do, and is printed when they are done."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        self._name, self._command, self._environment = name, command, environment
        self._waiting = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        print(f"\n── {self._name}: begun, its output follows below", flush=True)
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=_environment(self._environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._ended = self._waiting.submit(self._wait)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()  # still runs only if what it ran beside was interrupted
        self._waiting.shutdown()

    def outcome(self) -> _Outcome:
        """Wait for its end, and print what it said."""
        while not wait([self._ended], timeout=_SAYING_SECONDS).done:
            print(f"  waiting for {self._name}  {time.monotonic() - self._began:.0f} s …", flush=True)
        output, seconds = self._ended.result()
        print(f"\n── {self._name}\n{output}", end="", flush=True)
        return _Outcome(self._name, self._process.returncode == 0, seconds)

    def _wait(self) -> tuple[str, float]:
        output, _ = self._process.communicate()
        return output, time.monotonic() - self._began


def _counted() -> Counter[tuple[str, str]]:
    """How many tests of each kind (folder) had each result, from what pytest reported."""
    counts: Counter[tuple[str, str]] = Counter()
    for report in _REPORTS.glob("*.xml"):
        for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - written by our own pytest
            kind = case.get("classname", "").split(".")[1:2] or ["unknown"]
            results = {child.tag for child in case}
            failed = results & {"failure", "error"}
            counts[kind[0], "failed" if failed else "skipped" if "skipped" in results else "passed"] += 1
    return counts


def _summarise(outcomes: list[_Outcome], counts: Counter[tuple[str, str]]) -> int:
    """Print what ran and how it ended; the exit code is 1 if anything failed."""
    print("\n── what ran")
    for outcome in outcomes:
        print(f"  {'passed' if outcome.passed else 'FAILED'}  {outcome.seconds:6.1f} s  {outcome.name}")
    for kind in sorted({kind for kind, _ in counts}):
        results = (f"{counts[kind, result]} {result}" for result in ("passed", "failed", "skipped"))
        print(f"  {kind:<12} {', '.join(results)}")
    failed_steps = sum(not outcome.passed for outcome in outcomes)
    passed = _total(counts, "passed") + len(outcomes) - failed_steps
    failed = _total(counts, "failed") + failed_steps
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _total(counts: Counter[tuple[str, str]], wanted: str) -> int:
    return sum(number for (_, result), number in counts.items() if result == wanted)


def _have_browser() -> None:
    """See that the browser tests have a browser with Japanese letters; root installs it.

    Raises:
        PlatformFailure: it is missing and cannot be installed from here.
    """
    if CHROMIUM.exists():
        return
    packages = " ".join(_BROWSER_PACKAGES)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise PlatformFailure(f"The browser tests need Chromium: run `sudo apt-get install -y {packages}`.")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run("package lists", ["apt-get", "update", "-q"], quiet)
    if not _run("Chromium", ["apt-get", "install", "-y", "-q", *_BROWSER_PACKAGES], quiet).passed:
        raise PlatformFailure(f"Chromium cannot be installed; see above, or `apt-get install -y {packages}`.")
