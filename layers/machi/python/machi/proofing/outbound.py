"""What the relying party needs of HTTP; `machi.outbound.OutboundClient` has it."""

from collections.abc import Mapping
from typing import Protocol

from machi.outbound import Reply

__all__ = ["Outbound", "Reply"]


class Outbound(Protocol):
    """Calls to addresses of the configuration; never follows redirects."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Read a document.

        Raises:
            OSError: there is no usable answer.
        """

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        """Send a form.

        Raises:
            OSError: there is no usable answer.
        """
