"""What a citizen does with consents: is asked, agrees, refuses, changes, withdraws, stops everything."""

from collections.abc import Callable
from datetime import datetime

from machi.consent.agreement import Agreement
from machi.consent.record import (
    Actor,
    Changed,
    Choice,
    Consent,
    ConsentEvent,
    ConsentRefused,
    ConsentState,
    changed,
    denied,
    expired,
    given,
    requested,
    superseded,
    withdrawn,
)
from machi.consent.repositories import AgreementRepository, ConsentChange, ConsentRepository, StoredConsent
from machi.consent.withdrawal_notice import owed
from machi.core.clock import Clock
from machi.core.errors import Conflict, NotFound
from machi.core.ids import ApplicationId, CitizenId

_ATTEMPTS = 5
_WAITING_OR_OPEN = {ConsentState.REQUESTED, ConsentState.GIVEN}

Step = Callable[[StoredConsent, datetime], Changed]


class Consents:
    """The operations on consent records. Each is one transaction; a lost race is tried again."""

    def __init__(self, consents: ConsentRepository, agreements: AgreementRepository, *, clock: Clock) -> None:
        self._consents = consents
        self._agreements = agreements
        self._clock = clock

    def request(self, subject: CitizenId, application: ApplicationId) -> Consent:
        """The record to decide on, or the one that already covers all the application asks for now.

        Repeatable: asking again gives the same record.

        Raises:
            NotFound: the application has no approved agreement.
        """
        agreement = self._current(application)
        return self._ask(subject, agreement, self._still_good)

    def ask_anew(self, subject: CitizenId, application: ApplicationId) -> Consent:
        """A new record to decide on, also where the one before covers all that is asked for. Repeatable.

        Raises:
            NotFound: the application has no approved agreement.
        """
        agreement = self._current(application)
        return self._ask(subject, agreement, _waits_for)

    def give(self, subject: CitizenId, application: ApplicationId, revision: int, choice: Choice) -> Consent:
        """The citizen agrees to the revision that was shown.

        Raises:
            NotFound: nothing is waiting for a decision.
            ConsentRefused: another revision is asked for by now, or the choice does not fit it.
        """
        agreement = self._shown(application, revision)
        return self._change(
            subject, application, lambda stored, now: given(stored.consent, agreement, choice, now)
        )

    def deny(self, subject: CitizenId, application: ApplicationId, revision: int, choice: Choice) -> Consent:
        """The citizen does not agree.

        Raises:
            NotFound: nothing is waiting for a decision.
            ConsentRefused: another revision is asked for by now.
        """
        agreement = self._shown(application, revision)
        return self._change(
            subject, application, lambda stored, now: denied(stored.consent, agreement, choice, now)
        )

    def change_items(self, subject: CitizenId, application: ApplicationId, choice: Choice) -> Consent:
        """The citizen chooses other items under the consent already given.

        Raises:
            NotFound: there is no record.
            ConsentRefused: not given, or the choice does not fit the agreement.
        """

        def step(stored: StoredConsent, now: datetime) -> Changed:
            agreement = self._agreements.find(application, stored.consent.revision)
            if agreement is None:
                raise ConsentRefused("the agreement is no longer there")
            return changed(stored.consent, agreement, choice, now)

        return self._change(subject, application, step)

    def withdraw(self, subject: CitizenId, application: ApplicationId, actor: Actor) -> Consent:
        """The citizen stops it. Repeatable: what is withdrawn stays so.

        Raises:
            NotFound: there is no record.
            ConsentRefused: it was never given, or is over for another reason.
        """
        stored = self._consents.find(subject, application)
        if stored is not None and stored.consent.state is ConsentState.WITHDRAWN:
            return stored.consent
        return self._change(subject, application, lambda found, now: withdrawn(found.consent, actor, now))

    def withdraw_everything(self, subject: CitizenId, actor: Actor) -> list[Consent]:
        """全面停止: every consent given ends; what ended before is left alone."""
        return [
            self.withdraw(subject, stored.consent.application, actor)
            for stored in self._consents.all_of(subject)
            if stored.consent.state is ConsentState.GIVEN or stored.consent.earlier is not None
        ]

    def expire(self, subject: CitizenId) -> list[Consent]:
        """Note what is over by now. The decision point needs no such note; the citizen's history does."""
        now = self._clock()
        return [
            self._change(subject, stored.consent.application, lambda found, at: expired(found.consent, at))
            for stored in self._consents.all_of(subject)
            if stored.consent.state is ConsentState.GIVEN and not stored.consent.is_open(now)
        ]

    def expire_one(self, subject: CitizenId, application: ApplicationId) -> Consent | None:
        """Note that one is over, if it is; None if there is nothing to note. Repeatable."""
        stored = self._consents.find(subject, application)
        if stored is None or stored.consent.state is not ConsentState.GIVEN:
            return None
        if stored.consent.is_open(self._clock()):
            return None
        return self._change(subject, application, lambda found, at: expired(found.consent, at))

    def _ask(
        self,
        subject: CitizenId,
        agreement: Agreement,
        is_enough: Callable[[Consent, Agreement, datetime], bool],
    ) -> Consent:
        for _ in range(_ATTEMPTS):
            now, before = self._clock(), self._consents.find(subject, agreement.application)
            if before is not None and is_enough(before.consent, agreement, now):
                return before.consent
            ending = () if before is None else self._ending(before.consent, now)
            after, event = requested(agreement, subject, now, None if before is None else before.consent.held)
            if self._save(ConsentChange(before, after, (*ending, event))):
                return after
        raise Conflict("the consent is being changed elsewhere")

    def _change(self, subject: CitizenId, application: ApplicationId, step: Step) -> Consent:
        for _ in range(_ATTEMPTS):
            stored = self._consents.find(subject, application)
            if stored is None:
                raise NotFound("there is no such consent")
            after, event = step(stored, self._clock())
            withdrawals = owed(stored.consent, after, event.at)
            if self._save(ConsentChange(stored, after, (event,), withdrawals)):
                return after
        raise Conflict("the consent is being changed elsewhere")

    def _save(self, change: ConsentChange) -> bool:
        try:
            self._consents.save(change)
        except Conflict:
            return False
        return True

    def _current(self, application: ApplicationId) -> Agreement:
        agreement = self._agreements.current(application)
        if agreement is None:
            raise NotFound("the application has no approved agreement")
        return agreement

    def _shown(self, application: ApplicationId, revision: int) -> Agreement:
        agreement = self._current(application)
        if agreement.revision != revision:
            raise ConsentRefused("the application asks for something else by now; show it again")
        return agreement

    def _still_good(self, consent: Consent, agreement: Agreement, now: datetime) -> bool:
        if consent.state is ConsentState.REQUESTED:
            return consent.revision == agreement.revision
        if not consent.is_open(now):
            return False
        agreed = self._agreements.find(consent.application, consent.revision)
        return agreed is not None and not agreement.asks_for_more_than(agreed)

    def _ending(self, consent: Consent, now: datetime) -> tuple[ConsentEvent, ...]:
        if consent.state not in _WAITING_OR_OPEN:
            return ()
        is_over = consent.state is ConsentState.GIVEN and not consent.is_open(now)
        _, event = expired(consent, now) if is_over else superseded(consent, None, now)
        return (event,)


def _waits_for(consent: Consent, agreement: Agreement, _now: datetime) -> bool:
    return consent.state is ConsentState.REQUESTED and consent.revision == agreement.revision
