"""SES receives both forms; what it refuses is told without an address."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from machi.mail.mail import Mail, MailFailed
from machi.mail.ses import SesMailer

MAIL = Mail(subject="【一宮市】お知らせ", text="本文", html="<p>本文</p>")


class _Refusing:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def send_email(self, **_request: object) -> object:
        raise self._error


def test_a_mail_is_handed_over_with_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        boto3.client("ses", region_name="ap-northeast-1").verify_email_identity(
            EmailAddress="no-reply@city.example.jp"
        )
        client: Any = boto3.client("sesv2", region_name="ap-northeast-1")
        mailer = SesMailer(client, "一宮市 <no-reply@city.example.jp>")

        mailer.send("hanako@example.jp", MAIL)

        quota = boto3.client("ses", region_name="ap-northeast-1").get_send_quota()
    assert quota["SentLast24Hours"] == 1


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "MessageRejected", "Message": "to hanako@example.jp"}}, "SendEmail"),
        ClientError({"Error": {"Code": "TooManyRequestsException", "Message": ""}}, "SendEmail"),
        ConnectTimeoutError(endpoint_url="https://email.example"),
    ],
)
def test_a_refusal_is_a_failure_that_names_no_address(error: Exception) -> None:
    with pytest.raises(MailFailed) as failed:
        SesMailer(_Refusing(error), "no-reply@city.example.jp").send("hanako@example.jp", MAIL)

    assert "hanako" not in str(failed.value)
    assert failed.value.__cause__ is None
