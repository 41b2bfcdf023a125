"""What a spreadsheet must not take for a formula (OWASP, CSV injection)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """The text for a cell of a CSV file; an apostrophe leads what a spreadsheet would compute."""
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell
