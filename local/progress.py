"""How a person sees what is going on: one line a step, with its seconds, also while a long one runs."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_FIRST_BEAT_SECONDS, _BEAT_SECONDS = 2.0, 10.0


class Progress:
    """Prints steps as they begin and end.

    On a terminal the seconds count on in place; in a log a longer step says now and then what it does.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._terminal = self._out.isatty()
        self._began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator["Step"]:
        """Run one step; what it notes stands behind its name."""
        step = Step(name)
        ended = threading.Event()
        beat = threading.Thread(target=self._beat, args=(step, ended), daemon=True)
        beat.start()
        try:
            yield step
        except BaseException:
            ended.set()
            beat.join()
            self._write(step, "failed\n")
            raise
        ended.set()
        beat.join()
        self._write(step, f"{step.seconds:.1f} s\n")

    def say(self, text: str) -> None:
        """Print one line between steps."""
        print(text, file=self._out, flush=True)

    def total(self) -> float:
        """Seconds since this progress began."""
        return time.monotonic() - self._began

    def _beat(self, step: "Step", ended: threading.Event) -> None:
        if self._terminal:
            self._write(step, "…")
        pause = 1.0 if self._terminal else _FIRST_BEAT_SECONDS
        while not ended.wait(pause):
            self._write(step, f"{step.seconds:.0f} s …" if self._terminal else f"{step.seconds:.0f} s …\n")
            pause = 1.0 if self._terminal else _BEAT_SECONDS

    def _write(self, step: "Step", state: str) -> None:
        line = f"  {step.name}{': ' + step.noted if step.noted else ''}  {state}"
        self._out.write(f"\r\033[K{line}" if self._terminal else line)
        self._out.flush()


class Step:
    """One step under way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.noted = ""
        self._began = time.monotonic()

    def note(self, text: str) -> None:
        """Say what exactly is being done, or was."""
        self.noted = text

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began
