"""Tables as CSV (RFC 4180): read with care for what spreadsheets write, and safe for a spreadsheet to open. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from contracts.errors import Invalid

# What makes a spreadsheet take a cell for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would otherwise calculate it; numbers stay numbers."""
    dangerous = cell.startswith(tuple(_FORMULA)) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if dangerous or _is_guarded(cell) else cell


def bare(cell: str) -> str:
    """What stood in the cell before it was guarded."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell[:1] == "'" and cell[1:2] in {*_FORMULA, "'"}


def rows(text: str, columns: Sequence[str], needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row that is not empty, by its number in a spreadsheet (the heading is row 1), as cells by column.

    Raises Invalid where the text is no such table at all.
    """
    text = text.removeprefix("\ufeff")
    heading = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(heading), strict=True)
    try:
        header = [bare(cell).strip().lower() for cell in next(reader, [])]
        _check_header(header, columns, needed)
        for number, cells in enumerate(reader, start=2):
            if any(cells):
                yield number, dict(zip(header, map(bare, cells), strict=False))
    except csv.Error as error:
        raise Invalid(f"This is no CSV: {error}. Save the table as CSV and try again.", field="csv") from error


def _delimiter(heading: str) -> str:
    """Spreadsheets write semicolons where the comma is the decimal sign."""
    return ";" if ";" in heading and "," not in heading else ","


def _check_header(header: list[str], columns: Sequence[str], needed: Sequence[str]) -> None:
    known = f"The columns are {', '.join(columns)}; {' and '.join(needed)} are needed."
    for column in needed:
        if column not in header:
            raise Invalid(f"The first row names no column {column}. {known}", field="csv")
    for column in header:
        if column not in columns or header.count(column) > 1:
            raise Invalid(f"The column {column[:40]!r} is not known or stands twice. {known}", field="csv")
