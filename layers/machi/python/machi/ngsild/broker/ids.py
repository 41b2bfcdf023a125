"""Is what a client sent as an entity id one? (5.6 and 5.7: every operation asks this first)"""

from machi.core.ids import EntityId
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import is_uri


def entity_id(text: str) -> EntityId:
    """The id as such.

    Raises:
        BadRequestData: not a URI.
    """
    if not is_uri(text):
        raise BadRequestData("the entity id must be a URI")
    return EntityId(text)


def entity_ids(text: str) -> tuple[EntityId, ...]:
    """A comma separated list of ids, without doubles.

    Raises:
        BadRequestData: one of them is no URI.
    """
    return tuple(dict.fromkeys(entity_id(part.strip()) for part in text.split(",")))
