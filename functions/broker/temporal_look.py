"""What does a temporal request want of each evolution, and how written down? (clauses 6.3.11, 6.3.12)"""

from dataclasses import dataclass

from functions.broker.media_types import MediaType
from functions.broker.presentation import SYSTEM_ATTRIBUTES, read_options
from machi.ngsild.broker.parameters import Parameters, datasets, text, texts
from machi.ngsild.errors import InvalidRequest
from machi.ngsild.query.projection import Projection
from machi.ngsild.rendering import TemporalFormat, TemporalView
from machi.ngsild.temporal import Aggregation, TemporalQuery, Wish

LOOKING = frozenset(
    {
        "timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration",
        "options", "format", "lang", "datasetId",
    }
)  # fmt: skip
"""The parameters that are read here."""


@dataclass(frozen=True, slots=True)
class TemporalLook:
    """Which instances, and their representation."""

    media: MediaType
    wish: Wish
    view: TemporalView


def read_temporal_look(
    parameters: Parameters, projection: Projection, media: MediaType, *, needs_times: bool = False
) -> TemporalLook:
    """The look that the parameters ask for; `needs_times` where a temporal query must be there.

    Raises:
        InvalidRequest: an option or a format that does not exist, or two formats.
        BadRequestData: the temporal query or the aggregation is wrong.
    """
    options = read_options(parameters, {*TemporalFormat, SYSTEM_ATTRIBUTES})
    shape = _format(parameters, options)
    query = TemporalQuery.parse(parameters, is_required=needs_times)
    aggregation = None
    if shape is TemporalFormat.AGGREGATED:
        aggregation = Aggregation.parse(
            texts(parameters, "aggrMethods"), text(parameters, "aggrPeriodDuration")
        )
    return TemporalLook(
        media,
        Wish(query, projection, datasets(parameters), aggregation),
        TemporalView(
            format=shape,
            by=query.by,
            system_attributes=SYSTEM_ATTRIBUTES in options,
            language=text(parameters, "lang"),
            projection=projection,
        ),
    )


def _format(parameters: Parameters, options: frozenset[str]) -> TemporalFormat:
    name = text(parameters, "format")
    if name is not None:
        if name not in set(TemporalFormat):
            raise InvalidRequest("there is no such format")
        return TemporalFormat(name)
    named = [shape for shape in TemporalFormat if shape in options]
    if len(named) > 1:
        raise InvalidRequest("options name two formats")
    return named[0] if named else TemporalFormat.NORMALIZED
