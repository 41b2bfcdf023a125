"""Is a text a DateTime, Date or Time of clause 4.6.3, and how does it order among its kind?

Keys order as text in temporal order, so `12:00:00Z`, `12:00:00.0Z` and `12:00:00,000Z` are one moment.
"""

import re
from datetime import date, datetime, time

from machi.ngsild.query.expression import Kind

Moment = tuple[Kind, str]
"""The data type, and a key that orders within it."""

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?"
FORM = re.compile(rf"(?:(?P<date>{_DATE})(?:T(?P<of_day>{_TIME})Z)?|(?P<time>{_TIME})Z)")
"""How a moment is written; a comma may stand for the decimal point."""

_SHORTEST, _LONGEST = 9, 27


def moment(text: str) -> Moment | None:
    """The data type and ordering key of a text, or None if it has no such form."""
    if not _SHORTEST <= len(text) <= _LONGEST or not text[0].isdigit():
        return None
    found = FORM.fullmatch(text)
    if found is None:
        return None
    day, of_day, clock = found["date"], found["of_day"], found["time"]
    if clock is not None:
        return Kind.TIME, _canonical(clock)
    return (Kind.DATE, day) if of_day is None else (Kind.DATE_TIME, f"{day}T{_canonical(of_day)}")


def is_real(found: Moment) -> bool:
    """True if the calendar and the clock have such a moment (no 30 February, no 25 o'clock)."""
    kind, key = found
    try:
        if kind is Kind.DATE:
            date.fromisoformat(key)
        elif kind is Kind.TIME:
            time.fromisoformat(key.partition(".")[0])
        else:
            datetime.fromisoformat(key.partition(".")[0] + "+00:00")
    except ValueError:
        return False
    return True


def _canonical(clock: str) -> str:
    whole, _, fraction = clock.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
