"""Guardians: who may act for a child, for what, until when, and who can end it.

Civil Code, articles 818 and 824 (parents), 838 (guardians). A guardianship counts only after staff have seen
the evidence; it ends by itself on the day the child reaches the age at which the city hands over.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from machi.core.errors import MachiError
from machi.core.ids import CitizenId, new_id

_JAPAN = timezone(timedelta(hours=9))
_EXPECTED_WITHIN = timedelta(days=14)
MAX_GUARDIANS = 4
"""Of one child; more is not a family but a mistake."""


class GuardianshipRefused(MachiError):
    """The step is not possible for this person or in this state."""


class GuardianshipState(StrEnum):
    """Where a guardianship stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class EndedBy(StrEnum):
    """Why it ended."""

    GUARDIAN = "guardian"
    CHILD = "child"
    STAFF = "staff"
    AGE = "age"
    EXPIRY = "expiry"


class GuardianshipChange(StrEnum):
    """What either side finds in its history."""

    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"
    PROTECTED = "protected"
    """In the child's history only."""
    ACTED = "acted"
    """The guardian decided something for the child; what, stands in the child's history."""
    LOOKED = "looked"
    """The guardian looked at the child's consents or history; noted once an hour."""


class Evidence(StrEnum):
    """What staff looked at. The paper itself is not kept."""

    FAMILY_REGISTER = "family-register"
    """戸籍謄本."""
    RESIDENT_RECORD = "resident-record"
    """続柄入りの住民票."""
    COURT_DECISION = "court-decision"
    """後見人の審判書."""


class Power(StrEnum):
    """What a guardian may do for the child."""

    CONSENTS = "consents"
    """Give, change and withdraw consents."""
    HISTORY = "history"
    """See who received what."""
    PROFILE = "profile"
    """See and change the profile."""


@dataclass(frozen=True, slots=True)
class Guardianship:
    """One guardian of one child."""

    id: str
    guardian: CitizenId
    child: CitizenId
    powers: frozenset[Power]
    state: GuardianshipState
    at: datetime
    """When the present state began."""
    evidence: Evidence | None = None
    until: datetime | None = None
    """From then on it counts no more; None before it is active."""
    approver: str | None = None
    """Member of staff who saw the evidence."""
    is_protected: bool = False
    """A protection case (DV等支援措置): address and services of the child are hidden from this guardian."""
    ended_by: EndedBy | None = None
    asked_at: datetime | None = None
    """When it was requested; None before this was kept."""

    @property
    def due_on(self) -> date:
        """The last day on which staff should have looked at the evidence."""
        return (self.asked_at or self.at).astimezone(_JAPAN).date() + _EXPECTED_WITHIN

    def allows(self, power: Power, at: datetime) -> bool:
        """True if the guardian may use the power at that time."""
        return (
            self.state is GuardianshipState.ACTIVE
            and self.until is not None
            and at < self.until
            and power in self.powers
            and not self.is_protected
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """What staff decide when they have seen the evidence."""

    approver: str
    evidence: Evidence
    birth_date: date
    """Of the child, from the evidence."""
    expires_on: date | None = None
    """If the evidence says so, for example a court decision for a time."""


def requested(guardian: CitizenId, child: CitizenId, powers: frozenset[Power], at: datetime) -> Guardianship:
    """A citizen asks to act for a child.

    Raises:
        GuardianshipRefused: for oneself, or for nothing.
    """
    if guardian == child:
        raise GuardianshipRefused("nobody is one's own guardian")
    if not powers:
        raise GuardianshipRefused("a guardianship is for something")
    name = new_id("gua", at)
    return Guardianship(name, guardian, child, powers, GuardianshipState.REQUESTED, at, asked_at=at)


def approved(asked: Guardianship, approval: Approval, *, child_age: int, at: datetime) -> Guardianship:
    """Staff have seen the evidence.

    Args:
        child_age: years at which the city hands over to the child.

    Raises:
        GuardianshipRefused: decided already, by one of the two, or the child is too old.
    """
    _must_be(asked, GuardianshipState.REQUESTED)
    if approval.approver in {asked.guardian, asked.child}:
        raise GuardianshipRefused("another person must approve")
    until = handed_over(approval.birth_date, child_age)
    if approval.expires_on is not None:
        until = min(until, _midnight(approval.expires_on))
    if until <= at:
        raise GuardianshipRefused("the child acts for itself by now")
    return replace(
        asked,
        state=GuardianshipState.ACTIVE,
        at=at,
        evidence=approval.evidence,
        until=until,
        approver=approval.approver,
    )


def refused(asked: Guardianship, approver: str, at: datetime) -> Guardianship:
    """Staff do not accept the evidence.

    Raises:
        GuardianshipRefused: decided already.
    """
    _must_be(asked, GuardianshipState.REQUESTED)
    return replace(asked, state=GuardianshipState.REFUSED, at=at, approver=approver)


def ended(guardianship: Guardianship, by: EndedBy, at: datetime) -> Guardianship:
    """Either side, staff or time ends it, at once. Repeatable: what has ended stays so.

    Raises:
        GuardianshipRefused: it was refused.
    """
    if guardianship.state is GuardianshipState.ENDED:
        return guardianship
    if guardianship.state is GuardianshipState.REFUSED:
        raise GuardianshipRefused("it was never in force")
    return replace(guardianship, state=GuardianshipState.ENDED, at=at, ended_by=by)


def protected(guardianship: Guardianship, at: datetime) -> Guardianship:
    """Staff hide the child from this guardian, at once (protection case).

    Raises:
        GuardianshipRefused: it is not in force.
    """
    _must_be(guardianship, GuardianshipState.ACTIVE)
    return replace(guardianship, is_protected=True, at=at)


def handed_over(birth_date: date, child_age: int) -> datetime:
    """The moment from which the child acts for itself: midnight in Japan of that birthday.

    Somebody born on 29 February has the birthday on 1 March in other years: nobody is handed over early.
    """
    year = birth_date.year + child_age
    try:
        day = birth_date.replace(year=year)
    except ValueError:
        day = date(year, 3, 1)
    return _midnight(day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _JAPAN).astimezone(UTC)


def _must_be(guardianship: Guardianship, state: GuardianshipState) -> None:
    if guardianship.state is not state:
        raise GuardianshipRefused(f"a guardianship that is {guardianship.state} cannot take this step")
