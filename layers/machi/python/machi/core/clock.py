"""What time it is, always aware and in UTC; the only place that reads the system clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current moment, aware and in UTC. Passed in, so tests can stand still."""


def utc_now() -> datetime:
    """The system clock."""
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, for example `2026-11-24T05:00:00.123Z`.

    Raises:
        ValueError: the moment is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("time must be aware")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
