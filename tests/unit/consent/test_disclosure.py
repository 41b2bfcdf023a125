"""The chain of a citizen's disclosure records: whatever is removed, changed or moved is found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.consent.disclosure import ChainHead, Disclosure, Fault, Way, first_fault, linked
from machi.core.ids import ConsentId, DataItem
from tests.unit.consent.builders import ADVICE, HANAKO, KENCOM, NOON


def chain(length: int) -> tuple[list[Disclosure], ChainHead]:
    head, records = ChainHead(), []
    for number in range(length):
        record = Disclosure(
            id=f"dis_{number}",
            subject=HANAKO,
            recipient=KENCOM,
            way=Way.USERINFO,
            items=(DataItem("name"),),
            purpose=ADVICE,
            consent=ConsentId("con_1"),
            request=f"req-{number}",
            at=NOON,
        )
        placed, head = linked(record, head)
        records.append(placed)
    return records, head


@pytest.mark.parametrize("length", [0, 1, 5])
def test_an_untouched_chain_holds(length: int) -> None:
    records, head = chain(length)
    assert first_fault(records, head) is None


@given(st.integers(1, 8), st.data())
def test_a_removed_record_is_found(length: int, data: st.DataObject) -> None:
    records, head = chain(length)
    gone = data.draw(st.integers(0, length - 1))
    fault = first_fault([*records[:gone], *records[gone + 1 :]], head)
    assert fault is not None
    assert (fault.sequence, fault.fault) == (gone + 1, Fault.MISSING)


CHANGES = st.sampled_from(
    [
        {"purpose": "advertising"},
        {"items": ()},
        {"recipient": "somebody"},
        {"request": "other"},
        {"consent": None},
    ]
)


@given(st.integers(1, 8), CHANGES, st.data())
def test_a_changed_record_is_named(length: int, change: dict[str, object], data: st.DataObject) -> None:
    records, head = chain(length)
    touched = data.draw(st.integers(0, length - 1))
    records[touched] = replace(records[touched], **change)  # type: ignore[arg-type]  # any field
    fault = first_fault(records, head)
    assert fault is not None
    assert (fault.sequence, fault.fault) == (touched + 1, Fault.CHANGED)


@given(st.integers(2, 8), st.data())
def test_records_that_change_places_are_found(length: int, data: st.DataObject) -> None:
    records, head = chain(length)
    first = data.draw(st.integers(0, length - 2))
    records[first], records[first + 1] = records[first + 1], records[first]
    assert first_fault(records, head) is not None


def test_a_record_cut_off_at_the_end_is_found_by_the_head() -> None:
    records, head = chain(3)
    fault = first_fault(records[:2], head)
    assert fault is not None
    assert (fault.sequence, fault.fault) == (3, Fault.MISSING)
