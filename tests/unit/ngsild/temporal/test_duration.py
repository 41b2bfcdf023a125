"""Clause 4.5.19.1: periods of exact and of calendar length."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.ngsild.errors import BadRequestData
from machi.ngsild.temporal.duration import Duration

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
ORIGIN = datetime(2026, 1, 31, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "months", "exact"),
    [
        ("P3Y6M4DT12H30M5S", 42, timedelta(days=4, hours=12, minutes=30, seconds=5)),
        ("PT1H", 0, timedelta(hours=1)),
        ("P1D", 0, timedelta(days=1)),
        ("P2W", 0, timedelta(weeks=2)),
        ("P1M", 1, timedelta()),
        ("PT1M", 0, timedelta(minutes=1)),
        ("P1Y", 12, timedelta()),
        ("PT0.5S", 0, timedelta(milliseconds=500)),
        ("PT0S", 0, timedelta()),
        ("P0D", 0, timedelta()),
    ],
)
def test_a_duration_is_read(text: str, months: int, exact: timedelta) -> None:
    assert Duration.parse(text) == Duration(months, exact)
    assert Duration.parse(text).is_zero is (not months and not exact)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "1D", "P1H", "PT1D", "P1DT", "P-1D", "p1d", "P1W1D", "P1.5D", "P1M1Y", "PT1S1H",
     "P1D ",     "P9999999D", "P0001-01-01T00:00:00", "PT" + "1" * 100 + "S"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("text", "times", "moment"),
    [
        ("P1M", 1, datetime(2026, 2, 28, 12, 3, tzinfo=UTC)),
        ("P1M", 2, datetime(2026, 3, 31, 12, 3, tzinfo=UTC)),
        ("P1Y", 2, datetime(2028, 1, 31, 12, 3, tzinfo=UTC)),
        ("P1M1D", 2, datetime(2026, 4, 2, 12, 3, tzinfo=UTC)),
        ("PT1H", 24, datetime(2026, 2, 1, 12, 3, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(text: str, times: int, moment: datetime) -> None:
    assert Duration.parse(text).after(ORIGIN, times) == moment


def test_beyond_the_end_of_time_is_the_end_of_time() -> None:
    assert Duration.parse("P9000Y").after(ORIGIN, 2) == datetime.max.replace(tzinfo=UTC)


_durations = st.builds(
    Duration,
    st.integers(0, 30),
    st.builds(
        lambda days, seconds: timedelta(days=days, seconds=seconds),
        st.integers(0, 40),
        st.integers(0, 90_000),
    ),
).filter(lambda duration: not duration.is_zero)


@given(
    _durations,
    st.timedeltas(timedelta(), timedelta(days=15_000)).map(lambda age: _EARLIEST + age),
    st.timedeltas(timedelta(), timedelta(days=900)),
)
def test_every_moment_lies_in_the_period_of_its_number(
    duration: Duration, origin: datetime, since: timedelta
) -> None:
    moment = origin + since

    number = duration.number(origin, moment)

    assert duration.after(origin, number) <= moment < duration.after(origin, number + 1)
