"""The temporal evolution of entities: what changes add to it, what clients ask and change of it.

Clauses 4.5.6 to 4.5.9, 4.5.19, 4.11, 5.6.11 to 5.6.16, 5.7.3 and 5.7.4. The rendering writes it down.
"""

from machi.ngsild.temporal.aggregation import Aggregation
from machi.ngsild.temporal.changes import Changes, changes
from machi.ngsild.temporal.consumption import TemporalAnswer, TemporalConsumption, Wish
from machi.ngsild.temporal.evolution import SCOPE, Head, Point, TimeProperty
from machi.ngsild.temporal.partial import ContentRange, Slice
from machi.ngsild.temporal.provision import ALL_DATASETS, InstancePlace, TemporalProvision
from machi.ngsild.temporal.query import IdOrder, TemporalQuery
from machi.ngsild.temporal.repository import FoundHead, HistoryRepository, Window

__all__ = [
    "ALL_DATASETS",
    "SCOPE",
    "Aggregation",
    "Changes",
    "ContentRange",
    "FoundHead",
    "Head",
    "HistoryRepository",
    "IdOrder",
    "InstancePlace",
    "Point",
    "Slice",
    "TemporalAnswer",
    "TemporalConsumption",
    "TemporalProvision",
    "TemporalQuery",
    "TimeProperty",
    "Window",
    "Wish",
    "changes",
]
