"""The smaller groups of operations: purge, discovery, tenants, loading, entity maps, identity."""

import re
from datetime import timedelta

import pytest

from machi.core.ids import DEFAULT_TENANT, ApplicationId, Tenant
from machi.core.principal import Principal, PrincipalKind
from machi.ngsild.broker.asking import read_selection
from machi.ngsild.broker.durations import duration
from machi.ngsild.broker.identity import SourceIdentity
from machi.ngsild.broker.purge import Reduce, Reduction
from machi.ngsild.broker.tenants import Tenants
from machi.ngsild.errors import BadRequestData, NonexistentTenant, ResourceNotFound
from tests.unit.ngsild.broker.world import CORE, World, car, expand
from tests.unit.ngsild.memory import MemoryTenants


class TestPurge:
    def test_all_that_matches_is_deleted(self) -> None:
        world = World()
        world.has(car(1, speed=1), car(2, speed=2), {"id": "urn:ngsi-ld:Bus:1", "type": "Bus"})

        result = world.purge.purge(DEFAULT_TENANT, read_selection({"type": "Car", "q": "speed==1"}, expand))

        assert result.success == ["urn:ngsi-ld:Car:1"]
        assert sorted(world.finds(type="*")) == ["Bus:1", "Car:2"]

    @pytest.mark.parametrize(("how", "left"), [(Reduce.DROP, {"b": 2}), (Reduce.KEEP, {"a": 1})])
    def test_or_loses_attributes_only(self, how: Reduce, left: dict[str, int]) -> None:
        world = World()
        world.has(car(1, a=1, b=2))

        world.purge.purge(
            DEFAULT_TENANT, read_selection({"type": "Car"}, expand), Reduction(how, {expand("a")})
        )

        assert world.values() == left

    def test_more_than_one_batch_is_no_limit(self) -> None:
        world = World()
        world.has(*(car(number) for number in range(1500)))

        result = world.purge.purge(DEFAULT_TENANT, read_selection({"type": "Car"}, expand))

        assert len(result.success) == 1500
        assert world.finds(type="Car") == []


class TestDiscovery:
    @pytest.fixture
    def world(self) -> World:
        world = World()
        world.has(
            car(1, speed=1, owner={"type": "Relationship", "object": "urn:a:b"}),
            car(2, speed=[{"value": 1}, {"value": 2, "datasetId": "urn:a:b"}]),
            {
                "id": "urn:ngsi-ld:Bus:1",
                "type": ["Bus", "Vehicle"],
                "speed": {"type": "ListProperty", "valueList": [1]},
            },
        )
        return world

    def test_types_are_listed(self, world: World) -> None:
        found = world.discovery.type_list(DEFAULT_TENANT, CORE.compact)

        assert found["typeList"] == ["Bus", "Car", "Vehicle"]
        assert found["type"] == "EntityTypeList"

    def test_types_are_described_by_their_attributes(self, world: World) -> None:
        found = world.discovery.types(DEFAULT_TENANT, CORE.compact)

        assert {
            "id": expand("Car"),
            "type": "EntityType",
            "typeName": "Car",
            "attributeNames": ["owner", "speed"],
        } in found

    def test_a_type_is_described(self, world: World) -> None:
        assert world.discovery.type(DEFAULT_TENANT, expand("Car"), CORE.compact) == {
            "id": expand("Car"),
            "type": "EntityTypeInfo",
            "typeName": "Car",
            "entityCount": 2,
            "attributeDetails": [
                {
                    "id": expand("owner"),
                    "type": "Attribute",
                    "attributeName": "owner",
                    "attributeTypes": ["Relationship"],
                },
                {
                    "id": expand("speed"),
                    "type": "Attribute",
                    "attributeName": "speed",
                    "attributeTypes": ["Property"],
                },
            ],
        }

    def test_attributes_are_listed_and_described(self, world: World) -> None:
        listed = world.discovery.attribute_list(DEFAULT_TENANT, CORE.compact)
        described = world.discovery.attributes(DEFAULT_TENANT, CORE.compact)

        assert listed["attributeList"] == ["owner", "speed"]
        assert described == [
            {"id": expand("owner"), "type": "Attribute", "attributeName": "owner", "typeNames": ["Car"]},
            {
                "id": expand("speed"),
                "type": "Attribute",
                "attributeName": "speed",
                "typeNames": ["Bus", "Car", "Vehicle"],
            },
        ]

    def test_an_attribute_is_described_with_its_count(self, world: World) -> None:
        found = world.discovery.attribute(DEFAULT_TENANT, expand("speed"), CORE.compact)

        assert found["attributeCount"] == 4
        assert sorted(found["attributeTypes"]) == ["ListProperty", "Property"]  # type: ignore[call-overload]
        assert found["typeNames"] == ["Bus", "Car", "Vehicle"]

    def test_what_nothing_has_is_not_found(self, world: World) -> None:
        with pytest.raises(ResourceNotFound):
            world.discovery.type(DEFAULT_TENANT, expand("Boat"), CORE.compact)
        with pytest.raises(ResourceNotFound):
            world.discovery.attribute(DEFAULT_TENANT, expand("colour"), CORE.compact)


class TestTenants:
    free = Principal(PrincipalKind.APPLICATION, ApplicationId("a"))
    bound = Principal(PrincipalKind.APPLICATION, ApplicationId("b"), tenant=Tenant("mine"))

    def test_without_a_name_it_is_the_callers_own(self) -> None:
        tenants = Tenants(MemoryTenants())

        assert tenants.existing(self.free, None) == DEFAULT_TENANT
        assert tenants.named(self.bound, None) == "mine"

    def test_one_that_was_never_written_to_does_not_exist(self) -> None:
        tenants = Tenants(MemoryTenants())
        with pytest.raises(NonexistentTenant):
            tenants.existing(self.free, "city")

        tenants.remember(tenants.named(self.free, "city"))

        assert tenants.existing(self.free, "city") == "city"

    def test_to_a_bound_application_no_other_exists(self) -> None:
        tenants = Tenants(MemoryTenants())

        for name in ("city", "default"):
            with pytest.raises(NonexistentTenant):
                tenants.named(self.bound, name)
        assert tenants.named(self.bound, "mine") == "mine"

    @pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 101, "-", "ä", "a\n", "#"])
    def test_a_name_is_made_of_plain_characters(self, name: str) -> None:
        with pytest.raises(BadRequestData):
            Tenants(MemoryTenants()).named(self.free, name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT30M", timedelta(minutes=30)),
        ("P1D", timedelta(days=1)),
        ("P1DT1H1M1.5S", timedelta(days=1, seconds=3661.5)),
        ("P2W", timedelta(weeks=2)),
        ("P1Y", timedelta(days=365.25)),
        ("PT0S", timedelta(0)),
        ("P999999999Y", timedelta(days=36_525)),
    ],
)
def test_durations_are_read(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "30M", "P1H", "P-1D", "PT1M1H"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        duration(text)


def test_every_tenant_is_a_context_source_of_its_own() -> None:
    world = World()
    identity = SourceIdentity("232033", world.now)
    world.later(days=1, seconds=5)

    own, other = identity.describe(DEFAULT_TENANT), identity.describe(Tenant("city"))

    assert own["contextSourceUptime"] == own["contextSourceUpTime"] == "P1DT5S"
    assert own["contextSourceAlias"] != other["contextSourceAlias"]
    assert re.fullmatch(r"[A-Za-z0-9~_-]+", str(other["contextSourceAlias"]))
