"""A short name for the content of files, so that work whose inputs did not change is left out."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_NOT_SOURCE = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules"}


def fingerprint(paths: Iterable[Path], *more: object) -> str:
    """A digest over the files' names and contents (folders with all below them) and over any further values.

    A path that does not exist counts as empty, so that its appearing changes the digest.
    """
    digest = hashlib.sha256(json.dumps(more, sort_keys=True, default=str).encode())
    for path in paths:
        for file in sorted(_files(path)):
            digest.update(str(file).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in _NOT_SOURCE]
        yield from (Path(folder) / name for name in names if not name.endswith(".pyc"))
