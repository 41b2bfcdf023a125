"""A notice is taken on by one sender at a time, and told once."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.storage.notice_table import LEASE, NoticeTable, ReaderTable, Taken
from tests.aws_double import everything
from tests.storage.conftest import BOTH, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

HANAKO = CitizenId("hanako")


class Watch:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def notices(client: "DynamoDBClient", watch: Watch) -> NoticeTable:
    return NoticeTable(client, TABLE, watch)


def test_one_of_two_senders_has_it(notices: NoticeTable) -> None:
    assert notices.take("ntc_1") is Taken.MINE
    assert notices.take("ntc_1") is Taken.BUSY
    assert notices.take("ntc_2") is Taken.MINE


def test_what_was_sent_stays_sent(notices: NoticeTable, watch: Watch) -> None:
    notices.take("ntc_1")
    notices.sent("ntc_1")
    watch.now += timedelta(days=10)

    assert notices.take("ntc_1") is Taken.SENT


def test_what_failed_may_be_taken_at_once(notices: NoticeTable) -> None:
    notices.take("ntc_1")
    notices.give_back("ntc_1")

    assert notices.take("ntc_1") is Taken.MINE


def test_a_sender_that_died_loses_it_after_a_while(notices: NoticeTable, watch: Watch) -> None:
    notices.take("ntc_1")
    watch.now += LEASE - timedelta(seconds=1)
    assert notices.take("ntc_1") is Taken.BUSY

    watch.now += timedelta(seconds=1)

    assert notices.take("ntc_1") is Taken.MINE


def test_nothing_of_the_notice_is_kept(notices: NoticeTable, client: "DynamoDBClient") -> None:
    notices.take("ntc_1")
    notices.sent("ntc_1")

    ((_, item),) = everything(client, TABLE).items()
    assert set(item) == {"pk", "sk", "dataClass", "state", "leaseEnds", "expires"}


def test_the_profiles_language_counts_before_that_of_the_terms(client: "DynamoDBClient") -> None:
    readers = ReaderTable(client, TABLE)
    assert readers.language_of(HANAKO) is Language.JAPANESE

    _put(client, "ACCOUNT", "en")
    assert readers.language_of(HANAKO) is Language.ENGLISH

    _put(client, "PROFILE", "vi")
    assert readers.language_of(HANAKO) is Language.VIETNAMESE

    _put(client, "PROFILE", "of-next-year")
    assert readers.language_of(HANAKO) is Language.ENGLISH


def _put(client: "DynamoDBClient", sort: str, language: str) -> None:
    item = {"pk": {"S": "CITIZEN#hanako"}, "sk": {"S": sort}, "language": {"S": language}}
    client.put_item(TableName=TABLE, Item=item)
