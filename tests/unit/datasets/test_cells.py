"""What the text of one cell means."""

from datetime import date

import pytest

from machi.datasets.cells import (
    Flag,
    read_capacity,
    read_date,
    read_email,
    read_flag,
    read_id,
    read_municipality,
    read_number,
    read_text,
    read_url,
)
from machi.datasets.problems import CellInvalid


@pytest.mark.parametrize("text", ["1", "1.0", "１", "○", "◯", "〇", "◎", "有", "あり", "TRUE", " 1 "])
def test_a_mark_says_yes(text: str) -> None:
    assert read_flag(text) is Flag.YES


@pytest.mark.parametrize("text", ["0", "0.0", "×", "-", "−", "－", "ー", "無", "false"])
def test_a_mark_says_no(text: str) -> None:
    assert read_flag(text) is Flag.NO


def test_a_triangle_is_neither_yes_nor_no() -> None:
    assert read_flag("△") is Flag.CONDITIONAL


@pytest.mark.parametrize("text", ["2", "?", "要確認", "1.5", "11", "○×"])
def test_an_unknown_mark_is_never_guessed_at(text: str) -> None:
    with pytest.raises(CellInvalid):
        read_flag(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("E2320300001201", "E2320300001201"), ("12.0", "12"), ("Ａ１", "A1"), ("0012", "0012"), ("1E5", "1E5")],
)
def test_an_id_is_read_as_meant(text: str, expected: str) -> None:
    assert read_id(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1.23E+12", "指数表記"),
        ("2.3203E+5", "指数表記"),
        ("A 1", "空白"),
        ("a/<b>", "空白や記号"),
        ("x" * 101, "100文字"),
        ("a\x00b", "100文字"),
    ],
)
def test_an_id_that_excel_spoilt_or_no_urn_can_hold_is_refused(text: str, hint: str) -> None:
    with pytest.raises(CellInvalid, match=hint):
        read_id(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("35.305449", 35.305449), ("１３６.８", 136.8), ("-2", -2.0), ("1,371", 1371.0), ("3.2m", 3.2)],
)
def test_a_number_is_read_in_any_width(text: str, expected: float) -> None:
    assert read_number(text) == expected


@pytest.mark.parametrize("text", ["35度18分", "nan", "inf", "1e5", "35.3.1", "北緯35.3", "9" * 40])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(CellInvalid, match="数ではありません"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("238", 238),
        ("238.0", 238),
        ("1,371人", 1371),
        ("３００名", 300),
        ("屋内191人／屋外0人(面積の1/2)", "屋内191人／屋外0人(面積の1/2)"),
        ("約300人", "約300人"),
    ],
)
def test_a_capacity_is_a_number_or_the_publishers_own_words(text: str, expected: int | str) -> None:
    assert read_capacity(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("232033", "232033"),
        ("23203", "232033"),
        ("232033.0", "232033"),
        ("11002", "011002"),
        ("1100", "011002"),
        ("011002", "011002"),
        ("37201", "372013"),
    ],
)
def test_a_municipality_code_gets_back_what_spreadsheets_took(text: str, code: str) -> None:
    assert code in read_municipality(text)


@pytest.mark.parametrize("text", ["232034", "000000", "990001", "愛知県", "2320331"])
def test_a_code_of_no_municipality_is_refused(text: str) -> None:
    with pytest.raises(CellInvalid):
        read_municipality(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  甲\x07乙 ", "甲乙"), ("－", ""), ("−", ""), ("-", ""), ("甲\n乙", "甲\n乙")],
)
def test_text_loses_control_characters_and_lone_dashes(text: str, expected: str) -> None:
    assert read_text(text) == expected


def test_text_without_end_is_refused() -> None:
    with pytest.raises(CellInvalid, match="2000文字"):
        read_text("あ" * 2001)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "www.example.jp", "https://", 'https://x/"><b>', "//x"]
)
def test_only_a_web_address_may_become_a_link(text: str) -> None:
    with pytest.raises(CellInvalid, match="URL"):
        read_url(text)


def test_a_web_address_is_kept() -> None:
    assert (
        read_url(" https://www.city.ichinomiya.aichi.jp/避難?a=1#b ")
        == "https://www.city.ichinomiya.aichi.jp/避難?a=1#b"
    )


def test_an_email_address_is_folded_and_checked() -> None:
    assert read_email("ｂｏｕｓａｉ＠example.lg.jp") == "bousai@example.lg.jp"
    with pytest.raises(CellInvalid):
        read_email("bousai@example.lg.jp?bcc=x@y.z")


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-27",
        "2025/10/27",
        "2025.10.27",
        "20251027",
        "２０２５年１０月２７日",
        "令和7年10月27日",
        "R7.10.27",
        "45957",
        "45957.0",
    ],
)
def test_a_day_is_read_in_every_spelling(text: str) -> None:
    assert read_date(text) == date(2025, 10, 27)


def test_the_first_year_of_an_era_has_its_own_word() -> None:
    assert read_date("令和元年5月1日") == date(2019, 5, 1)


@pytest.mark.parametrize(
    "text", ["2025-02-30", "10/27/2025", "昨日", "令和0年13月1日", "0000-01-01", "99999-1-1"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(CellInvalid):
        read_date(text)
