"""Each notice becomes one mail, to an address that is the citizen's, in the citizen's language."""

import logging
from dataclasses import replace

import pytest

from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.notices import Notice, NoticeKind, new_notice
from tests.unit.notification_sender.doubles import HANAKO, NOW, World

NOTICES = {
    NoticeKind.ACCOUNT_EXISTS: new_notice(NoticeKind.ACCOUNT_EXISTS, None, NOW, email="a@example.jp"),
    NoticeKind.EMAIL_CODE: new_notice(
        NoticeKind.EMAIL_CODE, HANAKO, NOW, email="new@example.jp", code="482913"
    ),
    NoticeKind.EMAIL_CHANGED: new_notice(NoticeKind.EMAIL_CHANGED, HANAKO, NOW, email="old@example.jp"),
    NoticeKind.PASSWORD_CHANGED: new_notice(NoticeKind.PASSWORD_CHANGED, HANAKO, NOW),
    NoticeKind.NEW_DEVICE: new_notice(
        NoticeKind.NEW_DEVICE, HANAKO, NOW, device="Chrome / Android", at="2026-11-25T03:00:00.000Z"
    ),
    NoticeKind.IDENTITY_LINKED: new_notice(NoticeKind.IDENTITY_LINKED, HANAKO, NOW, provider="yahoo-japan"),
    NoticeKind.IDENTITY_UNLINKED: new_notice(NoticeKind.IDENTITY_UNLINKED, HANAKO, NOW, provider="line"),
    NoticeKind.PARTNER_CONNECTED: new_notice(NoticeKind.PARTNER_CONNECTED, HANAKO, NOW, application="kencom"),
    NoticeKind.CONSENT_WITHDRAWN: new_notice(NoticeKind.CONSENT_WITHDRAWN, HANAKO, NOW, application="kencom"),
    NoticeKind.CONSENT_EXPIRING: new_notice(
        NoticeKind.CONSENT_EXPIRING, HANAKO, NOW, application="kencom", ends_at="2026-12-25T03:00:00.000Z"
    ),
    NoticeKind.ACCOUNT_CLOSING: new_notice(
        NoticeKind.ACCOUNT_CLOSING, HANAKO, NOW, closes_at="2026-12-25T03:00:00.000Z"
    ),
    NoticeKind.ACCOUNT_CLOSED: new_notice(NoticeKind.ACCOUNT_CLOSED, HANAKO, NOW, email="last@example.jp"),
}
SAYS = {
    NoticeKind.ACCOUNT_EXISTS: ("a@example.jp", "すでに登録されています"),
    NoticeKind.EMAIL_CODE: ("new@example.jp", "482913"),
    NoticeKind.EMAIL_CHANGED: ("old@example.jp", "メールアドレスが変更されました"),
    NoticeKind.PASSWORD_CHANGED: ("hanako@example.jp", "パスワードが変更されました"),
    NoticeKind.NEW_DEVICE: ("hanako@example.jp", "2026年11月25日 12:00"),
    NoticeKind.IDENTITY_LINKED: ("hanako@example.jp", "Yahoo! JAPAN"),
    NoticeKind.IDENTITY_UNLINKED: ("hanako@example.jp", "LINE"),
    NoticeKind.PARTNER_CONNECTED: ("hanako@example.jp", "kencom ヘルス"),
    NoticeKind.CONSENT_WITHDRAWN: ("hanako@example.jp", "kencom ヘルス"),
    NoticeKind.CONSENT_EXPIRING: (
        "hanako@example.jp",
        "「kencom ヘルス」への情報の提供についての同意は、2026年12月25日",
    ),
    NoticeKind.ACCOUNT_CLOSING: ("hanako@example.jp", "2026年12月25日"),
    NoticeKind.ACCOUNT_CLOSED: ("last@example.jp", "アカウントを削除しました"),
}


def test_every_kind_of_notice_is_a_mail_or_goes_to_a_partner() -> None:
    to_partners = {NoticeKind.BACK_CHANNEL_LOGOUT, NoticeKind.WITHDRAWAL}
    assert set(NOTICES) == set(NoticeKind) - to_partners


