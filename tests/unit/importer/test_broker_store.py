"""Imports into the broker's own storage."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from functions.importer.broker_store import BrokerStore
from machi.core.clock import to_iso
from machi.core.ids import DEFAULT_TENANT, EntityId, Tenant
from machi.datasets.catalogue import SITES
from machi.datasets.conversion import convert
from machi.datasets.entities import Entity
from machi.datasets.loading import Action
from machi.ngsild.broker.batch import UpsertMode
from machi.ngsild.rendering import Renderer
from machi.ngsild.repositories import EntityRepository, StoredEntity
from tests.unit.datasets.builders import CITY, DATA, site_row, sites_of
from tests.unit.ngsild.broker.world import CORE, World, items
from tests.unit.ngsild.memory import MemoryEntities

FIRST = "urn:ngsi-ld:EvacuationSite:232033:S0001"


class City:
    """A broker that imports go into."""

    def __init__(self, entities: EntityRepository | None = None) -> None:
        self.world = World(entities)
        self.store = BrokerStore(self.world.batch, DEFAULT_TENANT, CORE, lambda: to_iso(self.world.now()))

    def loads(self, entities: list[Entity]) -> list[Action]:
        """Load, and tell what became of each."""
        self.world.later(minutes=1)
        return [outcome.action for outcome in self.store.load(entities)]

    def holds(self, identifier: str = FIRST) -> dict[str, Any]:
        """The entity in normalized form, as a client reads it."""
        stored = self.world.entities.get(DEFAULT_TENANT, EntityId(identifier))
        assert stored is not None
        return Renderer(CORE).entity(stored.entity)

    def somebody_says(self, name: str, attribute: dict[str, Any]) -> None:
        """Another application appends an attribute to the first site."""
        result = self.world.batch.upsert(
            DEFAULT_TENANT, items({"id": FIRST, "type": "EvacuationSite", name: attribute}), UpsertMode.UPDATE
        )
        assert not result.errors


@pytest.fixture
def city() -> City:
    return City()


def test_entities_come_back_as_they_were_given(city: City) -> None:
    entities = convert((DATA / "gsi_emergency_232033.geojson").read_bytes(), SITES, CITY).entities()

    assert city.loads(entities) == [Action.CREATED] * 4
    assert [city.holds(entity["id"]) for entity in entities] == entities


def test_loading_again_writes_nothing(city: City) -> None:
    entities = sites_of(*(site_row(number) for number in range(1, 98))).entities()
    city.loads(entities)
    before = city.world.entity(FIRST)

    assert city.loads(entities) == [Action.UNCHANGED] * 97

    assert city.world.entity(FIRST) == before


def test_more_entities_than_one_batch_takes_are_loaded(city: City) -> None:
    entities = sites_of(*(site_row(number) for number in range(1, 1051))).entities()

    assert city.loads(entities) == [Action.CREATED] * 1050
    assert city.loads(entities) == [Action.UNCHANGED] * 1050


def test_only_what_differs_is_modified_and_what_is_gone_is_removed(city: City) -> None:
    city.loads(sites_of(site_row(備考="改修中")).entities())
    name, hazards = (CORE.expand_term(term) for term in ("name", "hazards"))
    first = city.world.entity(FIRST)

    assert city.loads(sites_of(site_row(災害種別_地震="1")).entities()) == [Action.REPLACED]

    second = city.world.entity(FIRST)
    assert city.holds()["hazards"]["value"] == ["flood", "earthquake"]
    assert "remark" not in city.holds()
    assert second["createdAt"] == first["createdAt"]
    assert second["attrs"][name] == first["attrs"][name]
    assert second["attrs"][hazards][0]["modifiedAt"] > first["attrs"][hazards][0]["modifiedAt"]


def test_what_others_say_about_a_site_stays(city: City) -> None:
    city.loads(sites_of(site_row()).entities())
    city.somebody_says("openingState", {"type": "Property", "value": "open"})

    assert city.loads(sites_of(site_row()).entities()) == [Action.UNCHANGED]
    assert city.loads(sites_of(site_row(備考="改修中")).entities()) == [Action.REPLACED]

    assert city.holds()["openingState"]["value"] == "open"
    assert city.holds()["remark"]["value"] == "改修中"


def test_an_older_state_is_refused(city: City) -> None:
    entities = sites_of(site_row()).entities()
    newer = [entity | {"dateModified": {"type": "Property", "value": "2026-01-01"}} for entity in entities]
    city.loads(newer)

    assert city.loads(entities) == [Action.REFUSED]
    assert city.holds() == newer[0]


def test_an_entity_the_broker_refuses_does_not_stop_the_others(city: City) -> None:
    first, second = sites_of(site_row(1), site_row(2)).entities()
    first["location"] = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["a"]}}

    outcomes = city.store.load([first, second])

    assert [outcome.action for outcome in outcomes] == [Action.REFUSED, Action.CREATED]
    assert outcomes[0].reason.startswith("データ連携基盤が受け付けませんでした(")


def test_a_lost_race_is_run_again_from_the_latest_state() -> None:
    entities = _Overtaken()
    city = City(entities)
    city.loads(sites_of(site_row()).entities())
    entities.meanwhile = lambda: city.somebody_says("openingState", {"type": "Property", "value": "open"})

    assert city.loads(sites_of(site_row(備考="改修中")).entities()) == [Action.REPLACED]

    assert city.holds()["openingState"]["value"] == "open"
    assert city.holds()["remark"]["value"] == "改修中"


class _Overtaken(MemoryEntities):
    """Somebody writes between the next read and the write after it."""

    meanwhile: Callable[[], None] | None = None

    def get_many(self, tenant: Tenant, entities: Sequence[EntityId]) -> Mapping[EntityId, StoredEntity]:
        """Read, then let somebody write."""
        found = super().get_many(tenant, entities)
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        return found
