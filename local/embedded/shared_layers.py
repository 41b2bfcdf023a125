"""Layers unpacked once and shared by all function processes, as `/opt` is on AWS.

MiniStack unpacks every layer anew for every process: a hundred megabytes and a second or two for the broker.
"""

import hashlib
import os
import shutil
import tempfile
import types
import zipfile
from pathlib import Path

from ministack.core import lambda_runtime

_WORTH_SHARING = 1_000_000
"""Bytes packed; smaller archives, the functions themselves, are unpacked as ever."""


_KEPT = 8
"""Unpacked layers kept over restarts, the ones used last."""


def install(folder: Path) -> None:
    """Let MiniStack's function processes unpack through `SharedZip`."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(old)

    class Shared(SharedZip):
        shared = folder

    names = {name: getattr(zipfile, name) for name in ("BadZipFile", "LargeZipFile")}
    # MiniStack catches `zipfile.LargeFileError`, which does not exist; naming it keeps its error path alive.
    lambda_runtime.zipfile = types.SimpleNamespace(
        ZipFile=Shared, LargeFileError=zipfile.LargeZipFile, **names
    )


class SharedZip(zipfile.ZipFile):
    """Unpacks an archive into a folder named by its content, and puts a link to it where it was asked for."""

    shared: Path

    def extractall(self, path: object = None, members: object = None, pwd: bytes | None = None) -> None:
        """Unpack all members; `path` becomes a link if the archive is worth sharing."""
        archive = self.filename
        if archive is None or members is not None or Path(archive).stat().st_size < _WORTH_SHARING:
            super().extractall(path, members, pwd)  # type: ignore[arg-type]
            return
        target = Path(str(path))
        target.rmdir()
        target.symlink_to(self._unpacked(Path(archive)))

    def _unpacked(self, archive: Path) -> Path:
        with archive.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        unpacked = self.shared / digest
        if unpacked.exists():
            os.utime(unpacked)
        else:
            fresh = Path(tempfile.mkdtemp(dir=self.shared))
            super().extractall(fresh)
            try:
                fresh.rename(unpacked)
            except OSError:  # another process was first
                if not unpacked.exists():
                    raise
                shutil.rmtree(fresh)
        return unpacked
