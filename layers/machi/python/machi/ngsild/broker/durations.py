"""How long is an ISO 8601 duration? (`entityMapLifetime`)"""

import re
from datetime import timedelta

from machi.ngsild.errors import BadRequestData

_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_FORM = re.compile(
    rf"P(?=.)(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?(?:(?P<weeks>{_NUMBER})W)?"
    rf"(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=.)(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?"
)
_DAYS = {"years": 365.25, "months": 30.4375, "weeks": 7.0, "days": 1.0}
_SECONDS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0}
_LONGEST = timedelta(days=36_525)


def duration(text: str) -> timedelta:
    """The length, at most a hundred years; years and months count with their mean length.

    Raises:
        BadRequestData: not a duration.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadRequestData("the duration must be ISO 8601, such as PT30M or P1D")
    parts = {name: float((value or "0").replace(",", ".")) for name, value in found.groupdict().items()}
    seconds = sum(parts[name] * 86_400 * days for name, days in _DAYS.items())
    seconds += sum(parts[name] * factor for name, factor in _SECONDS.items())
    return min(timedelta(seconds=min(seconds, _LONGEST.total_seconds())), _LONGEST)
