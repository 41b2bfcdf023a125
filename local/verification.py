"""`make lint` and `make test`: every gate and every kind of test, cheapest failures first."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.failure import PlatformFailure
from local.settings import ROOT, LocalSettings, read_local_settings

CHROMIUM = Path("/usr/bin/chromium")
_BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")

TEST_PORT, TEST_STATE = "8800", ".local/test"
"""The platform that tests run against stands beside a developer's own."""

_ALONE = ("tests/unit", "tests/storage", "tests/infra")
_WITH_PLATFORM = ("tests/security", "tests/e2e", "tests/integration")


@dataclass(frozen=True, slots=True)
class _Outcome:
    name: str
    passed: bool
    seconds: float


def lint(_settings: LocalSettings) -> int:
    """Style, types and import contracts; runs all of them and reports each."""
    return _report([_run(name, command) for name, command in _gates()])


def test(_settings: LocalSettings) -> int:
    """Everything. The platform for the later tests is started here and stopped whatever happens."""
    _have_browser()
    outcomes = [_run(name, command) for name, command in _gates()]
    outcomes.append(_run("tests alone", _pytest(_ALONE, "-n", "2")))
    platform = {"MACHI_PORT": TEST_PORT, "MACHI_STATE_DIR": TEST_STATE}
    settings = read_local_settings(platform)
    local = [sys.executable, "-m", "local"]
    started = _run("platform for the tests", [*local, "up"], platform)
    outcomes.append(started)
    try:
        if started.passed:
            environment = {**platform, "MACHI_TEST_OUTPUTS": str(settings.outputs_file)}
            outcomes.append(_run("tests against the platform", _pytest(_WITH_PLATFORM), environment))
    finally:
        outcomes.append(_run("platform stopped", [*local, "reset"], platform))
    return _report(outcomes)


def _gates() -> list[tuple[str, list[str]]]:
    tools = Path(sys.executable).parent
    return [
        ("ruff check", [str(tools / "ruff"), "check", "."]),
        ("ruff format", [str(tools / "ruff"), "format", "--check", "."]),
        ("mypy", [str(tools / "mypy")]),
        ("import contracts", [str(tools / "lint-imports")]),
    ]


def _pytest(folders: tuple[str, ...], *options: str) -> list[str]:
    present = [folder for folder in folders if (ROOT / folder).is_dir()]
    return [sys.executable, "-m", "pytest", "-q", "--durations=5", *options, *present]


def _run(name: str, command: list[str], environment: Mapping[str, str] | None = None) -> _Outcome:
    print(f"\n── {name}", flush=True)
    began = time.monotonic()
    # lint-imports looks for the domain where it lies, in its layer.
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "machi" / "python")])
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths, **(environment or {})}, check=False
    )
    return _Outcome(name, done.returncode == 0, time.monotonic() - began)


def _report(outcomes: list[_Outcome]) -> int:
    failed = [outcome for outcome in outcomes if not outcome.passed]
    print("\n── what ran")
    for outcome in outcomes:
        print(f"  {'passed' if outcome.passed else 'FAILED'}  {outcome.seconds:6.1f} s  {outcome.name}")
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _have_browser() -> None:
    """See that the browser tests have a browser with Japanese letters; root installs it.

    Raises:
        PlatformFailure: it is missing and cannot be installed from here.
    """
    if CHROMIUM.exists():
        return
    packages = " ".join(_BROWSER_PACKAGES)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise PlatformFailure(
            f"The browser tests need Chromium: install it with `sudo apt-get install -y {packages}`."
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run("package lists", ["apt-get", "update", "-q"], quiet)
    if not _run("Chromium", ["apt-get", "install", "-y", "-q", *_BROWSER_PACKAGES], quiet).passed:
        raise PlatformFailure(
            f"Chromium cannot be installed: see above, then `apt-get install -y {packages}`."
        )
