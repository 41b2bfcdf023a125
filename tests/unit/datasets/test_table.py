"""Which rows a table has."""

import pytest

from machi.datasets import table as table_module
from machi.datasets.problems import FileUnreadable
from machi.datasets.table import header_key, read_csv

KNOWN = {header_key(header) for header in ("ID", "名称", "緯度", "連絡先備考(その他、SNSなど)")}


def cells(data: str) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, dict(row.cells)) for row in read_csv(data.encode(), KNOWN).rows]


def test_rows_count_as_a_spreadsheet_counts_them() -> None:
    assert cells("ID,名称\r\n1,甲\r\n2,乙\r\n") == [
        (2, {"id": "1", "名称": "甲"}),
        (3, {"id": "2", "名称": "乙"}),
    ]


def test_title_and_comment_rows_above_the_header_are_passed_over_but_counted() -> None:
    table = read_csv("避難場所一覧,,\n#LINK,,\n#license,CC BY 4.0,\nID,名称,緯度\n1,甲,35\n".encode(), KNOWN)

    assert [row.number for row in table.rows] == [5]
    assert table.preamble == {"license": "CC BY 4.0"}


def test_a_comment_row_below_the_header_is_no_record() -> None:
    assert [
        number for number, _ in cells("#property,名称,緯度\n#object_type_xsd,string,double\n1,甲,35\n")
    ] == [3]


@pytest.mark.parametrize(
    "header",
    ["名称◎", " 名 称 ", "名称", "※名称", "連絡先備考（その他、SNSなど）", "ＩＤ", "id"],
)
def test_width_case_spaces_and_marks_do_not_make_another_header(header: str) -> None:
    assert header_key(header) in KNOWN


def test_a_line_break_inside_quotation_marks_stays_in_its_cell() -> None:
    assert cells('ID,名称\n1,"甲\n別館"\n2,乙\n') == [
        (2, {"id": "1", "名称": "甲\n別館"}),
        (3, {"id": "2", "名称": "乙"}),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_works(end: str) -> None:
    assert [number for number, _ in cells(f"ID,名称{end}1,甲{end}{end}2,乙{end}")] == [2, 4]


def test_the_text_format_of_excel_with_tabs_is_read() -> None:
    table = read_csv("ID\t名称\r\n1\t甲, 乙\r\n".encode("utf-16"), KNOWN)

    assert [dict(row.cells) for row in table.rows] == [{"id": "1", "名称": "甲, 乙"}]


def test_blank_cells_and_empty_rows_are_left_out() -> None:
    assert cells("ID,名称,緯度\n1\n,,\n\n2,,35\n") == [(2, {"id": "1"}), (5, {"id": "2", "緯度": "35"})]


def test_a_row_longer_than_the_header_is_a_problem_and_not_guessed_at() -> None:
    table = read_csv("ID,名称\n1,甲,乙\n2,丙,\n".encode(), KNOWN)

    assert [(problem.row, problem.column) for problem in table.problems] == [(2, None)]
    assert [row.number for row in table.rows] == [3]


def test_the_first_of_two_equal_headers_counts() -> None:
    assert cells("ID,名称,名称\n1,甲,乙\n") == [(2, {"id": "1", "名称": "甲"})]


def test_a_quotation_mark_nobody_closed_is_named_and_swallows_no_row_before_it() -> None:
    table = read_csv('ID,名称\n1,甲\n2,"乙\n3,丙\n4,丁\n'.encode(), KNOWN)

    assert [row.number for row in table.rows] == [2]
    assert [problem.row for problem in table.problems] == [3]
    assert table.broken_off


def test_a_cell_beyond_all_measure_ends_the_reading_with_a_problem() -> None:
    table = read_csv(f"ID,名称\n1,甲\n2,{'乙' * 200_000}\n3,丙\n".encode(), KNOWN)

    assert [row.number for row in table.rows] == [2]
    assert [problem.row for problem in table.problems] == [3]
    assert table.broken_off


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "空"),
        (b"\xef\xbb\xbf", "空"),
        (b"a,b,c\n1,2,3\n", "見出し"),
        (b"ID\n1\n", "見出し"),
        (("名称,ID" + ",x" * 600 + "\n").encode(), "列が多すぎます"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(data: bytes, hint: str) -> None:
    with pytest.raises(FileUnreadable, match=hint):
        read_csv(data, KNOWN)


def test_a_file_with_more_rows_than_any_city_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MOST_ROWS", 3)

    assert cells("ID,名称\n1,甲\n2,乙\n")
    with pytest.raises(FileUnreadable, match="行が多すぎます"):
        cells("ID,名称\n1,甲\n2,乙\n3,丙\n")
