"""How long is an aggregation period, and which period does a moment fall in? (clause 4.5.19.1, ISO 8601)"""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from machi.ngsild.errors import BadRequestData

_NUMBER = r"([0-9]{1,6})"
_FORM = re.compile(
    rf"P(?:{_NUMBER}W|(?=[0-9T])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:([0-9]{{1,9}}(?:[.,][0-9]{{1,6}})?)S)?)?)"
)
_MONTHS = 12
_DAYS_OF_MONTH = 30.436875  # on average; only to guess where to begin to look
_LAST_YEAR = 9_999


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months and exact time. Zero stands for the whole range of a query."""

    months: int = 0
    exact: timedelta = timedelta()

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read `P3Y6M4DT12H30M5S` or `P2W`.

        Raises:
            BadRequestData: no duration in this format.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise BadRequestData("aggrPeriodDuration must be a duration such as P1D, PT1H, P1M or P2W")
        weeks, years, months, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
        seconds = float((found[7] or "0").replace(",", "."))
        exact = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return cls(_MONTHS * years + months, exact)

    @property
    def is_zero(self) -> bool:
        """True if it spans the whole range."""
        return not self.months and not self.exact

    def after(self, origin: datetime, times: int) -> datetime:
        """The moment so many durations after the origin; the end of time if it lies beyond."""
        try:
            return _months_after(origin, self.months * times) + self.exact * times
        except (OverflowError, ValueError):
            return datetime.max.replace(tzinfo=origin.tzinfo)

    def number(self, origin: datetime, moment: datetime) -> int:
        """Which period since the origin a moment not before it falls in, counted from 0."""
        if not self.months:
            return (moment - origin) // self.exact
        length = timedelta(days=self.months * _DAYS_OF_MONTH) + self.exact
        guess = max(0, (moment - origin) // length - 1)
        while guess and self.after(origin, guess) > moment:
            guess -= 1
        while self.after(origin, guess + 1) <= moment:
            guess += 1
        return guess


WHOLE_RANGE = Duration()
"""The duration of zero."""


def _months_after(origin: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(origin.month - 1 + months, _MONTHS)
    year = origin.year + years
    if year > _LAST_YEAR:
        raise OverflowError
    day = min(origin.day, calendar.monthrange(year, month + 1)[1])
    return origin.replace(year=year, month=month + 1, day=day)
