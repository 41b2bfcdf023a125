"""開示, 訂正, 利用停止: days are kept as the law has them, and a result stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from machi.consent.cases import CaseRefused
from machi.consent.law_requests import (
    MAX_OPEN,
    Filing,
    LawRequest,
    LawRequestKind,
    LawRequests,
    LawRequestState,
    Outcome,
)
from machi.core.errors import Conflict, NotFound
from machi.core.ids import CitizenId
from tests.unit.consent.builders import HANAKO
from tests.unit.consent.case_memory import MemoryCases
from tests.unit.consent.memory import Clock

TARO = CitizenId("taro")
SHOW_ME = Filing(LawRequestKind.DISCLOSURE, "私の連携の記録を見せてください")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 24, 14, 59, tzinfo=UTC))  # 23:59 in Japan


@pytest.fixture
def kept() -> MemoryCases[LawRequest]:
    return MemoryCases()


@pytest.fixture
def requests(kept: MemoryCases[LawRequest], clock: Clock) -> LawRequests:
    return LawRequests(kept, clock=clock)


def test_a_request_gets_a_number_and_thirty_days_not_counting_its_own(
    requests: LawRequests, clock: Clock
) -> None:
    asked = requests.file(HANAKO, SHOW_ME)
    assert asked.number.startswith("L-261124-")
    assert asked.due_on == date(2026, 12, 24)
    clock.passes(timedelta(minutes=2))
    assert requests.file(HANAKO, SHOW_ME).due_on == date(2026, 12, 25)


def test_a_city_may_be_quicker_than_the_law_and_never_slower(
    kept: MemoryCases[LawRequest], clock: Clock
) -> None:
    quick = LawRequests(kept, days=15, clock=clock)
    assert quick.file(HANAKO, SHOW_ME).due_on == date(2026, 12, 9)
    for days in (0, 31):
        with pytest.raises(ValueError, match="law"):
            LawRequests(kept, days=days, clock=clock)


def test_it_is_extended_once_by_thirty_days_with_a_reason(requests: LawRequests) -> None:
    number = requests.file(HANAKO, SHOW_ME).number
    extended = requests.extend(number, "記録が多く確認に時間がかかるため")
    assert (extended.state, extended.due_on) == (LawRequestState.EXTENDED, date(2027, 1, 23))
    assert extended.extension_reason == "記録が多く確認に時間がかかるため"
    with pytest.raises(CaseRefused):
        requests.extend(number, "もう一度")


def test_after_its_day_it_cannot_be_extended_but_decided(requests: LawRequests, clock: Clock) -> None:
    number = requests.file(HANAKO, SHOW_ME).number
    clock.passes(timedelta(days=30))
    requests.numbered(number)
    clock.passes(timedelta(minutes=2))
    with pytest.raises(CaseRefused):
        requests.extend(number, "遅くなりました")
    assert not requests.decide(number, Outcome.GRANTED, "開示します", "clerk").is_open


def test_the_result_stays_with_the_request(requests: LawRequests, clock: Clock) -> None:
    number = requests.file(HANAKO, SHOW_ME).number
    clock.passes(timedelta(days=3))
    decided = requests.decide(number, Outcome.PARTLY_GRANTED, "第78条に当たる部分を除きます", "clerk")
    assert decided.ruling is not None
    assert (decided.ruling.outcome, decided.ruling.by) == (Outcome.PARTLY_GRANTED, "clerk")
    assert decided.ruling.at == clock.now
    steps: tuple[Callable[[], object], ...] = (
        lambda: requests.decide(number, Outcome.REFUSED, "やり直し", "clerk"),
        lambda: requests.extend(number, "なお"),
        lambda: requests.withdraw(HANAKO, number),
    )
    for step in steps:
        with pytest.raises(CaseRefused):
            step()
    assert requests.all_of(HANAKO) == [decided]


def test_only_the_citizen_takes_it_back_and_as_often_as_it_likes(requests: LawRequests) -> None:
    number = requests.file(HANAKO, SHOW_ME).number
    with pytest.raises(NotFound):
        requests.withdraw(TARO, number)
    first = requests.withdraw(HANAKO, number)
    assert requests.withdraw(HANAKO, number) == first
    with pytest.raises(CaseRefused):
        requests.decide(number, Outcome.GRANTED, "開示します", "clerk")


def test_nobody_floods_the_queue(requests: LawRequests) -> None:
    numbers = [requests.file(HANAKO, SHOW_ME).number for _ in range(MAX_OPEN)]
    assert len(set(numbers)) == MAX_OPEN
    with pytest.raises(CaseRefused):
        requests.file(HANAKO, SHOW_ME)
    requests.file(TARO, SHOW_ME)
    requests.withdraw(HANAKO, numbers[0])
    requests.file(HANAKO, SHOW_ME)


def test_a_lost_race_is_tried_again_and_given_up_in_the_end(
    requests: LawRequests, kept: MemoryCases[LawRequest]
) -> None:
    kept.lost_races = 2
    number = requests.file(HANAKO, SHOW_ME).number
    kept.lost_races = 3
    assert requests.extend(number, "確認中").state is LawRequestState.EXTENDED
    kept.lost_races = 99
    with pytest.raises(Conflict):
        requests.decide(number, Outcome.GRANTED, "開示します", "clerk")
    with pytest.raises(Conflict):
        requests.file(HANAKO, SHOW_ME)


def test_a_number_that_nobody_has_is_not_found(requests: LawRequests) -> None:
    steps: tuple[Callable[[], object], ...] = (
        lambda: requests.numbered("L-000000-aaaaaa"),
        lambda: requests.extend("L-000000-aaaaaa", "x"),
        lambda: requests.decide("L-000000-aaaaaa", Outcome.GRANTED, "x", "clerk"),
    )
    for step in steps:
        with pytest.raises(NotFound):
            step()
