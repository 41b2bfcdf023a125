"""What is wrong with something a citizen sent about the account, member by member."""

from dataclasses import dataclass

from machi.core.errors import MachiError


@dataclass(frozen=True, slots=True)
class Faulty:
    """One fault and the member it is in; never the value."""

    member: str | None
    """Name of the member in JSON; None if the fault is in the whole."""
    code: str


class FormInvalid(MachiError):
    """Something cannot be accepted; `faults` has all that is known to be wrong."""

    def __init__(self, *faults: Faulty) -> None:
        super().__init__("the request has values that cannot be accepted")
        self.faults = faults


def fault(member: str | None, code: str) -> FormInvalid:
    """The exception for one fault."""
    return FormInvalid(Faulty(member, code))
