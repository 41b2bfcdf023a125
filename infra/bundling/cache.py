"""Building each asset once: a directory named by what went into it."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_RECIPE = (*sorted(Path(__file__).parent.glob("*.py")), Path(__file__).with_name("compile_bytecode.mjs"))
_IGNORED = {"__pycache__"}
_KEPT_SECONDS = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asset:
    """A finished directory and the hash of its content."""

    path: Path
    content_hash: str


class AssetCache:
    """Finished assets under one folder, which may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str, inputs: str, build: Callable[[Path], None]) -> Asset:
        """The asset called `name` made from `inputs`; `build` fills an empty directory if it is missing."""
        key = hashlib.sha256(f"{name}\n{inputs}\n{_recipe()}".encode()).hexdigest()[:32]
        finished = self._folder / f"{name}-{key}"
        mark = finished.with_suffix(".sha256")
        if not mark.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                self._make(name, finished, mark, build)
        mark.touch()
        return Asset(finished, mark.read_text(encoding="ascii"))

    def _make(self, name: str, finished: Path, mark: Path, build: Callable[[Path], None]) -> None:
        if not mark.exists():  # else another process made it meanwhile
            unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder))
            try:
                build(unfinished)
                unfinished.chmod(0o755)
                shutil.rmtree(finished, ignore_errors=True)
                unfinished.rename(finished)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
            part = mark.with_suffix(f".{os.getpid()}")
            part.write_text(hash_of_tree(finished), encoding="ascii")
            part.replace(mark)
            self._forget_unused()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process builds at a time: tests and a developer's own synthesis share the folder."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _forget_unused(self) -> None:
        """Every change of a source leaves an asset behind; those that no synthesis asked for lately go."""
        for mark in self._folder.glob("*.sha256"):
            if time.time() - mark.stat().st_mtime > _KEPT_SECONDS:
                mark.unlink(missing_ok=True)
                shutil.rmtree(mark.with_suffix(""), ignore_errors=True)


def source_files(folder: Path) -> list[Path]:
    """Every file under a source folder but bytecode, sorted."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted(path for path in files if not _IGNORED & set(path.parts))


def hash_of_files(files: Iterable[Path], root: Path) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_of_tree(folder: Path) -> str:
    """One hash over everything in a folder, bytecode included."""
    return hash_of_files(sorted(path for path in folder.rglob("*") if path.is_file()), folder)


def copy_sources(source: Path, destination: Path) -> None:
    """Copy a source folder without bytecode."""
    for path in source_files(source):
        copied = destination / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)


def _recipe() -> str:
    """A changed build script makes every asset anew."""
    return hash_of_files(_RECIPE, Path(__file__).parent)
