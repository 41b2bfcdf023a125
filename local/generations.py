"""The embedded AWS's state on disk, of which only whole generations are ever loaded (ADR 0021).

MiniStack writes most of its state when it stops and its S3 objects at once. A process that is killed
therefore leaves a mixture. So a run works on its own copy (`live`); only a copy that was completed by a clean
stop or a checkpoint becomes the one (`saved`) that the next run starts from.
"""

import os
import shutil
from enum import StrEnum
from pathlib import Path

COMPLETE_MARKER = "complete"
"""Written by the emulator after the last file of a state; see `local.embedded.internals`."""


class Beginning(StrEnum):
    """What a run starts from."""

    NOTHING = "nothing"
    SAVED = "saved"
    """The state at the last clean stop."""
    FALLEN_BACK = "fallen back"
    """The state at the last checkpoint or clean stop, because the last run did not end cleanly."""
    LOST = "lost"
    """The last run did not end cleanly and nothing had been saved before."""


class Generations:
    """The folders below one emulator folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def live(self) -> Path:
        """The generation of the running emulator."""
        return self._folder / "live"

    @property
    def _saved(self) -> Path:
        return self._folder / "saved"

    @property
    def _previous(self) -> Path:
        return self._folder / "previous"

    def begin(self) -> Beginning:
        """Make `live` ready for a run: from the newest whole generation, or empty."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._recover_swap()
        unclean = self.live.exists() and not self.promote()
        shutil.rmtree(self.live, ignore_errors=True)
        if self._saved.exists():
            _link_tree(self._saved, self.live)
            (self.live / COMPLETE_MARKER).unlink(missing_ok=True)
            return Beginning.FALLEN_BACK if unclean else Beginning.SAVED
        self.live.mkdir()
        return Beginning.LOST if unclean else Beginning.NOTHING

    def promote(self) -> bool:
        """Keep `live` as the newest whole generation, if it is whole; says whether it was."""
        if not (self.live / COMPLETE_MARKER).exists():
            return False
        self._swap_in(self.live)
        return True

    def keep_copy(self) -> None:
        """Keep a copy of `live` while its run goes on. Call when the emulator has just written its state.

        Raises:
            FileNotFoundError: the state is not whole.
        """
        (self.live / COMPLETE_MARKER).stat()
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        _link_tree(self.live, copy)
        # From here on the run changes its state again.
        (self.live / COMPLETE_MARKER).unlink()
        self._swap_in(copy)

    def abandon(self) -> None:
        """Give up a `live` in which nothing has happened yet."""
        shutil.rmtree(self.live, ignore_errors=True)

    def forget(self) -> None:
        """Remove every generation."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _swap_in(self, whole: Path) -> None:
        shutil.rmtree(self._previous, ignore_errors=True)
        if self._saved.exists():
            self._saved.rename(self._previous)
        whole.rename(self._saved)
        shutil.rmtree(self._previous, ignore_errors=True)

    def _recover_swap(self) -> None:
        """Finish or undo a swap that was interrupted between its two renames."""
        if self._previous.exists() and not self._saved.exists():
            self._previous.rename(self._saved)
        shutil.rmtree(self._previous, ignore_errors=True)
        shutil.rmtree(self._folder / "copy", ignore_errors=True)


def _link_tree(source: Path, target: Path) -> None:
    """Copy by hard links: the emulator replaces files and never writes into one that exists."""
    shutil.copytree(source, target, copy_function=os.link, symlinks=True)
