"""What the relying party needs of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, within the limits of whoever fetched it."""

    status: int
    body: bytes


class Outbound(Protocol):
    """Calls to addresses of the configuration; never follows redirects."""

    def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        """Read a document.

        Raises:
            OSError: unreachable, too slow, too large, or at an address that may not be called.
        """

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        """Send a form.

        Raises:
            OSError: as `get`.
        """
