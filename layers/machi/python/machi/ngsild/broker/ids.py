"""Is what a client names a possible name? (5.6 and 5.7: every operation asks this first)"""

from machi.core.ids import EntityId
from machi.ngsild.context import Context
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import is_uri
from machi.ngsild.reading.scalars import is_name

NO_ATTRIBUTES = frozenset({"id", "type", "createdAt", "modifiedAt", "deletedAt", "expiresAt", "@context"})
"""Members of an entity that are no attributes of it."""


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


def attribute_iri(name: str, context: Context) -> str:
    """The IRI of an attribute that the path names; `scope` may be named in its place.

    Raises:
        BadRequestData: no name, or that of a member which is no attribute.
    """
    if name in NO_ATTRIBUTES:
        raise BadRequestData("this member of an entity is not an attribute")
    if ":" not in name and not is_name(name):
        raise BadRequestData("an attribute's name begins with a letter and has letters, numbers and _ only")
    return context.expand_term(name)
