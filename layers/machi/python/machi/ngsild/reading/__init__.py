"""From parsed JSON to the in-memory form, with every check of clauses 4.5 to 4.8 and 5.5.4 on the way.

A client learns from the reason where the fault is: by position and by names of the specification.
"""

from machi.ngsild.reading.attributes import checked_instance
from machi.ngsild.reading.entities import Fragment, read_attribute, read_entity, read_fragment
from machi.ngsild.reading.nulls import NULL, Nulls, is_deletion
from machi.ngsild.reading.scalars import check_date_time, check_uri, is_date_time, is_uri
from machi.ngsild.reading.simplified import read_merge_fragment, read_simplified_fragment

__all__ = [
    "NULL",
    "Fragment",
    "Nulls",
    "check_date_time",
    "check_uri",
    "checked_instance",
    "is_date_time",
    "is_deletion",
    "is_uri",
    "read_attribute",
    "read_entity",
    "read_fragment",
    "read_merge_fragment",
    "read_simplified_fragment",
]
