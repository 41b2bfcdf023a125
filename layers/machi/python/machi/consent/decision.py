"""The one policy decision point: may this leave, and under what? (design rules 3 and 4)

Every way out asks here: sign-in claims, userinfo, the broker, exports. It never guesses: whatever is
missing, over, unknown or unreadable means no, and the reason says so without telling about the citizen.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from machi.applications import ApplicationState
from machi.consent.agreement import Agreement, AgreementState
from machi.consent.record import Act, Consent, ConsentState, ReleaseRequest
from machi.core.ids import ConsentId, DataItem


class Reason(StrEnum):
    """Why nothing, or not everything, may leave."""

    COVERED = "covered"
    APPLICATION_STOPPED = "application-stopped"
    """Unknown, suspended or retired."""
    NO_AGREEMENT = "no-agreement"
    """Nothing approved that the application could ask for."""
    NO_CONSENT = "no-consent"
    """Never decided, denied or withdrawn; not told apart, so that an answer tells nothing."""
    EXPIRED = "expired"
    OTHER_PURPOSE = "other-purpose"
    NEWER_AGREEMENT = "newer-agreement"
    """The application now asks for more than was agreed to."""
    NOT_AGREED = "not-agreed"
    """Some requested items were not agreed to."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What may leave. `items` is empty unless there is a consent to name."""

    items: frozenset[DataItem]
    reason: Reason
    consent: ConsentId | None = None

    @property
    def is_complete(self) -> bool:
        """True if everything asked for may leave."""
        return self.reason is Reason.COVERED


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision rests on, as read from storage; None for what is not there."""

    application: ApplicationState | None
    agreed: Agreement | None
    """The revision the consent was given to."""
    current: Agreement | None
    """The newest approved revision."""
    consent: Consent | None


def decide(request: ReleaseRequest, grounds: Grounds, at: datetime) -> Decision:
    """Which of the requested items may go to the requester at that time.

    A consent covers item by item: what was agreed to may leave even if more is asked for, and never
    more than the present agreement asks for.
    """
    reason = _refusal(request, grounds, at)
    if reason is not None:
        return Decision(frozenset(), reason)
    consent, current = grounds.consent, grounds.current
    if consent is None or current is None:  # `_refusal` has seen to it; here for the type checker
        return Decision(frozenset(), Reason.NO_CONSENT)
    allowed = current.provides if request.act is Act.RECORD else current.all_items
    items = request.items & consent.items & allowed
    if not items:
        return Decision(frozenset(), Reason.NOT_AGREED)
    return Decision(items, Reason.COVERED if items == request.items else Reason.NOT_AGREED, consent.id)


def _refusal(request: ReleaseRequest, grounds: Grounds, at: datetime) -> Reason | None:
    return _refusal_of_application(request, grounds) or _refusal_of_consent(request, grounds, at)


def _refusal_of_application(request: ReleaseRequest, grounds: Grounds) -> Reason | None:
    current = grounds.current
    if grounds.application is None or not grounds.application.may_call:
        return Reason.APPLICATION_STOPPED
    if current is None or current.state is not AgreementState.APPROVED:
        return Reason.NO_AGREEMENT
    if current.application != request.application or current.purpose != request.purpose:
        return Reason.OTHER_PURPOSE
    return None


def _refusal_of_consent(request: ReleaseRequest, grounds: Grounds, at: datetime) -> Reason | None:
    consent, agreed, current = grounds.consent, grounds.agreed, grounds.current
    if consent is None or consent.subject != request.subject or consent.application != request.application:
        return Reason.NO_CONSENT
    if consent.state is ConsentState.EXPIRED:
        return Reason.EXPIRED
    if consent.state is not ConsentState.GIVEN:
        return Reason.NO_CONSENT
    if not consent.is_open(at):
        return Reason.EXPIRED
    if agreed is None or agreed.revision != consent.revision:
        return Reason.NEWER_AGREEMENT
    return Reason.NEWER_AGREEMENT if current is None or current.asks_for_more_than(agreed) else None
