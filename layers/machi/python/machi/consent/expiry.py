"""Consents that run out: the citizen is reminded in time, and the end is noted in the history."""

from collections.abc import Callable

from machi.consent.consents import Consents
from machi.consent.record import ConsentState
from machi.consent.repositories import ConsentRepository
from machi.core.clock import Clock, to_iso
from machi.core.ids import ApplicationId, CitizenId, ConsentId

Tell = Callable[[ConsentId, CitizenId, ApplicationId, str], object]
"""Reminds of a consent that ends then (ISO 8601); repeatable."""


class Expiry:
    """What the sweep does with consents whose time has come."""

    def __init__(self, kept: ConsentRepository, consents: Consents, tell: Tell, *, clock: Clock) -> None:
        self._kept, self._consents, self._tell, self._clock = kept, consents, tell, clock

    def remind(self, consent: ConsentId, subject: CitizenId, application: ApplicationId) -> bool:
        """Remind of one consent, if it is still the present one and given."""
        stored = self._kept.find(subject, application)
        if stored is None or stored.consent.id != consent or stored.consent.valid is None:
            return False
        if not stored.consent.is_open(self._clock()):
            return False
        self._tell(consent, subject, application, to_iso(stored.consent.valid.end))
        return True

    def end(self, consent: ConsentId, subject: CitizenId, application: ApplicationId) -> bool:
        """Note the end of one consent, if nothing else has ended it.

        Raises:
            Conflict: it is being changed elsewhere, and comes again with the next sweep.
        """
        stored = self._kept.find(subject, application)
        if stored is None or stored.consent.id != consent or stored.consent.state is not ConsentState.GIVEN:
            return False
        return self._consents.expire_one(subject, application) is not None
