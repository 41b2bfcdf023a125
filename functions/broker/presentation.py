"""How does a request want entities to look? (clauses 6.3.7, 6.3.11 and 6.3.15)"""

from collections.abc import Collection
from dataclasses import dataclass

from functions.broker.media_types import MediaType
from machi.ngsild.broker.parameters import Parameters, datasets, text, texts
from machi.ngsild.errors import BadRequestData, InvalidRequest
from machi.ngsild.rendering import Format, View

FORMATS = {
    "normalized": Format.NORMALIZED,
    "concise": Format.CONCISE,
    "simplified": Format.SIMPLIFIED,
    "keyValues": Format.SIMPLIFIED,
}
SYSTEM_ATTRIBUTES = "sysAttrs"
PARAMETERS = frozenset({"options", "format", "lang", "datasetId", "geometryProperty"})


@dataclass(frozen=True, slots=True)
class Look:
    """The representation of entities."""

    media: MediaType
    view: View
    geometry_property: str | None = None


def read_look(parameters: Parameters, media: MediaType) -> Look:
    """The look that the parameters ask for.

    Raises:
        InvalidRequest: an option that does not exist, or two that contradict each other.
        BadRequestData: a geometry is chosen, but GeoJSON is not asked for.
    """
    options = read_options(parameters, {*FORMATS, SYSTEM_ATTRIBUTES})
    geometry_property = text(parameters, "geometryProperty")
    if geometry_property is not None and media is not MediaType.GEO_JSON:
        raise BadRequestData("geometryProperty needs GeoJSON as the accepted media type")
    view = View(
        format=read_format(parameters, options),
        system_attributes=SYSTEM_ATTRIBUTES in options,
        language=text(parameters, "lang"),
        datasets=datasets(parameters),
    )
    return Look(media, view, geometry_property)


def read_options(parameters: Parameters, known: Collection[str]) -> frozenset[str]:
    """The keywords of `options`.

    Raises:
        InvalidRequest: one is not known to the operation (6.3.20).
    """
    options = frozenset(texts(parameters, "options") or ())
    if not options <= set(known):
        raise InvalidRequest("the operation has no such option")
    return options


def read_format(parameters: Parameters, options: frozenset[str]) -> Format:
    """`format`, or else the keyword in `options` (6.3.7).

    Raises:
        InvalidRequest: there is no such format, or there are two.
    """
    name = text(parameters, "format")
    if name is not None:
        if name not in FORMATS:
            raise InvalidRequest("there is no such format")
        return FORMATS[name]
    named = {FORMATS[option] for option in options if option in FORMATS}
    if len(named) > 1:
        raise InvalidRequest("options name two formats")
    return named.pop() if named else Format.NORMALIZED
