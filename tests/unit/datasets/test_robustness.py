"""Any bytes at all: a report or a reason, never a crash."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from machi.datasets.catalogue import DATA_SETS
from machi.datasets.conversion import convert
from machi.datasets.loading import Action
from machi.datasets.problems import FileUnreadable
from machi.datasets.report import Subject, loaded
from machi.datasets.writing import write_standard_csv
from tests.unit.datasets.builders import CITY, DATA, HEADERS, MemoryStore, sheet_csv

SAMPLES = [path.read_bytes() for path in sorted(DATA.iterdir()) if path.suffix in {".csv", ".geojson"}]
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "1", "1.0", "○", "△", "0", "35.3", "136.8", "1.2E+5", "232033", "23203", "-", '"', "\n", "\0", "#"]
)


@st.composite
def spoilt_files(draw: st.DrawFn) -> bytes:
    """A real file with a few bytes changed, or cut short."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(0, 8))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@st.composite
def strange_tables(draw: st.DrawFn) -> bytes:
    """A right header above rows of anything."""
    rows = draw(st.lists(st.lists(CELLS, min_size=len(HEADERS), max_size=len(HEADERS)), max_size=5))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return sheet_csv([dict(zip(HEADERS, row, strict=True)) for row in rows], encoding=encoding)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@st.composite
def strange_collections(draw: st.DrawFn) -> bytes:
    """A FeatureCollection of features of any shape."""
    geometry = st.fixed_dictionaries(
        {"type": st.just("Point"), "coordinates": st.lists(JSON, max_size=3) | JSON}
    )
    properties = st.dictionaries(
        st.sampled_from(["共通ID", "施設・場所名", "洪水", "指定緊急避難場所との住所同一"]), JSON
    )
    feature = st.fixed_dictionaries({"geometry": geometry | JSON, "properties": properties | JSON})
    return json.dumps(
        {"type": "FeatureCollection", "features": draw(st.lists(feature | JSON, max_size=4))}
    ).encode()


@given(
    st.binary(max_size=300) | spoilt_files() | strange_tables() | strange_collections(),
    st.sampled_from(sorted(DATA_SETS)),
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_give_a_report_or_a_reason(data: bytes, name: str) -> None:
    data_set = DATA_SETS[name]
    try:
        conversion = convert(data, data_set, CITY)
    except FileUnreadable:
        return
    store = MemoryStore()
    report = loaded(Subject("file", CITY, data_set), conversion, store.load(conversion.entities()))

    assert report.counts()["created"] == len(conversion.records)
    assert {outcome.action for outcome in store.load(conversion.entities())} <= {Action.UNCHANGED}
    json.dumps(report.to_json(), ensure_ascii=False, allow_nan=False).encode()
    json.dumps(conversion.entities(), ensure_ascii=False, allow_nan=False).encode()
    assert report.to_text().encode()
    assert convert(write_standard_csv(conversion), data_set, CITY).records == conversion.records
