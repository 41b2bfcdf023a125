"""A citizen's services at one moment: consents, when each was last used, and what is left to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from machi.consent.agreement import Agreement
from machi.consent.record import Consent, ConsentState
from machi.consent.repositories import StoredConsent
from machi.core.ids import ApplicationId, CitizenId


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that is kept of a citizen's consents."""

    stored: Sequence[StoredConsent]
    last_used: Mapping[ApplicationId, datetime]
    """When an application last received or recorded something; nothing for one that never did."""

    def consent_for(self, application: ApplicationId) -> Consent | None:
        """The present record for one application."""
        found = (each.consent for each in self.stored if each.consent.application == application)
        return next(found, None)


class Overviews(Protocol):
    """Where overviews come from."""

    def overview_of(self, subject: CitizenId) -> Overview:
        """Now, strongly consistent, in one query."""


class Urgency(IntEnum):
    """In which order services are listed: first what waits for the citizen."""

    TO_DECIDE = 0
    """The service has asked and got no answer."""
    TO_RENEW = 1
    """The service asks for more than was agreed to, or in another way."""
    OPEN = 2
    OVER = 3


def urgency_of(
    consent: Consent, agreed: Agreement | None, current: Agreement | None, at: datetime
) -> Urgency:
    """Where a service belongs in the list.

    Args:
        consent: the present record.
        agreed: the revision it was given to, if that is kept.
        current: what the service asks for now; None if it asks for nothing any more.
        at: the moment of the look.
    """
    if consent.state is ConsentState.REQUESTED and current is not None:
        return Urgency.TO_DECIDE
    if not consent.is_open(at):
        return Urgency.OVER
    if current is not None and agreed is not None and current.asks_for_more_than(agreed):
        return Urgency.TO_RENEW
    return Urgency.OPEN
