"""What has to be known of a citizen's account before anything about the citizen is given away."""

from dataclasses import dataclass
from typing import Protocol

from machi.core.ids import CitizenId
from machi.identity.assurance import Assurance


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands, for whoever hands something over."""

    is_closing: bool = False
    """The citizen has given notice, or the account is being removed: partners get nothing more."""
    assurance: Assurance | None = None
    """As it was proved; ask it whether it still holds for the profile."""


class Standings(Protocol):
    """Where accounts stand."""

    def standing_of(self, citizen: CitizenId) -> Standing:
        """Now, strongly consistent. Somebody without a finished account is in good standing."""
