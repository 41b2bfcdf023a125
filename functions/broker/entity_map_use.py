"""How do queries make and use entity maps? (clauses 5.5.14, 5.7.1.4 and 5.7.2.4)"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from functions.broker.call import Call
from functions.broker.results import API
from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.asking import Asked
from machi.ngsild.broker.durations import duration
from machi.ngsild.broker.parameters import Parameters, flag, text
from machi.ngsild.broker.selection import Selection
from machi.ngsild.repositories import EntityMap

HEADER = "NGSILD-EntityMap"
MAP_PARAMETERS = frozenset({"entityMap", "entityMapLifetime"})


def map_path(entity_map: EntityMap) -> str:
    """Where an entity map is found."""
    return f"{API}/entityMaps/{entity_map.id}"


class MapUse:
    """The entity map of one request: named by it, made for it, or none."""

    def __init__(self, call: Call, tenant: Tenant, parameters: Parameters) -> None:
        lifetime = text(parameters, "entityMapLifetime")
        self._lifetime = None if lifetime is None else duration(lifetime)
        self._maps, self._tenant = call.services.entity_maps, tenant
        self._named = call.request.headers.get(HEADER)
        self._is_wanted = flag(parameters, "entityMap") or self._named is not None
        self.status = 200
        self.headers: dict[str, str] = {}

    def narrowed(self, asked: Asked) -> Asked:
        """The query over the entities of its map; the map is made if there is none (5.7.2.4).

        Raises:
            TooManyResults, TooComplexQuery: the map would be too large.
        """
        found = self.selecting(asked.selection, lambda: self._maps.ids(self._tenant, asked.selection))
        return replace(asked, selection=found)

    def selecting(self, selection: Selection, find: Callable[[], Sequence[EntityId]]) -> Selection:
        """The selection among the entities of the map; if there is none, `find` says which they are.

        Raises:
            TooManyResults, TooComplexQuery: the map would be too large.
        """
        if not self._is_wanted:
            return selection
        found = self._find()
        if found is None:
            found = self.made(find())
            self.status = 201
        self.headers[HEADER] = map_path(found)
        return selection.among(found.entities)

    def made(self, entities: Sequence[EntityId]) -> EntityMap:
        """A new map of these entities."""
        made = self._maps.of(self._tenant, entities, self._lifetime)
        self.headers[HEADER] = map_path(made)
        return made

    def of_one(self, entity: EntityId) -> None:
        """The map of a request that retrieves one entity (5.7.1.4)."""
        if self._is_wanted:
            found = self._find() or self.made([entity])
            self.headers[HEADER] = map_path(found)

    def _find(self) -> EntityMap | None:
        """The map that the header names, by its path or its id."""
        if self._named is None:
            return None
        return self._maps.find(self._tenant, self._named.rpartition("/")[2])
