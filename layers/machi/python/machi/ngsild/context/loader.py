"""What the broker needs of whatever downloads @contexts; `download` is the one that does."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Download:
    """A document as it came."""

    text: str
    fresh_for: int | None
    """Seconds for which the origin allows to keep it; None if it says nothing."""


class ContextLoader(Protocol):
    """Downloads documents from URLs that clients name, so it must trust none of them."""

    def fetch(self, url: str, seconds: float) -> Download:
        """Download one document within a number of seconds.

        Raises:
            BadRequestData: the URL is of a kind that is never fetched.
            LdContextNotAvailable: it cannot be had, in time or at all.
        """
