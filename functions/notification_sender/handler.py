"""The Lambda function that sends notices."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3

from functions.notification_sender.logout import Logouts
from functions.notification_sender.mails import Mails
from functions.notification_sender.sending import Sending
from functions.notification_sender.settings import Settings
from functions.notification_sender.withdrawals import WithdrawalNotices
from machi.connect.ppid import ppid
from machi.connect.withdrawals import Acknowledgements
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.mail import Stationery
from machi.mail.ses import SesMailer, ses_client
from machi.notices import NoticeKind
from machi.notices.queue import sqs_client
from machi.outbound import OutboundClient
from machi.signing.kms import KmsSigner
from machi.storage.application_table import ApplicationTable
from machi.storage.client import dynamodb_client
from machi.storage.notice_table import NoticeTable, ReaderTable
from machi.storage.secret import Secret, secrets_client
from machi.storage.withdrawal_table import WithdrawalTable


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Send a batch of notices; answer which are to be tried again."""
    return build()(event)


@cache
def build() -> Sending:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client, queue = dynamodb_client(), sqs_client()
    applications = ApplicationTable(client, settings.city_table)
    cities = dict(name.split("=", 1) for name in settings.city_names)

    def application_name(application: ApplicationId) -> str | None:
        found = applications.find(application)
        return None if found is None else found.application.name

    def delay(message: Mapping[str, Any], seconds: int) -> None:
        queue.change_message_visibility(
            QueueUrl=settings.notices_queue_url,
            ReceiptHandle=message["receiptHandle"],
            VisibilityTimeout=seconds,
        )

    mails = Mails(
        CognitoDirectory(cognito_client(), pool_id=settings.citizen_pool_id, client_id=""),
        ReaderTable(client, settings.people_table),
        application_name,
        mailer=SesMailer(ses_client(), settings.mail_from),
        stationery=Stationery(cities["ja"], cities["en"], settings.portal_url),
    )
    signer = KmsSigner(boto3.client("kms"), settings.signing_key_id)
    partners = OutboundClient(local=settings.stage == "local")
    logouts = Logouts(applications, signer, partners, issuer=settings.issuer, clock=utc_now)
    kept = WithdrawalTable(client, settings.people_table)
    secret = Secret(secrets_client(), settings.sector_secret_arn)
    days = settings.withdrawal_ack_days
    withdrawals = WithdrawalNotices(
        applications,
        kept,
        signer,
        partners,
        note_received=Acknowledgements(kept, days=days, clock=utc_now).received,
        pseudonym=lambda sector, citizen: ppid(secret.value, sector, citizen),
        issuer=settings.issuer,
        portal_url=settings.portal_url,
        days=days,
    )
    return Sending(
        mails.send,
        {NoticeKind.BACK_CHANNEL_LOGOUT: logouts.send, NoticeKind.WITHDRAWAL: withdrawals.send},
        NoticeTable(client, settings.people_table, utc_now),
        delay=delay,
        logger=logger_for("notification_sender"),
    )
