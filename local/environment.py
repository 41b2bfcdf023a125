"""Everything a fresh checkout needs, installed by the machine's own Python before any package is there.

Standard library only, and written so that an old Python can read it far enough to say that it is too old.
What is installed is exactly what the locks say; nothing is fetched when the stamps beside the packages match.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python gets to see
    sys.exit(
        "error: Python 3.11 or newer is needed, this is {}.{}: install it, or name one with "
        "`make run PYTHON=python3.11`.".format(*sys.version_info[:2])
    )

from local.failure import PlatformFailure
from local.progress import Progress

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
EMULATOR_VENV = ROOT / ".local" / "emulator-venv"
NODE_MODULES = ROOT / "node_modules"
LOG = ROOT / ".local" / "logs" / "environment.log"
LOCKS = ROOT / "requirements"
OLDEST_NODE = 20

_STAMP = "installed-from.sha256"
_BROKEN_LOCK = ("HASHES", "hash mismatch", "Hash mismatch", "EINTEGRITY", "--require-hashes")


def main() -> int:
    """Bring the environment to what the locks say; 1 after one line that says what is missing."""
    try:
        install(Progress())
    except PlatformFailure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # what is half installed is made anew the next time
    return 0


def install(progress: Progress) -> None:
    """Install what the stamps say is missing or old.

    Raises:
        PlatformFailure: something only a person can mend.
    """
    check_node(shutil.which("node"), shutil.which("npm"))
    _install_python(progress, VENV, "requirements/dev.txt", _make_own_venv)
    _install_python(progress, EMULATOR_VENV, "requirements/emulator.txt", _make_emulator_venv)
    _install_node_modules(progress)


def check_node(node: str | None, npm: str | None) -> None:
    """Node runs the CDK; npm brings the portal's libraries.

    Raises:
        PlatformFailure: one is missing or too old.
    """
    for name, found in (("node", node), ("npm", npm)):
        if found is None:
            raise PlatformFailure(
                f"{name} is missing: install Node {OLDEST_NODE} or newer (Debian: nodejs and npm)."
            )
    version = subprocess.run(
        [str(node), "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    major = version.removeprefix("v").split(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_NODE:
        raise PlatformFailure(f"Node {OLDEST_NODE} or newer is needed, this is {version or 'unreadable'}.")


def _install_python(progress: Progress, venv: Path, lock: str, make: object) -> None:
    wanted = _digest(ROOT / lock, LOCKS / "bootstrap.txt", sys.version, str(venv))
    stamp = venv / _STAMP
    if stamp.is_file() and stamp.read_text() == wanted and (venv / "bin" / "python").exists():
        return
    with progress.step(f"Installing {lock}"), _Unfinished(venv):
        if not _works(venv):
            shutil.rmtree(venv, ignore_errors=True)
            make(venv)  # type: ignore[operator]
        stamp.unlink(missing_ok=True)
        _run(
            [
                _uv(),
                *("pip", "sync", "--compile-bytecode", "--require-hashes"),
                *("--python", venv / "bin" / "python", ROOT / lock),
            ],
            lock,
        )
        stamp.write_text(wanted)


def _make_own_venv(venv: Path) -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian ships venv without it
        import venv as _  # noqa: F401, PLC0415
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise PlatformFailure(
            f"Python's venv module is missing: install {package} (Debian: apt install {package})."
        ) from None
    _run([sys.executable, "-m", "venv", venv], "the virtual environment")
    lock = LOCKS / "bootstrap.txt"
    _run(
        [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock],
        "requirements/bootstrap.txt",
    )


def _make_emulator_venv(venv: Path) -> None:
    _run([_uv(), "venv", "--quiet", "--python", sys.executable, venv], "the emulator's environment")


def _uv() -> Path:
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        raise PlatformFailure("uv is missing from .venv: remove the folder .venv and run the command again.")
    return uv


def _install_node_modules(progress: Progress) -> None:
    wanted = _digest(ROOT / "package.json", ROOT / "package-lock.json")
    stamp = NODE_MODULES / _STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    # npm ci begins by removing the folder, so what an interrupted run left behind goes with it.
    with progress.step("Installing package-lock.json"):
        _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], "package-lock.json")
        stamp.write_text(wanted)


class _Unfinished:
    """Marks an environment that is being changed; one found marked was interrupted and is made anew."""

    def __init__(self, venv: Path) -> None:
        self._venv = venv
        self._mark = venv.with_name(venv.name + ".unfinished")

    def __enter__(self) -> None:
        if self._mark.exists():
            shutil.rmtree(self._venv, ignore_errors=True)
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        self._mark.touch()

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None:
            self._mark.unlink()


def _works(venv: Path) -> bool:
    """True if its interpreter starts, is of this version and, for our own, has uv."""
    python = venv / "bin" / "python"
    if not python.exists() or (venv == VENV and not (venv / "bin" / "uv").exists()):
        return False
    tell = f"import sys; print(sys.version_info[:2] == {sys.version_info[:2]})"
    return (
        subprocess.run([python, "-c", tell], capture_output=True, text=True, check=False).stdout.strip()
        == "True"
    )


def _run(command: list[str | Path], what: str) -> None:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    # An active virtual environment of the caller must not decide where things go.
    environment = {
        name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(str(part) for part in command)}\n{done.stdout}\n")
    if done.returncode:
        raise PlatformFailure(explain(done.stdout, what))


def explain(output: str, what: str) -> str:
    """One line from an installer's output: a broken lock, or its last words."""
    if any(word in output for word in _BROKEN_LOCK):
        return (
            f"The lock {what} does not fit what was downloaded (hash mismatch); nothing was installed. "
            f"Restore it with `git checkout -- {what}`, or lock anew. Details: {LOG}"
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "no message"
    return f"{what} could not be installed: {last}. Is the network there? Details: {LOG}"


def _digest(*parts: Path | str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
