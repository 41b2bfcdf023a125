"""The emulator's state as files: quick to write, loud when it cannot be written.

MiniStack encodes every service's state with the slow encoder, layers as a hundred megabytes of base64, and
turns a failure into a log line. Here large byte strings lie in files named by their content, and a failure is
an exception.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from ministack.core import persistence

_LARGE = 65_536
"""Bytes from which on a string gets a file of its own."""

_BLOB = "__machi_blob__"


def install() -> None:
    """Let MiniStack read what `write` wrote."""
    original = persistence._json_object_hook  # noqa: SLF001 - no public way

    def read(document: dict[str, object]) -> object:
        if _BLOB in document:
            return (_blobs(Path(persistence.STATE_DIR)) / str(document[_BLOB])).read_bytes()
        return original(document)

    persistence._json_object_hook = read  # noqa: SLF001


def write(folder: Path, services: dict[str, Callable[[], object]]) -> None:
    """Write the state of every service, and remove what no state refers to any more.

    Raises:
        OSError, TypeError: a state cannot be written or encoded.
    """
    _blobs(folder).mkdir(parents=True, exist_ok=True)
    used: set[str] = set()
    for service, get_state in services.items():
        state = get_state()
        if state is not None:
            document = {
                "__ministack_format__": persistence._state_format_version(service),  # noqa: SLF001
                "payload": state,
            }
            text = json.dumps(document, default=lambda value: _encode(value, folder, used))
            _replace(folder / f"{service}.json", text.encode())
    for path in _blobs(folder).iterdir():
        if path.name not in used:
            path.unlink()


def _encode(value: object, folder: Path, used: set[str]) -> object:
    if isinstance(value, bytes | bytearray):
        if len(value) < _LARGE:
            return {"__bytes__": base64.b64encode(value).decode()}
        name = hashlib.sha256(value).hexdigest()
        used.add(name)
        if not (_blobs(folder) / name).exists():
            _replace(_blobs(folder) / name, bytes(value))
        return {_BLOB: name}
    return persistence._json_default(value)  # noqa: SLF001


def _blobs(folder: Path) -> Path:
    return folder / "blobs"


def _replace(path: Path, content: bytes) -> None:
    """Never write into a file that exists: generations share files."""
    fresh = path.with_name(path.name + ".fresh")
    fresh.write_bytes(content)
    fresh.replace(path)
