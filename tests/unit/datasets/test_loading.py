"""Loading the same again changes nothing, and touches nothing of others."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from machi.datasets.catalogue import SITES
from machi.datasets.conversion import convert
from machi.datasets.entities import Entity
from machi.datasets.loading import Action, plan
from tests.unit.datasets.builders import CITY, MemoryStore, sheet_csv, site_row


def entities(*rows: dict[str, str], as_of: date | None = date(2025, 10, 27)) -> list[Entity]:
    return convert(sheet_csv(rows), SITES, CITY, as_of).entities()


def actions(store: MemoryStore, loaded: list[Entity]) -> list[Action]:
    return [outcome.action for outcome in store.load(loaded)]


def test_loading_97_good_rows_again_changes_nothing() -> None:
    rows = [site_row(number, 緯度="0" if number % 40 == 0 else "35.3") for number in range(1, 100)]
    store = MemoryStore()

    assert actions(store, entities(*rows)) == [Action.CREATED] * 97
    before, writes = dict(store.entities), store.writes
    assert actions(store, entities(*rows)) == [Action.UNCHANGED] * 97

    assert (store.entities, store.writes) == (before, writes)


def test_a_changed_row_changes_its_entity_only() -> None:
    store = MemoryStore()
    store.load(entities(site_row(1), site_row(2)))

    assert actions(store, entities(site_row(1), site_row(2, 備考="改修中"))) == [
        Action.UNCHANGED,
        Action.REPLACED,
    ]
    assert store.entities["urn:ngsi-ld:EvacuationSite:232033:S0002"]["remark"]["value"] == "改修中"


def test_a_value_gone_from_the_file_is_gone_from_the_entity() -> None:
    store = MemoryStore()
    store.load(entities(site_row(備考="改修中")))

    store.load(entities(site_row()))

    assert "remark" not in store.entities["urn:ngsi-ld:EvacuationSite:232033:S0001"]


def test_only_the_attributes_that_differ_are_written() -> None:
    before, after = (
        entities(site_row(備考="旧", 災害種別_地震="1"))[0],
        entities(site_row(URL="https://a.jp/"))[0],
    )

    planned = plan(after, before)

    assert planned.write is not None
    assert planned.write.keys() == {"id", "type", "hazards", "url"}
    assert planned.remove == ("remark",)


def test_what_others_say_about_a_site_stays() -> None:
    store = MemoryStore()
    store.load(entities(site_row()))
    site = store.entities["urn:ngsi-ld:EvacuationSite:232033:S0001"]
    site["openingState"] = {"type": "Property", "value": "open"}

    assert actions(store, entities(site_row())) == [Action.UNCHANGED]
    store.load(entities(site_row(備考="改修中")))

    assert store.entities["urn:ngsi-ld:EvacuationSite:232033:S0001"]["openingState"]["value"] == "open"


def test_an_older_state_never_goes_over_a_newer_one() -> None:
    store = MemoryStore()
    store.load(entities(site_row(備考="新"), as_of=date(2026, 1, 1)))

    outcomes = store.load(entities(site_row(備考="旧"), as_of=date(2025, 10, 27)))

    assert [outcome.action for outcome in outcomes] == [Action.REFUSED]
    assert outcomes[0].reason == "より新しい時点のデータが登録されています"
    assert store.entities[outcomes[0].entity_id]["remark"]["value"] == "新"


def test_data_of_unknown_age_never_goes_over_dated_data_but_over_its_like() -> None:
    store = MemoryStore()
    store.load(entities(site_row(1, 備考="新")))
    store.load(entities(site_row(2, 備考="旧"), as_of=None))

    assert actions(store, entities(site_row(1), site_row(2), as_of=None)) == [Action.REFUSED, Action.REPLACED]


def test_how_a_broker_writes_the_same_thing_is_no_change() -> None:
    entity = entities(site_row())[0]
    stored: dict[str, Any] = {
        name: value | {"createdAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z"}
        if isinstance(value, dict)
        else value
        for name, value in entity.items()
    }
    stored["hazards"] = stored["hazards"] | {"value": "flood"}
    stored |= {"@context": ["https://example.jp/context.jsonld"], "createdAt": "2026-01-01T00:00:00Z"}

    assert plan(entity, stored).outcome.action is Action.UNCHANGED


def test_a_type_that_others_added_is_no_change() -> None:
    entity = entities(site_row())[0]

    assert plan(entity, entity | {"type": ["EvacuationSite", "School"]}).outcome.action is Action.UNCHANGED


def test_an_instance_that_others_added_to_an_attribute_is_no_change() -> None:
    entity = entities(site_row(想定収容人数="200"))[0]
    counted = {"type": "Property", "value": 180, "datasetId": "urn:ngsi-ld:dataset:counted"}

    assert plan(entity, entity | {"capacity": [counted, entity["capacity"]]}).write is None
    assert plan(entity, entity | {"capacity": [counted]}).write is not None


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["", "甲", "乙"])), max_size=12))
def test_whatever_was_loaded_before_loading_twice_is_loading_once(history: list[tuple[int, str]]) -> None:
    once, twice = MemoryStore(), MemoryStore()
    for number, remark in history:
        once.load(entities(site_row(number, 備考=remark)))
        for _ in range(2):
            twice.load(entities(site_row(number, 備考=remark)))

    assert once.entities == twice.entities
    assert once.writes == twice.writes
