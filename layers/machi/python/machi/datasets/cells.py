"""What the text in one cell means: flags, numbers, ids and codes as municipalities write them.

Each reader takes the text of a cell that is not blank and raises `CellInvalid` with a Japanese reason.
"""

import re
import unicodedata
from datetime import date, timedelta
from enum import StrEnum

from machi.core.ids import city_entity_id
from machi.datasets.problems import CellInvalid

_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,20})?")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_CAPACITY = re.compile(r"(\d{1,7})(\.0+)?[人名]?")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!#$%&*+/=^{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])?(?P<year>\d{1,4}|元)"
    r"[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?",
    re.ASCII,
)
_COMPACT_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_SERIAL_DATE = re.compile(r"[1-9]\d{4}", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONGEST_TEXT = 2000
_LONGEST_ID = 100
_PREFECTURES = 47


class Flag(StrEnum):
    """An answer in a column of ○ and ×."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"
    """△: only under conditions that the publisher states elsewhere."""


_DASHES = frozenset(("-", "−", "―", "ー"))
"""How publishers write "nothing here", folded to half width."""

_FLAGS = {
    **dict.fromkeys(("1", "1.0", "○", "◯", "〇", "◎", "有", "あり", "可", "該当", "true", "yes"), Flag.YES),
    **dict.fromkeys(("0", "0.0", "×", "✕", "無", "なし", "不可", "false", "no"), Flag.NO),
    **dict.fromkeys(_DASHES, Flag.NO),
    "△": Flag.CONDITIONAL,
}


def read_text(text: str) -> str:
    """Text as written, outer blanks and control characters removed; a lone dash means nothing."""
    cleaned = _CONTROL.sub("", text).strip()
    if len(cleaned) > _LONGEST_TEXT:
        raise CellInvalid(f"{_LONGEST_TEXT}文字を超えています")
    return "" if _narrow(cleaned) in _DASHES else cleaned


def read_flag(text: str) -> Flag:
    """`1`, `1.0`, `○` and so on. Anything unknown is refused: a misread hazard costs lives."""
    folded = _narrow(text).casefold()
    if folded not in _FLAGS:
        raise CellInvalid("1(該当)、空欄(非該当)、○、△、×のどれでもありません")
    return _FLAGS[folded]


def read_id(text: str) -> str:
    """A local id that can stand in a URN."""
    local = _narrow(text)
    if _SCIENTIFIC.fullmatch(local):
        raise CellInvalid("IDが指数表記(1.23E+12など)です。セルを文字列にして入力し直してください")
    local = _WHOLE_FLOAT.sub(r"\1", local) if _WHOLE_FLOAT.fullmatch(local) else local
    if len(local) > _LONGEST_ID or _CONTROL.search(local):
        raise CellInvalid(f"IDは{_LONGEST_ID}文字以内の文字で付けてください")
    try:
        city_entity_id("Entity", "000000", local)
    except ValueError:
        raise CellInvalid('IDに空白や記号(< > " { } | \\ ^ ` # ?)は使えません') from None
    return local


def read_number(text: str) -> float:
    """A decimal number; a unit such as `m` behind it and thousands separators are allowed."""
    plain = _narrow(text).replace(",", "").removesuffix("m").strip()
    if not _NUMBER.fullmatch(plain):
        raise CellInvalid("数ではありません")
    return float(plain)


def read_capacity(text: str) -> int | str:
    """A number of people, or the publisher's own words where it is not one number."""
    match = _CAPACITY.fullmatch(_narrow(text).replace(",", ""))
    return int(match[1]) if match else read_text(text)


def read_url(text: str) -> str:
    """A web address; anything else behind a link on a page could run code there."""
    url = read_text(text)
    if url and not _WEB_ADDRESS.fullmatch(url):
        raise CellInvalid("http://かhttps://で始まるURLではありません")
    return url


def read_email(text: str) -> str:
    """An address that can stand behind `mailto:`."""
    address = read_text(unicodedata.normalize("NFKC", text))
    if address and not _EMAIL.fullmatch(address):
        raise CellInvalid("メールアドレスの形ではありません")
    return address


def read_date(text: str) -> date:
    """A day as publishers write it: ISO, slashes, `20251027`, 年月日, eras, Excel's serial number."""
    plain = _narrow(text).replace(" ", "")
    serial = _WHOLE_FLOAT.sub(r"\1", plain)
    if _SERIAL_DATE.fullmatch(serial):
        return _EXCEL_EPOCH + timedelta(days=int(serial))
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    if match is None:
        raise CellInvalid("日付は2025-10-27の形で書いてください")
    year, month, day = match["year"], int(match["month"]), int(match["day"])
    era = match.groupdict().get("era")
    try:
        return date((_ERAS[era] if era else 0) + (1 if year == "元" else int(year)), month, day)
    except ValueError:
        raise CellInvalid("暦にない日付です") from None


def read_municipality(text: str) -> frozenset[str]:
    """The six-digit codes that may be meant: with check digit and leading zero put back where lost.

    Five digits can be both `23203` without its check digit and `011002` without its zero; the caller
    knows which city publishes.
    """
    digits = _WHOLE_FLOAT.sub(r"\1", _narrow(text))
    if not (digits.isascii() and digits.isdigit()):
        raise CellInvalid("全国地方公共団体コードは6桁の数字です")
    meant = {digits.zfill(6)} | {with_check_digit(digits.zfill(5))} if len(digits) <= 5 else {digits}  # noqa: PLR2004 - the code's own length
    codes = frozenset(code for code in meant if _is_municipality(code))
    if not codes:
        raise CellInvalid("全国地方公共団体コードの検査数字が合いません")
    return codes


def with_check_digit(five: str) -> str:
    """Append the check digit of 全国地方公共団体コード (weights 6 to 2, modulus 11)."""
    rest = sum(int(digit) * weight for digit, weight in zip(five, range(6, 1, -1), strict=True)) % 11
    return f"{five}{(11 - rest) % 10}"


def _is_municipality(code: str) -> bool:
    return len(code) == 6 and 1 <= int(code[:2]) <= _PREFECTURES and with_check_digit(code[:5]) == code  # noqa: PLR2004 - the code's own length


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
