"""Where one local platform lives: its ports and its folders.

Two platforms run side by side when they differ in both `MACHI_PORT` and `MACHI_STATE_DIR`; the tests do that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.failure import PlatformFailure

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

EMULATOR_PYTHON = ROOT / ".local" / "emulator-venv" / "bin" / "python"
"""The emulator's own interpreter: it pins botocore and cannot share ours. One for all platforms here."""

DEFAULT_PORT = 8700
PORTS_USED = 5
_LOWEST, _HIGHEST = 1024, 65535 - PORTS_USED + 1


@dataclass(frozen=True, slots=True)
class Ports:
    """Five neighbouring ports from one base."""

    base: int

    @property
    def portal(self) -> int:
        """The citizens' portal."""
        return self.base

    @property
    def api(self) -> int:
        """The REST API under clean paths."""
        return self.base + 1

    @property
    def emulator(self) -> int:
        """The embedded AWS, and with it the hosted log-in page."""
        return self.base + 2

    @property
    def mail(self) -> int:
        """Mail that the platform sent."""
        return self.base + 3

    @property
    def simulators(self) -> int:
        """The providers of social IDs and デジタル認証アプリ, as played here."""
        return self.base + 4

    def named(self) -> dict[str, int]:
        """Every port with what it is for."""
        return {
            "portal": self.portal,
            "API": self.api,
            "embedded AWS": self.emulator,
            "mail": self.mail,
            "simulators": self.simulators,
        }


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """Settings of one local platform. Derived addresses and paths are properties, so they cannot disagree."""

    ports: Ports
    state_dir: Path

    @property
    def portal_url(self) -> str:
        """Where the citizen opens the portal."""
        return f"http://localhost:{self.ports.portal}"

    @property
    def api_url(self) -> str:
        """Where partners call the API."""
        return f"http://localhost:{self.ports.api}"

    @property
    def emulator_url(self) -> str:
        """The AWS endpoint, and the origin of the hosted log-in."""
        return f"http://localhost:{self.ports.emulator}"

    @property
    def mail_url(self) -> str:
        """Where sent mail can be read."""
        return f"http://localhost:{self.ports.mail}"

    @property
    def simulators_url(self) -> str:
        """Where other parties' services are played."""
        return f"http://localhost:{self.ports.simulators}"

    @property
    def outputs_file(self) -> Path:
        """What tests and scripts read."""
        return self.state_dir / "outputs.json"

    @property
    def keys_file(self) -> Path:
        """Credentials made up once for this platform; mode 600."""
        return self.state_dir / "keys.json"

    @property
    def assembly_dir(self) -> Path:
        """The synthesised cloud assembly of stage local."""
        return self.state_dir / "cdk.out"

    @property
    def portal_dir(self) -> Path:
        """The portal as built for this platform."""
        return self.state_dir / "portal"

    @property
    def emulator_dir(self) -> Path:
        """The embedded AWS's state, generation by generation (ADR 0021)."""
        return self.state_dir / "emulator"

    @property
    def log_dir(self) -> Path:
        """Logs of the emulator, of each function and of set-up."""
        return self.state_dir / "logs"

    @property
    def lock_file(self) -> Path:
        """Held, with the process id inside, while a platform runs."""
        return self.state_dir / "platform.lock"


def read_local_settings(environ: Mapping[str, str]) -> LocalSettings:
    """Settings from `MACHI_PORT` and `MACHI_STATE_DIR`, both optional.

    Raises:
        PlatformFailure: a value cannot be used; says which and why.
    """
    return LocalSettings(Ports(_port(environ.get("MACHI_PORT"))), _state_dir(environ.get("MACHI_STATE_DIR")))


def _port(raw: str | None) -> int:
    if not raw:
        return DEFAULT_PORT
    if not raw.isdecimal() or not _LOWEST <= int(raw) <= _HIGHEST:
        raise PlatformFailure(
            f"MACHI_PORT={raw} cannot be used: give a number from {_LOWEST} to {_HIGHEST} "
            f"(it and the next {PORTS_USED - 1} ports are taken)."
        )
    return int(raw)


def _state_dir(raw: str | None) -> Path:
    path = Path(raw) if raw else ROOT / ".local"
    path = path if path.is_absolute() else ROOT / path
    if path.exists() and not path.is_dir():
        raise PlatformFailure(f"MACHI_STATE_DIR={raw} cannot be used: it is a file, not a folder.")
    return path
