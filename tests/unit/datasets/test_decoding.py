"""Which characters the bytes of a file stand for."""

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from machi.datasets.decoding import decode
from machi.datasets.problems import FileUnreadable

TEXT = "名称,緯度\r\n平島公園①,35.3\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_that_cities_use_gives_the_same_text(data: bytes, encoding: str) -> None:
    assert decode(data) == (TEXT, encoding)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xff", "文字コード"),
        (b"\xff\xff\xff", "文字コード"),
    ],
)
def test_what_is_no_text_file_is_refused_with_what_to_do(data: bytes, hint: str) -> None:
    with pytest.raises(FileUnreadable, match=hint.replace(".", r"\.")):
        decode(data)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\ufeff")))
@example("名称\xa0、①")
@example("PK")
def test_text_in_utf8_is_never_mistaken_for_another_encoding(text: str) -> None:
    assert decode(text.encode())[0] == text
