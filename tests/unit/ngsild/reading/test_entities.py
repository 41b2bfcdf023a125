"""Clauses 4.5.1, 4.6.2, 4.18, 4.22 and 5.5.4: what an entity has besides attributes."""

import pytest

from machi.ngsild.entity import CORE, DEFAULT_VOCABULARY
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import NULL, read_entity
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID, NOW, document, stamped


def read(source: object) -> dict[str, object]:
    return dict(read_entity(source, CONTEXT, NOW))


def test_a_minimal_entity_has_an_id_types_and_times() -> None:
    assert read(document()) == stamped(id=ID, type=[f"{EXAMPLE}Vehicle"], attrs={})


def test_the_keywords_of_json_ld_do_as_well() -> None:
    assert read({"@id": ID, "@type": "Vehicle"}) == read(document())


@pytest.mark.parametrize("twice", [{"@id": ID}, {"@type": "Vehicle"}])
def test_a_member_and_its_keyword_together_are_refused(twice: dict[str, str]) -> None:
    with pytest.raises(BadRequestData, match="same member"):
        read(document(**twice))


def test_several_types_are_kept_each_once() -> None:
    entity = read({"id": ID, "type": ["Vehicle", "Unknown", f"{EXAMPLE}Vehicle"]})

    assert entity["type"] == [f"{EXAMPLE}Vehicle", f"{DEFAULT_VOCABULARY}Unknown"]


@pytest.mark.parametrize(
    "source",
    [
        [], "text", 5, None, True, {}, {"id": ID}, {"type": "Vehicle"},
        {"id": "Vehicle1", "type": "Vehicle"}, {"id": "", "type": "Vehicle"}, {"id": 5, "type": "Vehicle"},
        {"id": "urn:with space", "type": "Vehicle"}, {"id": "urn:<script>", "type": "Vehicle"},
        {"id": None, "type": "Vehicle"}, {"id": NULL, "type": "Vehicle"}, {"id": [ID], "type": "Vehicle"},
        {"id": "urn:x:" + "y" * 900, "type": "Vehicle"}, {"id": "urn:x:" + "車" * 300, "type": "Vehicle"},
        {"id": ID, "type": []}, {"id": ID, "type": ""}, {"id": ID, "type": 5},
        {"id": ID, "type": ["Vehicle", 5]},
        {"id": ID, "type": NULL}, {"id": ID, "type": "Vehi cle"}, {"id": ID, "type": "1st"},
        {"id": ID, "type": "my-type"}, {"id": ID, "type": "@graph"}, {"id": ID, "type": "<b>"},
        {"id": ID, "type": {"@id": "x"}}, {"id": ID, "type": [f"T{number}" for number in range(61)]},
        {"id": ID, "type": "urn:with space"}, {"id": ID, "type": "_:blank"}, {"id": ID, "type": None},
    ],
)  # fmt: skip
def test_what_is_no_entity_is_refused(source: object) -> None:
    with pytest.raises(BadRequestData):
        read(source)


@pytest.mark.parametrize(
    "name", ["Vehicle", "車両", "Ñandú_2", "ngsi-ld:Vehicle", "https://example.org/my-type"]
)
def test_names_of_letters_numbers_and_underscores_and_uris_are_types(name: str) -> None:
    assert read({"id": ID, "type": name})["type"] == [CONTEXT.expand_term(name)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("/Madrid", ["/Madrid"]),
        ("Madrid", ["Madrid"]),
        (["/Madrid/Gardens", "/CompanyA/UnitC"], ["/Madrid/Gardens", "/CompanyA/UnitC"]),
        (["/A", "/A"], ["/A"]),
        ("/一宮市/本町2", ["/一宮市/本町2"]),
    ],
)
def test_a_scope_is_always_kept_as_a_list(sent: object, kept: list[str]) -> None:
    assert read(document(scope=sent))["scope"] == kept


@pytest.mark.parametrize(
    "scope", ["", "/", "a//b", "/a/", "9bad", "a-b", "/a/#", NULL, 5, None, [], ["/a", 5], ["/a", NULL]]
)
def test_what_is_no_scope_is_refused(scope: object) -> None:
    with pytest.raises(BadRequestData, match="scope"):
        read(document(scope=scope))


def test_the_time_of_expiry_is_kept_and_times_of_the_system_are_ignored() -> None:
    entity = read(
        document(
            expiresAt="2027-01-01T00:00:00,5Z",
            createdAt="1999-01-01T00:00:00Z",
            modifiedAt="nonsense",
            deletedAt=5,
        )
    )

    assert entity["expiresAt"] == "2027-01-01T00:00:00.5Z"
    assert (entity["createdAt"], entity["modifiedAt"]) == (NOW, NOW)
    assert "deletedAt" not in entity


@pytest.mark.parametrize(
    "moment",
    [
        "2027-01-01", "2027-01-01T00:00:00", "2027-01-01T00:00:00+09:00", "2027-02-30T00:00:00Z", "soon", 5,
        None,
        "2027-01-01T25:00:00Z", "2027-01-01T00:00Z", "2027-01-01T00:00:00.1234567Z", "2027-01-01t00:00:00z",
        NULL,
    ],
)  # fmt: skip
def test_what_is_no_date_time_is_refused(moment: object) -> None:
    with pytest.raises(BadRequestData, match="expiresAt"):
        read(document(expiresAt=moment))


def test_the_context_of_the_document_is_no_attribute() -> None:
    assert read({**document(), "@context": ["https://example.org/c"]})["attrs"] == {}


@pytest.mark.parametrize(
    "name",
    [
        "my-speed", "1st", "", "a b", "speed!", "<b>", "@graph", "@value", "_hidden", "_:b0",
        "urn:with space",
        "value", "object", "languageMap", "unitCode", "datasetId", "observedAt", "instanceId", "objectType",
        "previousValue", "entityList", f"{CORE}observedAt", f"{CORE}hasValue", "ngsi-ld:datasetId",
        "x" * 1_025,
    ],
)  # fmt: skip
def test_what_is_no_name_of_an_attribute_is_refused(name: str) -> None:
    with pytest.raises(BadRequestData, match="attribute 1"):
        read(document(**{name: 5}))


@pytest.mark.parametrize(
    "name", ["speed", "速度", "license_plate", "status", "description", "https://e.org/a-b#c"]
)
def test_other_names_are_attributes(name: str) -> None:
    entity = read_entity(document(**{name: 5}), CONTEXT, NOW)

    assert list(entity["attrs"]) == [CONTEXT.expand_term(name)]


def test_two_names_of_one_attribute_are_refused() -> None:
    with pytest.raises(BadRequestData, match="attribute 2: two names"):
        read(document(speed=5, **{f"{EXAMPLE}speed": 6}))


def test_the_reason_tells_the_place_and_never_what_was_sent() -> None:
    secret = {"type": "Property", "value": 1, "secretSub": [{"value": 1}, {"value": 2, "observedAt": "hush"}]}

    with pytest.raises(BadRequestData) as refusal:
        read(document(brand="x", secretName=secret))

    assert str(refusal.value) == (
        "attribute 2, sub-attribute 1, instance 2: "
        '"observedAt" must be a DateTime such as 2026-11-24T05:00:00Z'
    )
