"""Evacuation sites and shelters as NGSI-LD entities: normalized form, terms of the core context only.

Names follow GIF (施設, 住所, 連絡先) and Smart Data Models; where both have one, the latter, because
partners' clients know it: `address`, `location`, `areaServed`, `dataProvider`, `source`, `dateModified`.
"""

from collections.abc import Mapping
from typing import Any

from machi.core.data_class import DataClass
from machi.core.ids import city_entity_id
from machi.datasets.evacuation_shelter import EvacuationShelter
from machi.datasets.evacuation_space import EvacuationSite
from machi.datasets.place import Address, Place
from machi.datasets.provenance import Provenance

Attributes = dict[str, Any]
"""Attribute name → normalized attribute, in a fixed order."""

Entity = dict[str, Any]
"""A whole entity in normalized form without `@context`."""

EVACUATION_SITE = "EvacuationSite"
EVACUATION_SHELTER = "EvacuationShelter"

OWNED_ATTRIBUTES = frozenset(
    (
        "name",
        "nameKana",
        "nameEn",
        "address",
        "location",
        "elevation",
        "contactPoint",
        "url",
        "remark",
        "hazards",
        "conditionalHazards",
        "alsoShelter",
        "alsoSite",
        "capacity",
        "capacityRemark",
        "areaServed",
        "acceptedPersons",
        "otherMatters",
        "cityCode",
        "dataProvider",
        "dataSet",
        "dateModified",
        "source",
        "license",
        "attribution",
        "dataClass",
    )
)
"""Every attribute an import may write, and so also remove. All others belong to somebody else: whoever says
that a shelter is open now must find that still said after the next import."""

_METRE = "MTR"


def site_attributes(site: EvacuationSite) -> Attributes:
    """What is special about a 指定緊急避難場所."""
    return _present(
        hazards=[hazard.value for hazard in site.hazards],
        conditionalHazards=[hazard.value for hazard in site.conditional_hazards],
        alsoShelter=site.also_shelter,
        capacity=site.capacity,
        capacityRemark=site.capacity_text,
        areaServed=site.target_area,
    )


def shelter_attributes(shelter: EvacuationShelter) -> Attributes:
    """What is special about a 指定避難所."""
    return _present(
        alsoSite=shelter.also_site,
        acceptedPersons=shelter.accepts,
        otherMatters=shelter.other_matters,
        capacity=shelter.capacity,
        capacityRemark=shelter.capacity_text,
        areaServed=shelter.target_area,
    )


def entity_of(entity_type: str, place: Place, special: Attributes, provenance: Provenance) -> Entity:
    """The whole entity. The same arguments always give the same one.

    Raises:
        ValueError: the place's local id cannot stand in a URN; ids from `machi.datasets.cells` can.
    """
    return {
        "id": city_entity_id(entity_type, place.city_code, place.local_id),
        "type": entity_type,
        **_place_attributes(place),
        **special,
        **_provenance_attributes(place.city_code, provenance),
    }


def _place_attributes(place: Place) -> Attributes:
    attributes = _present(
        name=place.name,
        nameKana=place.name_kana,
        nameEn=place.name_english,
        address=_address(place.address),
    )
    point = {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    attributes["location"] = {"type": "GeoProperty", "value": point}
    if place.elevation is not None:
        attributes["elevation"] = {"type": "Property", "value": place.elevation, "unitCode": _METRE}
    return attributes | _present(contactPoint=_contact(place), url=place.url, remark=place.note)


def _address(address: Address) -> dict[str, str]:
    return _filled(
        {
            "addressCountry": "JP",
            "addressRegion": address.prefecture,
            "addressLocality": address.municipality,
            "streetAddress": address.street,
            "buildingNameEtc": address.building,
            "postalCode": address.postal_code,
            "fullAddress": address.full,
        }
    )


def _contact(place: Place) -> dict[str, str]:
    return _filled(
        {
            "telephone": place.telephone,
            "extensionNumber": place.telephone_extension,
            "email": place.email,
            "url": place.contact_url,
            "remark": place.contact_note,
        }
    )


def _provenance_attributes(city_code: str, provenance: Provenance) -> Attributes:
    return _present(
        cityCode=city_code,
        dataProvider=provenance.provider,
        dataSet=provenance.data_set,
        dateModified=provenance.as_of.isoformat() if provenance.as_of else "",
        source=provenance.source_url,
        license=provenance.licence,
        attribution=provenance.attribution,
        dataClass=DataClass.OPEN.value,
    )


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _present(**values: object) -> Attributes:
    # NGSI-LD has no null: what is not known is not there. False and 0 are known.
    return {
        name: {"type": "Property", "value": value}
        for name, value in values.items()
        if value is not None and value not in ("", [], {})
    }
