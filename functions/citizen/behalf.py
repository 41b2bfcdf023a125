"""On whose behalf a citizen acts: the own, or that of a child, named in `Machi-On-Behalf-Of`."""

from dataclasses import dataclass

from starlette.requests import Request

from machi.consent.guardians import Guardians
from machi.consent.guardianship import Power
from machi.consent.record import Actor
from machi.core.errors import NotFound
from machi.core.ids import CitizenId
from machi.http.errors import Forbidden, InvalidRequest
from machi.http.principal import current_principal

HEADER = "machi-on-behalf-of"
"""Carries the id of a guardianship of the caller's own."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Whose data a request is about, and who decides."""

    subject: CitizenId
    actor: Actor

    @property
    def is_for_child(self) -> bool:
        """True if a guardian acts."""
        return self.actor.is_guardian


class Behalf:
    """Finds out whose data a request is about."""

    def __init__(self, guardians: Guardians | None = None) -> None:
        self._guardians = guardians

    def acting(self, request: Request, power: Power) -> Acting:
        """The citizen, or the child for whom the citizen may use the power at this moment.

        Raises:
            NotFound: the header names no guardianship that gives the caller this power now. Whether there is
                one that does not, or no longer, the answer does not tell.
        """
        caller = _caller(request)
        named = request.headers.getlist(HEADER)
        if not named:
            return Acting(caller, Actor(caller))
        if len(named) > 1:
            raise InvalidRequest("Machi-On-Behalf-Of names one guardianship")
        if self._guardians is None:
            raise NotFound("there is no such child to act for")
        child, actor = self._guardians.acting(caller, named[0], power)
        return Acting(child, actor)

    def looking(self, request: Request, power: Power) -> Acting:
        """As `acting`, to look at something: a guardian's look is in both histories before this returns.

        Raises:
            NotFound: as `acting`.
        """
        found = self.acting(request, power)
        if found.is_for_child and self._guardians is not None:
            self._guardians.note_look(found.actor.citizen, found.subject, power)
        return found


def _caller(request: Request) -> CitizenId:
    subject = current_principal(request).subject
    if subject is None:
        raise Forbidden("only a signed-in citizen has consents and a history")
    return subject
