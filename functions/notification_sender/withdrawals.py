"""Telling a recipient what a citizen has taken back (RFC 8935, push)."""

from collections.abc import Callable
from typing import Protocol

from functions.notification_sender.logout import Applications, PartnerRefused
from machi.consent.withdrawal_notice import (
    Withdrawal,
    WithdrawalId,
    WithdrawalRepository,
    WithdrawalState,
)
from machi.core.ids import ApplicationId, CitizenId
from machi.notices import Notice
from machi.notices.security_event import MEDIA_TYPE, RECEIVED, TYPE, withdrawal_claims
from machi.outbound import Reply
from machi.signing.jws import signed
from machi.signing.signer import Signer

Pseudonym = Callable[[str, CitizenId], str]
"""Sector and citizen → `ppid`."""


class Recipients(Protocol):
    """Calls recipients' servers; see `machi.outbound`."""

    def post(self, url: str, body: bytes, media_type: str) -> Reply:
        """Send a document.

        Raises:
            OSError: there is no usable answer.
        """


class WithdrawalNotices:
    """Sends the notices about what was taken back."""

    def __init__(
        self,
        applications: Applications,
        kept: WithdrawalRepository,
        signer: Signer,
        recipients: Recipients,
        *,
        note_received: Callable[[Withdrawal], object],
        pseudonym: Pseudonym,
        issuer: str,
        portal_url: str,
        days: int,
    ) -> None:
        self._applications = applications
        self._kept = kept
        self._signer = signer
        self._recipients = recipients
        self._note_received = note_received
        self._pseudonym = pseudonym
        self._issuer = issuer
        self._portal_url = portal_url
        self._days = days

    def send(self, notice: Notice) -> str:
        """Tell the recipient, and note that it knows; says in a word what came of it.

        A recipient that is told and not noted is told again, with the same `jti`.

        Raises:
            PartnerRefused, OSError: not received.
            SigningFailed: nothing was sent.
            Conflict: received, and not noted.
        """
        if notice.subject is None:
            return "no-such-withdrawal"
        withdrawal = self._kept.find(notice.subject, WithdrawalId(notice.values["withdrawal"]))
        if withdrawal is None:
            return "no-such-withdrawal"
        if withdrawal.state is not WithdrawalState.PENDING:
            return "known-already"
        registered = self._applications.find(ApplicationId(withdrawal.application))
        sign_in = None if registered is None else registered.application.sign_in
        if sign_in is None or sign_in.consent_events_uri is None:
            return "partner-asks-for-none"
        claims = withdrawal_claims(
            withdrawal,
            issuer=self._issuer,
            portal_url=self._portal_url,
            audience=tuple(client.id for client in sign_in.clients),
            pseudonym=self._pseudonym(sign_in.sector, withdrawal.subject),
            acknowledge_by=withdrawal.due(self._days),
        )
        token = signed(claims, self._signer, typ=TYPE)
        reply = self._recipients.post(sign_in.consent_events_uri, token.encode(), MEDIA_TYPE)
        if reply.status != RECEIVED:
            raise PartnerRefused(reply.status)
        self._note_received(withdrawal)
        return "sent"
