"""The function as a whole: real tables, queue, mail, key and pool, and a partner behind a real address."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import boto3
import jwt
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.notification_sender.handler import build, handler
from machi.applications import ApplicationState, Registry, SignIn, SignInClient
from machi.core.clock import utc_now
from machi.core.ids import CitizenId
from machi.notices import Notice, NoticeKind, new_notice
from machi.notices.queue import NoticeQueue
from machi.storage.application_table import ApplicationTable
from tests.aws_double import dynamodb
from tests.unit.applications.builders import KENCOM, partner

REGION = "ap-northeast-1"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@dataclass
class Partner:
    """A partner's server."""

    status: int = 200
    told: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def kencom() -> Iterator[Partner]:
    partner_ = Partner()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            partner_.told.append(parse_qs(body))
            self.send_response(partner_.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        partner_.url = f"http://127.0.0.1:{server.server_port}/logout"
        yield partner_
        server.shutdown()
        thread.join()


@dataclass
class Platform:
    sqs: Any
    queue: str
    pool: str
    registry: Registry

    def hand_in(self, notice: Notice) -> None:
        NoticeQueue(self.sqs, self.queue).send(notice)

    def deliver(self) -> list[str]:
        """Give the function what is in the queue, as Lambda does; what is to be tried again."""
        found = self.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        records = [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            for message in found.get("Messages", [])
        ]
        failures = handler({"Records": records}, None)["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def citizen(self) -> CitizenId:
        pool: Any = boto3.client("cognito-idp", region_name=REGION)
        user = pool.admin_create_user(
            UserPoolId=self.pool,
            Username="reg_1",
            UserAttributes=[
                {"Name": "email", "Value": "hanako@example.jp"},
                {"Name": "email_verified", "Value": "true"},
            ],
        )["User"]
        return CitizenId(next(each["Value"] for each in user["Attributes"] if each["Name"] == "sub"))


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    build.cache_clear()
    with dynamodb("people", "city") as client:
        sqs: Any = boto3.client("sqs", region_name=REGION)
        queue = sqs.create_queue(QueueName="notices")["QueueUrl"]
        boto3.client("ses", region_name=REGION).verify_email_identity(EmailAddress="no-reply@city.example.jp")
        pool = boto3.client("cognito-idp", region_name=REGION).create_user_pool(PoolName="citizens")
        key = boto3.client("kms", region_name=REGION).create_key(
            KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256"
        )["KeyMetadata"]["Arn"]
        secret = boto3.client("secretsmanager", region_name=REGION).create_secret(
            Name="sector", SecretString="s" * 32
        )["ARN"]
        settings = {
            "PEOPLE_TABLE": "people",
            "CITY_TABLE": "city",
            "STAGE": "local",
            "PORTAL_URL": "https://my.example.jp",
            "CITIZEN_POOL_ID": pool["UserPool"]["Id"],
            "ISSUER": "https://issuer.example",
            "NOTICES_QUEUE_URL": queue,
            "SIGNING_KEY_ID": key,
            "SECTOR_SECRET_ARN": secret,
            "WITHDRAWAL_ACK_DAYS": "14",
            "MAIL_FROM": "一宮市 <no-reply@city.example.jp>",
            "CITY_NAMES": "ja=一宮市,en=Ichinomiya City",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"MACHI_{name}", value)
        registry = Registry(ApplicationTable(client, "city"), clock=utc_now)
        yield Platform(sqs, queue, pool["UserPool"]["Id"], registry)
    build.cache_clear()


def test_a_notice_in_the_queue_becomes_a_mail_once(platform: Platform) -> None:
    notice = new_notice(NoticeKind.PASSWORD_CHANGED, platform.citizen(), NOW)
    platform.hand_in(notice)
    platform.hand_in(notice)

    assert platform.deliver() == []

    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert sent.destinations["ToAddresses"] == ["hanako@example.jp"]
    assert "パスワードが変更されました" in sent.subject


def test_a_partner_is_told_and_told_again_until_it_agrees(platform: Platform, kencom: Partner) -> None:
    sign_in = SignIn((SignInClient("web", ("https://kencom.example/back",)),), "kencom.example", kencom.url)
    platform.registry.register(partner(state=ApplicationState.PRODUCTION, sign_in=sign_in))
    platform.hand_in(new_notice(NoticeKind.BACK_CHANNEL_LOGOUT, platform.citizen(), NOW, application=KENCOM))
    kencom.status = 503

    assert len(platform.deliver()) == 1
    assert platform.deliver() == []  # nothing to be had: the message waits

    platform.hand_in(new_notice(NoticeKind.BACK_CHANNEL_LOGOUT, CitizenId("x"), NOW, application=KENCOM))
    kencom.status = 204
    assert platform.deliver() == []
    assert len(kencom.told) == 2
    (token,) = kencom.told[1]["logout_token"]
    assert jwt.decode(token, options={"verify_signature": False}, algorithms=["ES256"])["aud"] == "web"
