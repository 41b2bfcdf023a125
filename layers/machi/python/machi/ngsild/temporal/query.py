"""Which stretch of time is asked for? (clauses 4.11, 5.2.21, 5.7.3.4 and 5.7.4.4)"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from machi.ngsild.broker.parameters import flag, text, texts, whole_number
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.collation import Collation
from machi.ngsild.reading import check_date_time
from machi.ngsild.temporal.evolution import TimeProperty, sortable
from machi.ngsild.temporal.repository import Window

PARAMETERS = frozenset({"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN"})
MAX_LAST = 1_000_000


class TimeRelation(StrEnum):
    """What `timerel` may ask for."""

    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"


class IdOrder(StrEnum):
    """How a temporal query may be ordered: by id (5.7.4.4)."""

    ASCENDING = "asc"
    DESCENDING = "desc"

    @classmethod
    def parse(cls, parameters: Mapping[str, Any]) -> "IdOrder | None":
        """Read `orderBy` and `collation`; ids are URIs and stand by code point whatever the collation.

        Raises:
            BadRequestData: another member than `id`, or not limited to the local scope, or no collation.
        """
        Collation.parse(text(parameters, "collation"))
        order_by = texts(parameters, "orderBy")
        if order_by is None:
            return None
        name, mark, direction = order_by[0].partition(";")
        if len(order_by) != 1 or name != "id" or (mark and direction not in set(cls)):
            raise BadRequestData("a temporal query can be ordered by id only, with ;asc or ;desc")
        if not flag(parameters, "local"):
            raise BadRequestData("a temporal query can be ordered within the local scope only: local=true")
        return cls(direction) if mark else cls.ASCENDING


@dataclass(frozen=True, slots=True)
class TemporalQuery:
    """A parsed temporal query. One without a relation asks for all time."""

    relation: TimeRelation | None = None
    time_at: str | None = None
    """As sent; the start of AFTER and BETWEEN, inclusive, the end of BEFORE, exclusive."""
    end_time_at: str | None = None
    """The end of BETWEEN, exclusive."""
    by: TimeProperty = TimeProperty.OBSERVED_AT
    last_n: int | None = None
    names_property: bool = False
    """Whether the request named the time property, and so wants only what has it."""

    @classmethod
    def parse(cls, parameters: Mapping[str, Any], *, is_required: bool = False) -> "TemporalQuery":
        """Read the parameters; those of a `temporalQ` member have the same names.

        Raises:
            BadRequestData: one of them is wrong, or they do not go together; or there is no temporal query
                where one is required.
        """
        by, relation = text(parameters, "timeproperty"), text(parameters, "timerel")
        if by is not None and by not in set(TimeProperty):
            raise BadRequestData(f"timeproperty must be one of {', '.join(TimeProperty)}")
        if relation is None and (is_required or {"timeAt", "endTimeAt"} & parameters.keys()):
            raise BadRequestData("a temporal query needs timerel and timeAt")
        if relation is not None and relation not in set(TimeRelation):
            raise BadRequestData(f"timerel must be one of {', '.join(TimeRelation)}")
        last_n = whole_number(parameters, "lastN", 1)
        return cls(
            relation=None if relation is None else TimeRelation(relation),
            time_at=None if relation is None else check_date_time(parameters.get("timeAt"), "timeAt"),
            end_time_at=(
                check_date_time(parameters.get("endTimeAt"), "endTimeAt")
                if relation == TimeRelation.BETWEEN
                else None
            ),
            by=TimeProperty.OBSERVED_AT if by is None else TimeProperty(by),
            last_n=None if last_n is None else min(last_n, MAX_LAST),
            names_property=by is not None,
        )

    @property
    def window(self) -> Window:
        """The times to read."""
        at = None if self.time_at is None else sortable(self.time_at)
        match self.relation:
            case TimeRelation.BEFORE:
                return Window(self.by, None, at)
            case TimeRelation.AFTER:
                return Window(self.by, at, None)
            case TimeRelation.BETWEEN:
                return Window(self.by, at, None if self.end_time_at is None else sortable(self.end_time_at))
            case _:
                return Window(self.by)

    @property
    def is_backwards(self) -> bool:
        """True if the newest come first, and pages go back in time (6.3.10)."""
        return self.last_n is not None

    @property
    def wants_everything(self) -> bool:
        """True if nothing is asked about times, so that points without the time property count too."""
        return self.relation is None and self.last_n is None and not self.names_property
