"""Which characters the bytes of a published file stand for."""

import codecs
from collections.abc import Iterator

from machi.datasets.problems import FileUnreadable

_NOT_TEXT = frozenset("\0\ufffe")
_NOT_SHIFT_JIS = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")
"""What Python's cp932 makes of bytes that no Shift_JIS text contains."""
_NOT_TEXT_FILES = {
    b"PK\x03\x04": "Excelのブック(.xlsx)かZIPファイルです。CSVで保存し直してください",
    b"\xd0\xcf\x11\xe0": "Excelの古い形式のブック(.xls)です。CSVで保存し直してください",
    b"%PDF": "PDFファイルです。表をCSVで保存し直してください",
}
"""First bytes of what people upload by mistake, and what to do instead."""


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of the encoding: UTF-8 with or without BOM, cp932, UTF-16.

    A byte order mark decides. Without one the strict decoders are tried from the strictest on, and a
    result with characters that text files do not hold is passed over: cp932 accepts nearly any bytes.

    Raises:
        FileUnreadable: none of them fits.
    """
    for start, reason in _NOT_TEXT_FILES.items():
        if data.startswith(start):
            raise FileUnreadable(reason)
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = _NOT_TEXT | _NOT_SHIFT_JIS if encoding == "cp932" else _NOT_TEXT
        if strange.isdisjoint(text):
            return text, encoding
    raise FileUnreadable("文字コードを判別できません。UTF-8(BOM付き推奨)で保存し直してください")


def _candidates(data: bytes) -> Iterator[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16"
    yield from ("utf-8-sig", "cp932")
    if 0 in data:
        # The zero is the high byte of commas and line ends; where it stands tells the order of bytes.
        big_endian = data[::2].count(0) > data[1::2].count(0)
        yield "utf-16-be" if big_endian else "utf-16-le"
