"""What follows when a citizen decides about a service: the record changes, and those concerned are told.

The record comes first, and with it what the recipient is owed (`machi.consent.withdrawal_notice`). A notice
that could not be handed in is handed in again when the citizen repeats the step, one to a recipient also by
the sweep; nobody is ever told of something that did not happen.
"""

from collections.abc import Callable

from machi.consent.consents import Consents
from machi.consent.record import Actor, Choice, Consent, ConsentState
from machi.core.clock import Clock
from machi.core.ids import ApplicationId, CitizenId
from machi.notices import NoticeKind, Notices, new_notice


class Decisions:
    """The citizen's side of consents."""

    def __init__(
        self,
        consents: Consents,
        notices: Notices,
        clock: Clock,
        *,
        tell_recipients: Callable[[CitizenId], object],
    ) -> None:
        """Prepare.

        Args:
            consents: the records.
            notices: tells the citizen by mail.
            clock: what time it is.
            tell_recipients: hands in what recipients are owed about a citizen; repeatable.
        """
        self._consents = consents
        self._notices = notices
        self._clock = clock
        self._tell_recipients = tell_recipients

    def ask(self, subject: CitizenId, application: ApplicationId) -> Consent:
        """The record to decide on, or the one that already covers all that is asked for.

        Raises:
            NotFound: the application has no approved agreement.
        """
        return self._consents.request(subject, application)

    def give(self, subject: CitizenId, application: ApplicationId, revision: int, choice: Choice) -> Consent:
        """The citizen agrees to these items of the revision that was shown; tells the citizen by mail.

        Raises:
            NotFound: the application has no approved agreement.
            ConsentRefused: another revision is asked for by now, or the choice does not fit it.
        """
        found = self._consents.request(subject, application)
        if found.state is ConsentState.GIVEN and found.revision == revision:
            changed = self._consents.change_items(subject, application, choice)
            self._tell_recipients(subject)
            return changed
        if found.state is ConsentState.GIVEN:
            # The revision shown asks for less than the one agreed to; the choice is a new consent to it.
            self._consents.ask_anew(subject, application)
        given = self._consents.give(subject, application, revision, choice)
        self._tell_recipients(subject)
        self._tell(NoticeKind.PARTNER_CONNECTED, subject, application)
        return given

    def refuse(
        self, subject: CitizenId, application: ApplicationId, revision: int, choice: Choice
    ) -> Consent:
        """The citizen does not agree; what was agreed to before ends.

        Raises:
            NotFound: the application has no approved agreement.
            ConsentRefused: another revision is asked for by now.
        """
        found = self._consents.request(subject, application)
        if found.state is ConsentState.GIVEN:
            return self.withdraw(subject, application, choice.actor)
        denied = self._consents.deny(subject, application, revision, choice)
        self._tell_recipients(subject)
        return denied

    def withdraw(self, subject: CitizenId, application: ApplicationId, actor: Actor) -> Consent:
        """The citizen stops it, and the recipient is told. Repeatable.

        Raises:
            NotFound: there is no record.
            ConsentRefused: it was never given, or is over for another reason.
        """
        consent = self._consents.withdraw(subject, application, actor)
        self._tell_recipients(subject)
        self._tell(NoticeKind.CONSENT_WITHDRAWN, subject, application)
        return consent

    def withdraw_everything(self, subject: CitizenId, actor: Actor) -> list[Consent]:
        """全面停止: every consent given ends, and each recipient is told."""
        ended = self._consents.withdraw_everything(subject, actor)
        self._tell_recipients(subject)
        for consent in ended:
            self._tell(NoticeKind.CONSENT_WITHDRAWN, subject, consent.application)
        return ended

    def _tell(self, kind: NoticeKind, subject: CitizenId, application: ApplicationId) -> None:
        self._notices.send(new_notice(kind, subject, self._clock(), application=application))
