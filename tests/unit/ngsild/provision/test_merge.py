"""5.6.17 Merge Entity, 5.5.12 Merge Patch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.ngsild.entity import Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.provision import Common, merge
from machi.ngsild.provision.merge import merged_value
from machi.ngsild.reading import NULL
from tests.unit.ngsild.provision.builders import (
    BEFORE,
    NOW,
    fragment,
    gone,
    had,
    instance_of,
    one,
    part,
    sent,
    stored,
    value_of,
)
from tests.unit.ngsild.query.builders import expand

SET_A = "urn:ngsi-ld:Dataset:A"


def test_what_is_not_sent_stays_as_in_example_1() -> None:
    entity = stored(temperature=[had(25, unitCode="CEL", observedAt="2022-03-14T01:59:26.535Z")])

    outcome = merge(entity, fragment(temperature=[sent(100, observedAt="2022-03-14T13:00:00.000Z")]), NOW)

    temperature = instance_of(outcome.entity, "temperature")
    assert temperature["value"] == 100
    assert temperature["unitCode"] == "CEL"
    assert temperature["observedAt"] == "2022-03-14T13:00:00.000Z"
    assert (temperature["createdAt"], temperature["modifiedAt"]) == (BEFORE, NOW)


def test_values_are_merged_member_by_member_as_in_example_2() -> None:
    entity = stored(address=[had({"street": "Straße des 17. Juni", "city": "Berlin", "country": "Germany"})])

    outcome = merge(entity, fragment(address=[sent({"street": "Pariser Platz", "country": NULL})]), NOW)

    assert value_of(outcome.entity, "address") == {"street": "Pariser Platz", "city": "Berlin"}


def test_languages_are_merged_one_by_one() -> None:
    entity = stored(name=[one("LanguageProperty", "languageMap", {"ja": "駅", "en": "Stn"}, BEFORE)])
    patch = part(type="LanguageProperty", languageMap={"en": "Station", "fr": "Gare", "ja": NULL})

    outcome = merge(entity, fragment(name=[patch]), NOW)

    assert instance_of(outcome.entity, "name")["languageMap"] == {"en": "Station", "fr": "Gare"}


def test_a_geometry_is_replaced_whole() -> None:
    entity = stored(location=[one("GeoProperty", "value", {"type": "Point", "coordinates": [1, 2]}, BEFORE)])
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}

    outcome = merge(entity, fragment(location=[one("GeoProperty", "value", line, NOW)]), NOW)

    assert value_of(outcome.entity, "location") == line


def test_an_instance_without_value_changes_its_metadata_only() -> None:
    outcome = merge(stored(speed=[had(25)]), fragment(speed=[part(unitCode="KMH")]), NOW)

    speed = instance_of(outcome.entity, "speed")
    assert (speed["value"], speed["unitCode"]) == (25, "KMH")


def test_sub_attributes_are_merged_too() -> None:
    entity = stored(speed=[had(25, source=[had({"a": 1, "b": 2}, unitCode="X")], old=[had(1)])])
    patch = part(
        attrs={
            expand("source"): [sent({"b": NULL, "c": 3})],
            expand("old"): [gone()],
            expand("new"): [sent("n")],
            expand("never"): [gone()],
        }
    )

    outcome = merge(entity, fragment(speed=[patch]), NOW)

    subs = instance_of(outcome.entity, "speed")["attrs"]
    assert set(subs) == {expand("source"), expand("new")}
    assert subs[expand("source")][0]["value"] == {"a": 1, "c": 3}
    assert subs[expand("source")][0]["unitCode"] == "X"


def test_nulls_delete_attributes_and_instances() -> None:
    entity = stored(speed=[had(50), had(51, datasetId=SET_A)], colour=[had("red")])

    outcome = merge(entity, fragment(speed=[gone(datasetId=SET_A)], colour=[gone()], none=[gone()]), NOW)

    assert list(outcome.entity["attrs"]) == [expand("speed")]
    assert value_of(outcome.entity, "speed") == 50
    assert len(outcome.entity["attrs"][expand("speed")]) == 1


def test_new_attributes_are_added_without_the_nulls_in_them() -> None:
    outcome = merge(
        stored(), fragment(address=[sent({"city": "Berlin", "street": NULL}, unitCode=NULL)]), NOW
    )

    address = instance_of(outcome.entity, "address")
    assert address["value"] == {"city": "Berlin"}
    assert "unitCode" not in address


def test_a_new_attribute_needs_a_value() -> None:
    with pytest.raises(BadRequestData):
        merge(stored(), fragment(speed=[part(unitCode="KMH")]), NOW)


def test_types_are_added_and_the_scope_is_replaced() -> None:
    outcome = merge(
        {**stored(("Thing",)), "scope": ["/a"]}, {**fragment(), "type": [expand("Car")], "scope": ["/b"]}, NOW
    )

    assert outcome.entity["type"] == [expand("Thing"), expand("Car")]
    assert outcome.entity["scope"] == ["/b"]


def test_a_null_takes_the_scope_away() -> None:
    outcome = merge({**stored(), "scope": ["/a"]}, {**fragment(), "scope": NULL}, NOW)

    assert "scope" not in outcome.entity


def test_an_attribute_may_become_another_type_with_a_new_value() -> None:
    outcome = merge(
        stored(owner=[had("Bob")]), fragment(owner=[one("Relationship", "object", "urn:a:b", NOW)]), NOW
    )

    owner = instance_of(outcome.entity, "owner")
    assert (owner["type"], owner["object"]) == ("Relationship", "urn:a:b")
    assert "value" not in owner


@pytest.mark.parametrize("patch", [part(type="Relationship"), part(object="urn:a:b")])
def test_type_and_value_must_fit_each_other(patch: Instance) -> None:
    with pytest.raises(BadRequestData):
        merge(stored(owner=[had("Bob")]), fragment(owner=[patch]), NOW)


class TestWhatTheRequestSaysForAllAttributes:
    at = "2026-11-25T05:00:00Z"

    def test_the_common_time_goes_to_attributes_that_have_one(self) -> None:
        entity = stored(speed=[had(50, observedAt="2020-01-01T00:00:00Z")], colour=[had("red")])

        outcome = merge(
            entity, fragment(speed=[sent(60)], colour=[sent("blue")]), NOW, Common(observed_at=self.at)
        )

        assert instance_of(outcome.entity, "speed")["observedAt"] == self.at
        assert "observedAt" not in instance_of(outcome.entity, "colour")

    def test_a_time_of_its_own_wins(self) -> None:
        entity = stored(speed=[had(50, observedAt="2020-01-01T00:00:00Z")])
        own = "2021-01-01T00:00:00Z"

        outcome = merge(entity, fragment(speed=[sent(60, observedAt=own)]), NOW, Common(observed_at=self.at))

        assert instance_of(outcome.entity, "speed")["observedAt"] == own

    def test_a_bare_text_replaces_the_common_language(self) -> None:
        entity = stored(name=[one("LanguageProperty", "languageMap", {"ja": "駅", "en": "Stn"}, BEFORE)])

        outcome = merge(entity, fragment(name=[sent("Station")]), NOW, Common(language="en"))

        name = instance_of(outcome.entity, "name")
        assert name["type"] == "LanguageProperty"
        assert name["languageMap"] == {"ja": "駅", "en": "Station"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
patches = st.recursive(
    st.just(NULL) | st.integers(),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
).filter(lambda patch: patch != NULL)


@given(json_values, patches)
def test_merging_twice_is_merging_once(target: object, patch: object) -> None:
    once = merged_value(target, patch)

    assert merged_value(once, patch) == once


@given(json_values)
def test_an_empty_patch_of_an_object_is_neutral(target: object) -> None:
    if isinstance(target, dict):
        assert merged_value(target, {}) == target


@given(json_values, patches)
def test_no_null_is_ever_stored(target: object, patch: object) -> None:
    assert NULL not in repr(merged_value(target, patch))
