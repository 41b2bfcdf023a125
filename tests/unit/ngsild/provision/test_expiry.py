"""4.22: what expired is no longer there."""

import pytest

from machi.ngsild.provision import unexpired
from tests.unit.ngsild.provision.builders import BEFORE, NOW, had, stored
from tests.unit.ngsild.query.builders import expand


def test_what_does_not_expire_comes_back_as_it_is() -> None:
    entity = stored(speed=[had(1, expiresAt="2030-01-01T00:00:00Z")])

    assert unexpired(entity, NOW) is entity


@pytest.mark.parametrize("at", [BEFORE, NOW, "2026-11-25T06:00:00Z", "2026-11-25T05:59:59,999999Z"])
def test_an_expired_entity_is_gone(at: str) -> None:
    assert unexpired({**stored(), "expiresAt": at}, NOW) is None


@pytest.mark.parametrize("at", ["2026-11-25T06:00:00.001Z", "2026-11-25T06:00:00,5Z", "2026-11-25T06:00:01Z"])
def test_an_entity_lives_until_its_moment(at: str) -> None:
    assert unexpired({**stored(), "expiresAt": at}, NOW) is not None


def test_expired_instances_and_sub_attributes_are_gone() -> None:
    entity = stored(
        speed=[had(1, expiresAt=BEFORE), had(2, datasetId="urn:a:b")],
        colour=[had("red", expiresAt=BEFORE)],
        place=[had("here", source=[had("gps", expiresAt=BEFORE)], note=[had("n")])],
    )

    left = unexpired(entity, NOW)

    assert left is not None
    assert set(left["attrs"]) == {expand("speed"), expand("place")}
    assert [item["value"] for item in left["attrs"][expand("speed")]] == [2]
    assert set(left["attrs"][expand("place")][0]["attrs"]) == {expand("note")}
