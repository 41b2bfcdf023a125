"""Projection (clause 4.21): what pick, omit and attrs leave of an entity and of those linked from it."""

import time

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.projection import Projection
from tests.unit.ngsild.query.builders import entity, expand, prop, rel

ROOM = entity(
    "urn:ngsi-ld:Room:1", "Room", temperature=prop(20), humidity=prop(40), sensor=rel("urn:ngsi-ld:Device:1")
)
ROOM["scope"] = ["/A"]


def shown(projection: Projection) -> set[str]:
    left = projection.apply(ROOM)
    return (left.keys() - {"attrs"}) | {iri.removeprefix(expand("")) for iri in left["attrs"]}


EVERYTHING = {"id", "type", "scope", "createdAt", "modifiedAt", "temperature", "humidity", "sensor"}


def test_without_parameters_everything_is_shown() -> None:
    assert shown(Projection()) == EVERYTHING
    assert Projection().apply(ROOM) is ROOM


@pytest.mark.parametrize(
    ("pick", "left"),
    [
        ("temperature", {"temperature"}),
        ("id,temperature", {"id", "temperature"}),
        ("id|type|scope", {"id", "type", "scope"}),
        (" id , createdAt ", {"id", "createdAt"}),
        ("https://example.org/humidity", {"humidity"}),
        ("missing", set()),
        ("sensor{id}", {"sensor"}),
    ],
)
def test_pick_reduces_an_entity_to_what_it_names(pick: str, left: set[str]) -> None:
    assert shown(Projection.parse(expand, pick=pick)) == left


@pytest.mark.parametrize(
    ("omit", "gone"),
    [
        ("temperature", {"temperature"}),
        ("id,type", {"id", "type"}),
        ("scope|humidity", {"scope", "humidity"}),
        ("sensor{humidity}", set()),
        ("sensor{humidity},temperature", {"temperature"}),
    ],
)
def test_omit_removes_what_it_names(omit: str, gone: set[str]) -> None:
    assert shown(Projection.parse(expand, omit=omit)) == EVERYTHING - gone


def test_attrs_keeps_the_members_and_asks_for_one_of_its_attributes() -> None:
    projection = Projection.parse(expand, attrs="temperature,missing")
    assert shown(projection) == EVERYTHING - {"humidity", "sensor"}
    assert projection.selects(ROOM)
    assert not Projection.parse(expand, attrs="missing").selects(ROOM)


def test_pick_and_omit_select_every_entity() -> None:
    assert Projection.parse(expand, pick="missing", omit="temperature").selects(ROOM)


def test_omit_takes_away_from_what_pick_keeps() -> None:
    assert shown(Projection.parse(expand, pick="id,temperature,humidity", omit="humidity")) == {
        "id",
        "temperature",
    }


def test_parameters_may_be_arrays() -> None:
    assert Projection.parse(expand, pick=["id", "sensor{id,name}"]) == Projection.parse(
        expand, pick="id,sensor{id|name}"
    )


def test_a_linked_entity_shows_what_stands_in_brackets() -> None:
    projection = Projection.parse(expand, pick="id,sensor{humidity,maker{name}}", omit="sensor{id}")
    linked = projection.beyond(expand("sensor"))
    assert linked.shows_attribute(expand("humidity"))
    assert not linked.shows_attribute(expand("temperature"))
    assert not linked.shows("id")
    assert linked.beyond(expand("maker")) == Projection.parse(expand, pick="name")
    assert projection.link_depth == 2


def test_a_linked_entity_without_brackets_shows_everything() -> None:
    projection = Projection.parse(expand, pick="sensor", omit="temperature")
    assert projection.beyond(expand("sensor")).is_everything
    assert projection.link_depth == 0


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ",", "a,", ",a", "a,,b", "a||b", "a{", "a{}", "a{b", "a}", "a{b}}", "{a}", "a{b}c",
        "a{,b}", "a b", "1a", "_a", "a.b", "a[b]", "a;b", "*", "a{b}{c}", "a\x00", "\ud800", '"a"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("parameter", ["pick", "omit", "attrs"])
def test_a_projection_outside_the_grammar_is_refused(parameter: str, text: str) -> None:
    with pytest.raises(BadRequestData):
        Projection.parse(expand, **{parameter: text})


def test_attrs_takes_no_brackets() -> None:
    with pytest.raises(BadRequestData):
        Projection.parse(expand, attrs="sensor{humidity}")


@pytest.mark.parametrize(
    "text",
    [
        "a{" * 5_000,
        "a{" * 500 + "b" + "}" * 500,
        ",".join(["a"] * 5_000),
        "a" * 50_000,
        "{" * 30_000,
        "," * 30_000,
    ],
    ids=lambda text: f"{text[:4]}… {len(text)} characters",
)
def test_hostile_projections_are_refused_within_a_second(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(BadRequestData):
        Projection.parse(expand, pick=text)
    assert time.perf_counter() - start < 1
