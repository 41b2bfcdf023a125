"""Where in a document is the fault? Told by position and words of the specification, not of the client."""

from typing import NoReturn

from machi.ngsild.errors import BadRequestData


class Place:
    """The way from the document to what is being read; the first fault ends the reading."""

    __slots__ = ("_steps",)

    def __init__(self) -> None:
        self._steps: list[str] = []

    def enter(self, what: str, position: int) -> None:
        """Go into a part, counted from 1."""
        self._steps.append(f"{what} {position}")

    def leave(self) -> None:
        """Come back out of it."""
        self._steps.pop()

    def fail(self, reason: str) -> NoReturn:
        """End the reading.

        Raises:
            BadRequestData: always, with the place and the reason.
        """
        raise BadRequestData(": ".join([", ".join(self._steps), reason] if self._steps else [reason]))
