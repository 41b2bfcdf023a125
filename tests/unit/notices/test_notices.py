"""Notices travel whole, and say at once what is missing."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from machi.core.ids import CitizenId
from machi.notices import Notice, NoticeInvalid, NoticeKind, new_notice
from machi.notices.queue import NoticeQueue

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
HANAKO = CitizenId("11111111-1111-4111-8111-111111111111")


def test_a_notice_arrives_as_it_was_sent() -> None:
    notice = new_notice(NoticeKind.NEW_DEVICE, HANAKO, AT, device="Chrome / Android", at="2026-11-25")

    assert Notice.from_json(notice.to_json()) == notice


def test_every_notice_has_an_id_of_its_own() -> None:
    made = {new_notice(NoticeKind.PASSWORD_CHANGED, HANAKO, AT).id for _ in range(10)}

    assert len(made) == 10


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (NoticeKind.ACCOUNT_EXISTS, "email"),
        (NoticeKind.NEW_DEVICE, "device, at"),
        (NoticeKind.PARTNER_CONNECTED, "application"),
        (NoticeKind.BACK_CHANNEL_LOGOUT, "application"),
    ],
)
def test_a_notice_that_lacks_what_its_mail_needs_is_not_made(kind: NoticeKind, missing: str) -> None:
    with pytest.raises(NoticeInvalid, match=missing):
        new_notice(kind, HANAKO, AT)


def test_only_a_notice_with_its_own_address_may_do_without_a_citizen() -> None:
    assert new_notice(NoticeKind.ACCOUNT_EXISTS, None, AT, email="a@example.jp").subject is None
    with pytest.raises(NoticeInvalid, match="subject"):
        new_notice(NoticeKind.PASSWORD_CHANGED, None, AT)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "{}",
        '{"id": "n", "kind": "password-changed", "subject": "s"}',
        '{"id": "n", "kind": "unheard-of", "subject": "s", "values": {}}',
        '{"id": "n", "kind": "password-changed", "subject": "s", "values": {"a": 1}}',
        '{"id": "n", "kind": "password-changed", "subject": "s", "values": ["a"]}',
    ],
)
def test_what_is_no_notice_is_refused_without_repeating_it(message: str) -> None:
    with pytest.raises(NoticeInvalid) as refused:
        Notice.from_json(message)

    assert "unheard-of" not in str(refused.value)


def test_the_queue_holds_the_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        sqs: Any = boto3.client("sqs", region_name="ap-northeast-1")
        url = sqs.create_queue(QueueName="notices")["QueueUrl"]
        notice = new_notice(NoticeKind.PARTNER_CONNECTED, HANAKO, AT, application="kencom")

        NoticeQueue(sqs, url).send(notice)

        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert Notice.from_json(message["Body"]) == notice
