"""Every operation with a body has bodies of our own, and those can be spoilt."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzzing import documents
from tests.security.not_yet_built import NOT_YET_BUILT

_OPERATIONS = Path(__file__).parents[1] / "security" / "ngsi_ld_openapi_1_8_1.txt"


def test_every_operation_with_a_body_has_some() -> None:
    lines = [line for line in _OPERATIONS.read_text().splitlines() if not line.startswith("#")]
    built = [line for line in lines if line.split("/")[1] not in NOT_YET_BUILT]

    assert documents.BODIES.keys() == {line for line in built if line.split()[0] in {"POST", "PATCH", "PUT"}}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_spoiling_changes_something(data: st.DataObject) -> None:
    whole = {"a": [1, 2], "b": {"c": "d"}}

    assert data.draw(documents.spoilt(st.just(whole))) != whole
