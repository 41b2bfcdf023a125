"""What the audit needs of its storage; `machi.storage` implements it, tests may use memory."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from machi.consent.disclosure import ChainHead, Disclosure
from machi.core.errors import Conflict
from machi.core.ids import CitizenId


class AnchorExists(Conflict):
    """That day is anchored already."""


class ChainRepository(Protocol):
    """The chains of disclosure records, and which of them grew."""

    def grown_on(self, day: date) -> Iterable[CitizenId]:
        """Whose chain grew on a day (UTC), in no order."""

    def head_of(self, subject: CitizenId) -> ChainHead:
        """Where a citizen's chain stands, strongly consistent."""

    def chain_of(self, subject: CitizenId) -> tuple[Sequence[Disclosure], ChainHead]:
        """A citizen's whole chain, in order, with its head."""


class AnchorStore(Protocol):
    """Sealed anchors, kept where they cannot be changed or removed before their time."""

    def days(self) -> Sequence[date]:
        """Days that are anchored, oldest first."""

    def read(self, day: date) -> bytes:
        """The sealed anchor of a day.

        Raises:
            NotFound: there is none.
        """

    def keep(self, day: date, sealed: bytes) -> None:
        """Keep the sealed anchor of a day.

        Raises:
            AnchorExists: the day has one.
        """
