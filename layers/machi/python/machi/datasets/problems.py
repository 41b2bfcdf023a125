"""What is wrong with a published file, said so that the person who made it can mend it.

Reasons are Japanese, because the people who read them are. They name the row and the column but never
repeat what stood there: a report may travel further than the file.
"""

from dataclasses import dataclass

from machi.core.errors import MachiError


class FileUnreadable(MachiError):
    """The file as a whole cannot be understood; the message is the reason in Japanese."""


class DataSetUnknown(MachiError):
    """No data set has this name; the message is in Japanese."""


class CellInvalid(MachiError):
    """One cell cannot be understood; the message is the reason in Japanese, without its subject."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One reason why a row, or a value in it, was not taken."""

    row: int
    """As a spreadsheet counts: the header is row 1 of a plain file. For GeoJSON the feature's number."""
    reason: str
    column: str | None = None
    """The header as the file spells it, None where the whole row is meant."""

    def sentence(self, unit: str) -> str:
        """For example `12行目「緯度」: 数ではありません`; the unit says what is counted."""
        where = f"「{self.column}」" if self.column else ""
        return f"{self.row}{unit}{where}: {self.reason}"
