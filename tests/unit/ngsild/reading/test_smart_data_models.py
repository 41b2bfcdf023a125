"""Entities as the world writes them: read and written back equal, or refused with the exact reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from machi.ngsild.context.context import Context
from machi.ngsild.context.processing import process
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import read_entity
from machi.ngsild.rendering import Format, Renderer, View
from tests.unit.ngsild.reading.documents import EXAMPLE, NOW

_FILES = {path.name.partition(".")[0]: path for path in Path("tests/data/entities").glob("*.jsonld")}

MALFORMED = {
    "AirQualityMonitoring": "attribute 23: this attribute is a GeoProperty and needs that type",
    "ConsumptionBehaviour": "an entity needs an id",
    "Exposure": (
        "attribute 6: GeoProperty: a polygon ring has at least four positions and ends where it begins"
    ),
    "Hazard": 'attribute 4: a Property must have "value" and no other value',
    "Mitigation": 'attribute 1: a Relationship must have "object" and no other value',
    "NightSkyQuality": '"id" must be a URI of at most 900 bytes',
    "RestrictionException": (
        "attribute 1: the type of an attribute must be one of Property, GeoProperty, Relationship, "
        "LanguageProperty, VocabProperty, JsonProperty, ListProperty, ListRelationship"
    ),
    "Vehicle": 'attribute 2: "observedAt" must be a DateTime such as 2026-11-24T05:00:00Z',
    "Vulnerability": 'attribute 4: a Relationship must have "object" and no other value',
}
WELL_FORMED = sorted(_FILES.keys() - MALFORMED.keys())


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_FILES[name].read_text())
    return document


def context_of(document: dict[str, Any]) -> Context:
    """A context in which every name of the document has an IRI of its own, as the published ones do."""
    names = {document["type"], *document} - {"id", "type", "@context"}
    return process([{name: EXAMPLE + name for name in sorted(names)}], pytest.fail)


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_example_comes_back_equal(name: str) -> None:
    document = load(name)
    context = context_of(document)

    entity = read_entity(document, context, NOW)

    assert Renderer(context).entity(entity) == {
        key: value for key, value in document.items() if key != "@context"
    }


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_example_survives_the_concise_form(name: str) -> None:
    document = load(name)
    context = context_of(document)
    entity = read_entity(document, context, NOW)

    concise = Renderer(context, View(Format.CONCISE)).entity(entity)

    assert read_entity(concise, context, NOW) == entity


@pytest.mark.parametrize(("name", "reason"), MALFORMED.items())
def test_a_malformed_example_is_refused_with_its_reason(name: str, reason: str) -> None:
    document = load(name)

    with pytest.raises(BadRequestData) as refusal:
        read_entity(document, process(None, pytest.fail), NOW)

    assert str(refusal.value) == reason


def test_all_examples_are_here() -> None:
    assert len(WELL_FORMED) == 17
    assert len(MALFORMED) == 9
