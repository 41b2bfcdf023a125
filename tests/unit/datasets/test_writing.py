"""Records written as a standard sheet read back as the same records."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.datasets.catalogue import SHELTERS, SITES
from machi.datasets.conversion import convert
from machi.datasets.writing import write_standard_csv
from tests.unit.datasets.builders import CITY, DATA, HEADERS, sheet_csv, site_row, sites_of

ANSWERS = st.sampled_from(["", "1", "△"])
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe"), max_size=20
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "名称_カナ": WORDS,
        "備考": WORDS,
        "所在地_連結表記": st.sampled_from(["", "愛知県一宮市本町1", "一宮市本町1", "どこか"]) | WORDS,
        "災害種別_洪水": ANSWERS,
        "災害種別_地震": ANSWERS,
        "想定収容人数": WORDS | st.integers(0, 9999).map(str),
        "緯度": st.floats(25, 45).map(lambda value: f"{value:.6f}"),
    },
)


@given(st.lists(ROWS, min_size=1, max_size=4))
@settings(deadline=None)
def test_what_is_written_reads_back_the_same(rows: list[dict[str, str]]) -> None:
    conversion = sites_of(
        *(site_row(number, **row) for number, row in enumerate(rows)), headers=[*HEADERS, "名称_カナ"]
    )

    again = convert(write_standard_csv(conversion), SITES, CITY)

    assert again.records == conversion.records
    assert again.provenance == conversion.provenance
    assert not again.content.ignored_headers


@pytest.mark.parametrize(
    ("name", "city"), [("takamatsu_evacuation_space.csv", "372013"), ("nanao_evacuation.csv", "172022")]
)
def test_other_generations_of_headers_become_the_standards(name: str, city: str) -> None:
    conversion = convert((DATA / name).read_bytes(), SITES, city)

    again = convert(write_standard_csv(conversion), SITES, city)

    assert again.records == conversion.records


def test_shelters_become_a_sheet_of_the_same_kind() -> None:
    data = (DATA / "gsi_evacuation_232033.geojson").read_bytes()
    conversion = convert(data, SHELTERS, CITY, date(2025, 10, 27))

    again = convert(write_standard_csv(conversion), SHELTERS, CITY)

    assert (again.records, again.provenance) == (conversion.records, conversion.provenance)


def test_a_question_the_source_never_answers_gets_no_column() -> None:
    silent = [header for header in HEADERS if header != "指定避難所との重複"]

    assert "指定避難所との重複" not in written_header(sheet_csv([site_row()], silent))
    assert "指定避難所との重複" in written_header(sheet_csv([site_row()]))


def test_the_header_is_the_standards_own() -> None:
    standard = (DATA / "ichinomiya_evacuation_space_utf8bom.csv").read_bytes()

    assert written_header(standard) == next(csv.reader(io.StringIO(standard.decode("utf-8-sig"))))


def test_excel_opens_what_is_written() -> None:
    written = write_standard_csv(sites_of(site_row()))

    assert written.startswith(b"\xef\xbb\xbf#attribution_name,")
    assert written.count(b"\n") == written.count(b"\r\n")


def written_header(data: bytes) -> list[str]:
    text = write_standard_csv(convert(data, SITES, CITY)).decode("utf-8-sig")
    return next(record for record in csv.reader(io.StringIO(text)) if not record[0].startswith("#"))
