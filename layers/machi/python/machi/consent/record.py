"""Consent records: what a citizen agreed to, how it came about, and whether it covers a release.

Terms follow ISO/IEC TS 27560. Times are aware UTC. A record changes only through the functions here;
each gives the new record and the event that says what happened.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from machi.consent.agreement import Agreement
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem, new_id
from machi.core.language import Language

REMINDED_BEFORE = timedelta(days=30)
"""How long before the end of a consent its citizen is reminded."""


class ConsentRefused(MachiError):
    """The change is not possible in the record's state, or the choice does not fit the agreement."""


class ConsentState(StrEnum):
    """Where a record stands."""

    REQUESTED = "requested"
    """Shown to the citizen, not decided: nothing flows."""
    GIVEN = "given"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    """A newer record of the same citizen and application took its place."""


class EventKind(StrEnum):
    """What can happen to a consent."""

    REQUESTED = "requested"
    GIVEN = "given"
    CHANGED = "changed"
    """Other items than before, under the same agreement."""
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start`, included, to `end`, excluded."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def reminder_at(self) -> datetime | None:
        """When a citizen is reminded of the end; None for a consent that lasts no longer than that."""
        at = self.end - REMINDED_BEFORE
        return at if at > self.start else None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decided: the citizen, or a guardian on the citizen's behalf."""

    citizen: CitizenId
    is_guardian: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What the citizen decided on the consent screen."""

    items: frozenset[DataItem]
    language: Language
    actor: Actor


class Act(StrEnum):
    """Which way data goes."""

    RECEIVE = "receive"
    RECORD = "record"
    """The application records something about the citizen on the platform."""


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What an application wants to receive, or to record, about one citizen."""

    application: ApplicationId
    subject: CitizenId
    items: frozenset[DataItem]
    purpose: str
    act: Act = Act.RECEIVE


@dataclass(frozen=True, slots=True)
class Held:
    """What a recipient was given under a consent, and has not been asked to delete."""

    consent: ConsentId
    items: frozenset[DataItem]


@dataclass(frozen=True, slots=True)
class Consent:
    """One record. `items` are those agreed to; empty unless it is or was given."""

    id: ConsentId
    subject: CitizenId
    application: ApplicationId
    revision: int
    """Of the agreement that was shown."""
    purpose: str
    state: ConsentState
    at: datetime
    """When the present state began."""
    items: frozenset[DataItem] = frozenset()
    valid: Period | None = None
    text_hash: str = ""
    """Of the agreement as shown; see `Agreement.shown_in`."""
    language: Language = Language.JAPANESE
    earlier: Held | None = None
    """Of a record not yet decided: what the recipient holds from the one before it."""

    @property
    def held(self) -> Held | None:
        """What the recipient need not delete as things are."""
        if self.state in {ConsentState.GIVEN, ConsentState.EXPIRED}:
            return Held(self.id, self.items)
        return self.earlier if self.state is ConsentState.REQUESTED else None

    def covers(self, request: ReleaseRequest, at: datetime) -> bool:
        """True if every requested item may go to the requester for its purpose at that time."""
        return (
            self.state is ConsentState.GIVEN
            and self.valid is not None
            and at in self.valid
            and request.subject == self.subject
            and request.application == self.application
            and request.purpose == self.purpose
            and bool(request.items)
            and request.items <= self.items
        )

    def is_open(self, at: datetime) -> bool:
        """True if data may flow under it at that time."""
        return self.state is ConsentState.GIVEN and self.valid is not None and at in self.valid


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One change of one record; appended, never edited."""

    id: str
    consent: ConsentId
    subject: CitizenId
    application: ApplicationId
    kind: EventKind
    at: datetime
    actor: Actor | None
    """None where time did it."""
    items: frozenset[DataItem]
    """Agreed to after the event."""
    revision: int
    text_hash: str
    language: Language


Changed = tuple[Consent, ConsentEvent]


def requested(agreement: Agreement, subject: CitizenId, at: datetime, earlier: Held | None = None) -> Changed:
    """The agreement was put before the citizen, who has not decided yet.

    Args:
        earlier: what the recipient holds from the record before; the decision is about that, too.
    """
    consent = Consent(
        id=ConsentId(new_id("con", at)),
        subject=subject,
        application=agreement.application,
        revision=agreement.revision,
        purpose=agreement.purpose,
        state=ConsentState.REQUESTED,
        at=at,
        earlier=earlier,
    )
    return consent, _event(consent, EventKind.REQUESTED, at, None)


def given(consent: Consent, agreement: Agreement, choice: Choice, at: datetime) -> Changed:
    """The citizen agrees.

    Raises:
        ConsentRefused: not waiting for a decision, another revision, or a choice the agreement has not.
    """
    _check(consent, {ConsentState.REQUESTED}, agreement)
    _check_choice(choice, agreement)
    after = replace(
        consent,
        state=ConsentState.GIVEN,
        at=at,
        items=choice.items,
        valid=Period(at, at + agreement.validity),
        text_hash=agreement.shown_in(choice.language),
        language=choice.language,
        earlier=None,
    )
    return after, _event(after, EventKind.GIVEN, at, choice.actor)


def denied(consent: Consent, agreement: Agreement, choice: Choice, at: datetime) -> Changed:
    """The citizen does not agree.

    Raises:
        ConsentRefused: not waiting for a decision, or another revision.
    """
    _check(consent, {ConsentState.REQUESTED}, agreement)
    after = replace(
        consent,
        state=ConsentState.DENIED,
        at=at,
        text_hash=agreement.shown_in(choice.language),
        language=choice.language,
        earlier=None,
    )
    return after, _event(after, EventKind.DENIED, at, choice.actor)


def changed(consent: Consent, agreement: Agreement, choice: Choice, at: datetime) -> Changed:
    """The citizen chooses other items under the agreement already given; the period stays.

    Raises:
        ConsentRefused: not given or over, another revision, or a choice the agreement has not.
    """
    _check(consent, {ConsentState.GIVEN}, agreement)
    if not consent.is_open(at):
        raise ConsentRefused("the consent is over")
    _check_choice(choice, agreement)
    after = replace(
        consent,
        items=choice.items,
        text_hash=agreement.shown_in(choice.language),
        language=choice.language,
    )
    return after, _event(after, EventKind.CHANGED, at, choice.actor)


def withdrawn(consent: Consent, actor: Actor, at: datetime) -> Changed:
    """The citizen stops it; effective with the next request.

    A service that asks for something else by now can be stopped, too: it holds what it was given before.

    Raises:
        ConsentRefused: it is not given, nor was before.
    """
    if consent.state is not ConsentState.REQUESTED or consent.earlier is None:
        _check(consent, {ConsentState.GIVEN})
    after = replace(consent, state=ConsentState.WITHDRAWN, at=at, earlier=None)
    return after, _event(after, EventKind.WITHDRAWN, at, actor)


def expired(consent: Consent, at: datetime) -> Changed:
    """Its time is over.

    Raises:
        ConsentRefused: it is not given, or its time is not over.
    """
    _check(consent, {ConsentState.GIVEN})
    if consent.is_open(at):
        raise ConsentRefused("the consent is not over yet")
    after = replace(consent, state=ConsentState.EXPIRED, at=at)
    return after, _event(after, EventKind.EXPIRED, at, None)


def superseded(consent: Consent, actor: Actor | None, at: datetime) -> Changed:
    """A newer record takes its place.

    Raises:
        ConsentRefused: it is over already.
    """
    _check(consent, {ConsentState.REQUESTED, ConsentState.GIVEN})
    after = replace(consent, state=ConsentState.SUPERSEDED, at=at)
    return after, _event(after, EventKind.SUPERSEDED, at, actor)


def _check(consent: Consent, states: set[ConsentState], agreement: Agreement | None = None) -> None:
    if consent.state not in states:
        raise ConsentRefused(f"a consent that is {consent.state} cannot take this step")
    if agreement is not None and (
        agreement.revision != consent.revision or agreement.application != consent.application
    ):
        raise ConsentRefused("the consent belongs to another agreement")


def _check_choice(choice: Choice, agreement: Agreement) -> None:
    if not agreement.required <= choice.items:
        raise ConsentRefused("the items the service cannot do without are not all chosen")
    if not choice.items <= agreement.all_items:
        raise ConsentRefused("an item is chosen that the agreement does not ask for")


def _event(consent: Consent, kind: EventKind, at: datetime, actor: Actor | None) -> ConsentEvent:
    return ConsentEvent(
        id=new_id("cev", at),
        consent=consent.id,
        subject=consent.subject,
        application=consent.application,
        kind=kind,
        at=at,
        actor=actor,
        items=consent.items,
        revision=consent.revision,
        text_hash=consent.text_hash,
        language=consent.language,
    )
