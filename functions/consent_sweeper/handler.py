"""The Lambda function that a schedule calls to sweep over consents."""

import os
from functools import cache
from typing import Any

from functions.consent_sweeper.settings import Settings
from functions.consent_sweeper.sweep import Sweep
from machi.connect.withdrawals import Reminding
from machi.consent.consents import Consents
from machi.consent.escalations import Escalations
from machi.consent.expiry import Expiry, Tell
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId, ConsentId
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.notices import Notice, NoticeKind, Notices
from machi.notices.queue import NoticeQueue, sqs_client
from machi.storage.agreement_table import AgreementTable
from machi.storage.case_forms import ESCALATIONS
from machi.storage.case_table import CaseTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_due_table import ConsentDueTable
from machi.storage.consent_table import ConsentTable
from machi.storage.withdrawal_table import WithdrawalTable


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Sweep once; how many of each sort were seen to."""
    return build().run()


@cache
def build() -> Sweep:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client, people = dynamodb_client(), settings.people_table
    notices = NoticeQueue(sqs_client(), settings.notices_queue_url)
    kept, withdrawals = ConsentTable(client, people), WithdrawalTable(client, people)
    consents = Consents(kept, AgreementTable(client, settings.city_table), clock=utc_now)
    return Sweep(
        due=ConsentDueTable(client, people),
        expiry=Expiry(kept, consents, reminders(notices), clock=utc_now),
        withdrawals=withdrawals,
        reminding=Reminding(
            withdrawals,
            notices,
            Escalations(CaseTable(client, people, ESCALATIONS), clock=utc_now),
            days=settings.withdrawal_ack_days,
            clock=utc_now,
        ),
        clock=utc_now,
        logger=logger_for("consent_sweeper"),
    )


def reminders(notices: Notices) -> Tell:
    """Hands in the mails that remind of a consent's end: one for each consent, however often it is called."""

    def tell(consent: ConsentId, subject: CitizenId, application: ApplicationId, ends_at: str) -> None:
        values = {"application": application, "ends_at": ends_at}
        notices.send(Notice(f"{consent}-expiring", NoticeKind.CONSENT_EXPIRING, subject, values))

    return tell
