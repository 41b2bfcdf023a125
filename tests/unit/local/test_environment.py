"""What a newcomer reads when something is missing on the machine, and when nothing is installed again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import environment
from local.failure import PlatformFailure
from local.progress import Progress


def script(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("node", "npm", "missing"), [(None, "npm", "node"), ("node", None, "npm")])
def test_missing_node_or_npm_is_named_with_what_to_install(
    node: str | None, npm: str | None, missing: str
) -> None:
    with pytest.raises(PlatformFailure, match=f"{missing} is missing: install Node 20 or newer"):
        environment.check_node(node, npm)


def test_a_node_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    old = script(tmp_path, "node", "echo v18.19.1")

    with pytest.raises(PlatformFailure, match=r"Node 20 or newer is needed, this is v18\.19\.1"):
        environment.check_node(old, old)


def test_a_newer_node_is_welcome(tmp_path: Path) -> None:
    new = script(tmp_path, "node", "echo v24.1.0")

    environment.check_node(new, new)


@pytest.mark.parametrize(
    "output",
    [
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
        "error: Hash mismatch for `httpx==0.28.1`",
        "npm error code EINTEGRITY",
    ],
)
def test_a_broken_lock_is_told_from_a_missing_network(output: str) -> None:
    told = environment.explain(f"Collecting\n{output}\n", "requirements/dev.txt")

    assert "does not fit what was downloaded (hash mismatch)" in told
    assert "git checkout -- requirements/dev.txt" in told
    assert "\n" not in told


def test_any_other_failure_is_told_with_the_installers_last_words() -> None:
    told = environment.explain("Resolving\nerror: dns error\n", "requirements/dev.txt")

    assert told.startswith("requirements/dev.txt could not be installed: error: dns error.")


def test_a_python_that_is_too_old_is_told_in_one_line(tmp_path: Path) -> None:
    pretend = "import sys; sys.version_info = (3, 9, 2); import runpy; runpy.run_module('local.environment')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=environment.ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("error: Python 3.11 or newer is needed, this is 3.9")
    assert done.stderr.count("\n") == 1


class Checkout:
    """A checkout with locks, and installers that write down each call instead of fetching anything."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.calls = root / "calls"
        for name in ("bootstrap", "dev", "emulator"):
            (root / "requirements").mkdir(exist_ok=True)
            (root / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
        for name in ("package.json", "package-lock.json"):
            (root / name).write_text("{}")
        tools = root / "tools"
        tools.mkdir()
        script(tools, "node", "echo v20.0.0")
        script(tools, "npm", f"echo npm >> {self.calls}; mkdir -p node_modules")
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
        for name, path in {
            "ROOT": root,
            "VENV": root / ".venv",
            "EMULATOR_VENV": root / ".local" / "emulator-venv",
            "NODE_MODULES": root / "node_modules",
            "LOG": root / ".local" / "logs" / "environment.log",
            "LOCKS": root / "requirements",
        }.items():
            monkeypatch.setattr(environment, name, path)
        for venv in (root / ".venv", root / ".local" / "emulator-venv"):
            (venv / "bin").mkdir(parents=True)
            (venv / "bin" / "python").symlink_to(sys.executable)
        self.make_uv()

    def make_uv(self, failing_on: str = "never") -> None:
        make_venv = 'if [ "$1" = venv ]; then for folder; do :; done; mkdir -p "$folder/bin"; fi'
        fail = f'case "$*" in *{failing_on}*) exit 1;; esac'
        script(self.root / ".venv" / "bin", "uv", f'echo "uv $*" >> {self.calls}; {fail}; {make_venv}')

    def install(self) -> list[str]:
        """Install, and give what was called."""
        self.calls.write_text("")
        environment.install(Progress())
        return [line.split(" --")[0] for line in self.calls.read_text().splitlines()]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    return Checkout(tmp_path, monkeypatch)


def test_nothing_is_fetched_when_the_stamps_match_the_locks(checkout: Checkout) -> None:
    assert checkout.install() == ["uv pip sync", "uv pip sync", "npm"]
    assert checkout.install() == []


def test_only_what_a_changed_lock_asks_for_is_installed_again(checkout: Checkout) -> None:
    checkout.install()
    (checkout.root / "requirements" / "emulator.txt").write_text("emulator==2\n")

    assert checkout.install() == ["uv pip sync"]


def test_a_failed_installation_is_tried_again(checkout: Checkout) -> None:
    checkout.make_uv(failing_on="emulator.txt")
    with pytest.raises(PlatformFailure, match=r"requirements/emulator\.txt could not be installed"):
        checkout.install()

    checkout.make_uv()
    assert checkout.install() == ["uv venv", "uv pip sync", "npm"]


def test_an_interrupted_environment_is_made_anew(checkout: Checkout) -> None:
    checkout.install()
    leftover = checkout.root / ".local" / "emulator-venv" / "half-written"
    leftover.touch()
    (checkout.root / ".local" / "emulator-venv.unfinished").touch()
    (checkout.root / "requirements" / "emulator.txt").write_text("emulator==2\n")

    assert checkout.install() == ["uv venv", "uv pip sync"]
    assert not leftover.exists()
