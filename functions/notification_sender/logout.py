"""Telling a partner that a citizen has signed out everywhere, or is gone."""

from collections.abc import Mapping
from typing import Protocol

from machi.applications import Application, RegisteredApplication
from machi.core.clock import Clock
from machi.core.ids import ApplicationId
from machi.notices import Notice
from machi.notices.logout_token import TYPE, logout_claims
from machi.outbound import Reply
from machi.signing.jws import signed
from machi.signing.signer import Signer

_ACCEPTED = {200, 204}
"""What a partner answers who has ended the sessions (Back-Channel Logout 1.0, 2.8)."""


class PartnerRefused(Exception):
    """The partner did not say that it ended the sessions; `status` is what it said."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the partner answered {status}")


class Applications(Protocol):
    """The registry."""

    def find(self, application: ApplicationId) -> RegisteredApplication | None:
        """The application as it is now."""


class Partners(Protocol):
    """Calls partners' servers; see `machi.outbound`."""

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        """Send a form.

        Raises:
            OSError: there is no usable answer.
        """


class Logouts:
    """Sends the notices that go to partners."""

    def __init__(
        self, applications: Applications, signer: Signer, partners: Partners, *, issuer: str, clock: Clock
    ) -> None:
        self._applications = applications
        self._signer = signer
        self._partners = partners
        self._issuer = issuer
        self._clock = clock

    def send(self, notice: Notice) -> str:
        """Tell each client of the partner; says in a word what came of it. Telling twice does no harm.

        Raises:
            PartnerRefused, OSError: not told, or not understood.
            SigningFailed: nothing was sent.
        """
        registered = self._applications.find(ApplicationId(notice.values["application"]))
        application = None if registered is None else registered.application
        if application is None or application.sign_in is None or notice.subject is None:
            return "no-such-partner"
        if application.sign_in.back_channel_logout_uri is None:
            return "partner-asks-for-none"
        self._tell(application, notice)
        return "sent"

    def _tell(self, application: Application, notice: Notice) -> None:
        sign_in = application.sign_in
        if sign_in is None or sign_in.back_channel_logout_uri is None or notice.subject is None:
            return
        for client in sign_in.clients:
            claims = logout_claims(
                issuer=self._issuer,
                client_id=client.id,
                subject=notice.subject,
                is_closed=notice.values.get("event") == "closed",
                at=self._clock(),
            )
            token = signed(claims, self._signer, typ=TYPE)
            reply = self._partners.post_form(sign_in.back_channel_logout_uri, {"logout_token": token})
            if reply.status not in _ACCEPTED:
                raise PartnerRefused(reply.status)
