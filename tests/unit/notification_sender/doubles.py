"""Everything around the sender, in memory; each part can be made to fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from functions.notification_sender.logout import Logouts
from functions.notification_sender.mails import Mails
from functions.notification_sender.sending import Sending
from functions.notification_sender.withdrawals import WithdrawalNotices
from machi.applications import Application, ApplicationState, RegisteredApplication, SignIn, SignInClient
from machi.connect.withdrawals import Acknowledgements
from machi.core.ids import ApplicationId, CitizenId
from machi.core.language import Language
from machi.core.log import logger_for
from machi.identity.directory import User, UserState
from machi.mail import Mail, Stationery
from machi.mail.mail import MailFailed
from machi.notices import Notice, NoticeKind
from machi.outbound import Reply
from machi.storage.notice_table import Taken
from tests.unit.consent.memory import MemoryWithdrawals
from tests.unit.signing.local_key import LocalKey

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
HANAKO = CitizenId("7d8ca528-4931-4254-9273-ea5ee853f271")
ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_EXAMPLE"
CONSENT_EVENTS = "https://kencom.example/consent-events"
DAYS = 14
BACK_CHANNEL = "https://kencom.example/back-channel"


@dataclass
class MemoryNotices:
    states: dict[str, str] = field(default_factory=dict)

    def take(self, notice: str) -> Taken:
        state = self.states.get(notice)
        if state is None:
            self.states[notice] = "sending"
            return Taken.MINE
        return Taken.SENT if state == "sent" else Taken.BUSY

    def sent(self, notice: str) -> None:
        self.states[notice] = "sent"

    def give_back(self, notice: str) -> None:
        self.states.pop(notice, None)


@dataclass
class World:
    users: dict[CitizenId, User] = field(default_factory=dict)
    languages: dict[CitizenId, Language] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    sent: list[tuple[str, Mail]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    delivered: list[tuple[str, str, str]] = field(default_factory=list)
    """Address, document and media type."""
    withdrawals: MemoryWithdrawals = field(default_factory=MemoryWithdrawals)
    replies: list[int | Exception] = field(default_factory=list)
    """What partners answer next; that they have it when none is left."""
    mail_is_down: bool = False
    memory: MemoryNotices = field(default_factory=MemoryNotices)
    delays: list[tuple[str, int]] = field(default_factory=list)
    signer: LocalKey = field(default_factory=LocalKey)

    def __post_init__(self) -> None:
        self.users[HANAKO] = User(
            "reg_1", HANAKO, UserState.CONFIRMED, NOW, "hanako@example.jp", is_email_verified=True
        )
        self.applications["kencom"] = Application(
            ApplicationId("kencom"),
            "kencom ヘルス",
            ApplicationState.PRODUCTION,
            sign_in=SignIn(
                (
                    SignInClient("web-client", ("https://kencom.example/back",)),
                    SignInClient("phone-client", ("https://kencom.example/back",)),
                ),
                "kencom.example",
                BACK_CHANNEL,
                consent_events_uri=CONSENT_EVENTS,
            ),
        )

    def sending(self) -> Sending:
        mails = Mails(
            self,
            self,
            self._name,
            mailer=self,
            stationery=Stationery("一宮市", "Ichinomiya", "https://my.example.jp"),
        )
        logouts = Logouts(self, self.signer, self, issuer=ISSUER, clock=lambda: NOW)
        withdrawals = WithdrawalNotices(
            self,
            self.withdrawals,
            self.signer,
            self,
            note_received=Acknowledgements(self.withdrawals, days=DAYS, clock=lambda: NOW).received,
            pseudonym=lambda sector, citizen: f"{citizen} at {sector}",
            issuer=ISSUER,
            portal_url="https://my.example.jp",
            days=DAYS,
        )
        to_partners = {
            NoticeKind.BACK_CHANNEL_LOGOUT: logouts.send,
            NoticeKind.WITHDRAWAL: withdrawals.send,
        }
        logger = logger_for("notification_sender")
        return Sending(mails.send, to_partners, self.memory, delay=self._delay, logger=logger)

    def delivers(self, *notices: Notice | str, attempt: int = 1) -> list[str]:
        """Positions of the messages that are to be tried again."""
        records = [
            {
                "messageId": str(place),
                "receiptHandle": f"handle-{place}",
                "body": notice if isinstance(notice, str) else notice.to_json(),
                "attributes": {"ApproximateReceiveCount": str(attempt)},
            }
            for place, notice in enumerate(notices)
        ]
        answer = self.sending()({"Records": records})
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def find_subject(self, subject: CitizenId) -> User | None:
        return self.users.get(subject)

    def language_of(self, citizen: CitizenId) -> Language:
        return self.languages.get(citizen, Language.JAPANESE)

    def find(self, application: ApplicationId) -> RegisteredApplication | None:
        found = self.applications.get(application)
        return None if found is None else RegisteredApplication(found)

    def send(self, address: str, mail: Mail) -> None:
        if self.mail_is_down:
            raise MailFailed("TooManyRequestsException")
        self.sent.append((address, mail))

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        self.posted.append((url, dict(form)))
        reply = self.replies.pop(0) if self.replies else 200
        if isinstance(reply, Exception):
            raise reply
        return Reply(reply, b"")

    def post(self, url: str, body: bytes, media_type: str) -> Reply:
        self.delivered.append((url, body.decode(), media_type))
        reply = self.replies.pop(0) if self.replies else 202
        if isinstance(reply, Exception):
            raise reply
        return Reply(reply, b"")

    def _name(self, application: ApplicationId) -> str | None:
        found = self.applications.get(application)
        return None if found is None else found.name

    def _delay(self, message: Mapping[str, Any], seconds: int) -> None:
        self.delays.append((message["receiptHandle"], seconds))