@pytest.mark.parametrize("kind", NOTICES)
def test_the_mail_goes_where_it_belongs_and_says_what_happened(kind: NoticeKind) -> None:
    world = World()

    assert world.delivers(NOTICES[kind]) == []

    ((address, mail),) = world.sent
    expected_address, said = SAYS[kind]
    assert address == expected_address
    assert said in mail.subject + mail.text


def test_the_mail_is_in_the_language_of_the_citizen() -> None:
    world = World(languages={HANAKO: Language.PORTUGUESE})

    world.delivers(NOTICES[NoticeKind.PASSWORD_CHANGED])

    assert "your password was changed" in world.sent[0][1].subject


@pytest.mark.parametrize(("tag", "said"), [("en", "you already have an account"), ("xx", "すでに")])
def test_a_notice_may_name_the_language_itself(tag: str, said: str) -> None:
    world = World()

    world.delivers(new_notice(NoticeKind.ACCOUNT_EXISTS, None, NOW, email="a@example.jp", language=tag))

    assert said in world.sent[0][1].subject


def test_an_address_that_nobody_proved_receives_nothing() -> None:
    world = World()
    world.users[HANAKO] = replace(world.users[HANAKO], is_email_verified=False)

    assert world.delivers(NOTICES[NoticeKind.PASSWORD_CHANGED]) == []
    assert world.sent == []


@pytest.mark.parametrize(
    "notice",
    [
        new_notice(NoticeKind.PASSWORD_CHANGED, CitizenId("gone"), NOW),
        new_notice(NoticeKind.PARTNER_CONNECTED, HANAKO, NOW, application="unheard-of"),
    ],
)
def test_what_cannot_be_told_any_more_does_not_block_the_queue(notice: Notice) -> None:
    world = World()

    assert world.delivers(notice) == []
    assert world.sent == []


def test_a_notice_delivered_twice_is_told_once() -> None:
    world = World()
    notice = NOTICES[NoticeKind.PASSWORD_CHANGED]

    assert world.delivers(notice, notice) == []
    assert world.delivers(notice) == []

    assert len(world.sent) == 1


def test_one_that_fails_is_tried_again_and_takes_no_other_with_it() -> None:
    world = World(mail_is_down=True)
    logout = new_notice(NoticeKind.BACK_CHANNEL_LOGOUT, HANAKO, NOW, application="kencom")

    failed = world.delivers(NOTICES[NoticeKind.PASSWORD_CHANGED], "no notice", logout)

    assert failed == ["0", "1"]
    assert len(world.posted) == 2
    world.mail_is_down = False
    assert world.delivers(NOTICES[NoticeKind.PASSWORD_CHANGED], attempt=2) == []
    assert len(world.sent) == 1


def test_one_that_somebody_else_is_at_comes_back_later() -> None:
    world = World()
    notice = NOTICES[NoticeKind.PASSWORD_CHANGED]
    world.memory.take(notice.id)

    assert world.delivers(notice) == ["0"]
    assert world.sent == []


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 30), (2, 60), (3, 120), (5, 480), (9, 900)])
def test_each_attempt_waits_longer(attempt: int, seconds: int) -> None:
    world = World(mail_is_down=True)

    world.delivers(NOTICES[NoticeKind.PASSWORD_CHANGED], attempt=attempt)

    assert world.delays == [("handle-0", seconds)]


def test_the_log_says_why_a_mail_was_not_accepted(caplog: pytest.LogCaptureFixture) -> None:
    world = World(mail_is_down=True)
    with caplog.at_level(logging.INFO):
        world.delivers(NOTICES[NoticeKind.PASSWORD_CHANGED])

    assert "MailFailed: TooManyRequestsException" in str(vars(caplog.records[-1]))


def test_the_log_names_kinds_and_outcomes_and_nobody(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    with caplog.at_level(logging.INFO):
        world.delivers(*NOTICES.values())

    lines = "".join(str(vars(record)) for record in caplog.records)
    assert "password-changed" in lines
    for told in ("example.jp", HANAKO, "482913", "Chrome"):
        assert told not in lines
