"""A goal's entries as CSV and back (RFC 4180), lossless, and safe to open in a spreadsheet."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contracts.errors import Invalid, Refusal
from contracts.goals import Goal, ImportedRow, ProgressEntry
from services.goals.model.progress import ENTRIES_LIMIT, NewEntry, check_day

COLUMNS = ("on", "value", "note", "metric")
NEEDED = ("on", "value")
ROWS_LIMIT = 500  # two years of weekdays; keeps the answer, which says a word about each, of moderate size
LARGEST = 1e12
LONGEST_NOTE = 2_000
# What makes a spreadsheet take a cell for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the entry that it makes, or what is wrong with it."""

    row: int
    entry: NewEntry | None = None
    field: str | None = None
    problem: str | None = None


def written(goal: Goal) -> str:
    """Every entry, one a row, each cell in quotes. Feedback stays behind: it vouches for one entry of one goal."""
    names: dict[str | None, str] = {each.id: each.metric.name for each in goal.more_metrics}
    names[None] = goal.metric.name
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry in goal.entries:
        writer.writerow([guarded(cell) for cell in _cells(entry, names[entry.metric_id])])
    return file.getvalue()


def _cells(entry: ProgressEntry, metric: str) -> tuple[str, ...]:
    return entry.on.isoformat(), repr(entry.value).removesuffix(".0"), entry.note, metric


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would otherwise calculate it; numbers stay numbers."""
    dangerous = cell.startswith(tuple(_FORMULA)) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if dangerous or _is_guarded(cell) else cell


def bare(cell: str) -> str:
    """What stood in the cell before it was guarded."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell[:1] == "'" and cell[1:2] in {*_FORMULA, "'"}


def read(text: str, goal: Goal, new_id: Callable[[int], str], at: datetime) -> tuple[Row, ...]:
    """Every row with its entry or its problem. Raises Invalid where the text is no such table at all."""
    try:
        return tuple(_rows(text.removeprefix("\ufeff"), goal, new_id, at))
    except csv.Error as error:
        raise Invalid(f"This is no CSV: {error}. Save the table as CSV and try again.", field="csv") from error


def _rows(text: str, goal: Goal, new_id: Callable[[int], str], at: datetime) -> Iterator[Row]:
    heading = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(heading), strict=True)
    header = [bare(cell).strip().lower() for cell in next(reader, [])]
    _check_header(header)
    metrics: dict[str, str | None] = {_key(each.metric.name): each.id for each in goal.more_metrics}
    metrics[""] = metrics[_key(goal.metric.name)] = None
    room = min(ROWS_LIMIT, ENTRIES_LIMIT - len(goal.entries))
    for number, cells in enumerate(reader, start=2):
        if not any(cells):
            continue
        row = _row(number, dict(zip(header, map(bare, cells), strict=False)), metrics, new_id, at)
        if row.entry and room <= 0:
            problem = f"An import has at most {ROWS_LIMIT} rows, and a goal at most {ENTRIES_LIMIT} entries."
            row = Row(number, problem=problem)
        room -= row.entry is not None
        yield row


def _delimiter(heading: str) -> str:
    """Spreadsheets write semicolons where the comma is the decimal sign."""
    return ";" if ";" in heading and "," not in heading else ","


def _check_header(header: list[str]) -> None:
    known = f"The columns are {', '.join(COLUMNS)}; {' and '.join(NEEDED)} are needed."
    for column in NEEDED:
        if column not in header:
            raise Invalid(f"The first row names no column {column}. {known}", field="csv")
    for column in header:
        if column not in COLUMNS or header.count(column) > 1:
            raise Invalid(f"The column {column[:40]!r} is not known or stands twice. {known}", field="csv")


def _row(
    number: int, cells: dict[str, str], metrics: dict[str, str | None], new_id: Callable[[int], str], at: datetime
) -> Row:
    try:
        entry = NewEntry(
            id=new_id(number),
            on=_day(cells.get("on", ""), at),
            value=_value(cells.get("value", "")),
            note=_note(cells.get("note", "")),
            metric_id=_metric(cells.get("metric", ""), metrics),
        )
    except Refusal as refusal:
        return Row(number, field=refusal.field, problem=refusal.message)
    return Row(number, entry)


def _day(cell: str, at: datetime) -> date:
    try:
        day = date.fromisoformat(cell.strip())
    except ValueError:
        raise Invalid(f"{cell[:40]!r} is no day. Write it as 2027-03-01.", field="on") from None
    check_day(day, at)
    return day


def _value(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise Invalid(f"{cell[:40]!r} is no number. Write it as 12 or 3.5, with a point.", field="value") from None
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise Invalid(f"{cell[:40]!r} is out of range. A value lies between -1e12 and 1e12.", field="value")
    return value


def _note(cell: str) -> str:
    if len(cell) > LONGEST_NOTE:
        raise Invalid(f"The note has {len(cell)} characters; at most {LONGEST_NOTE} fit.", field="note")
    return cell


def _metric(cell: str, metrics: dict[str, str | None]) -> str | None:
    name = _key(cell)
    if name not in metrics:
        raise Invalid(f"The goal has no metric {cell[:40]!r}. Leave it empty for the main one.", field="metric")
    return metrics[name]


def _key(name: str) -> str:
    return name.strip().casefold()


def stored(rows: tuple[Row, ...], *, partly: bool) -> tuple[NewEntry, ...]:
    """The entries that are stored: all or none, or with `partly` those of the rows that are right."""
    if not partly and any(row.problem for row in rows):
        return ()
    return tuple(row.entry for row in rows if row.entry)


def report(rows: tuple[Row, ...], goal: Goal) -> tuple[ImportedRow, ...]:
    """A word about every row, given the goal afterwards."""
    kept = {entry.id for entry in goal.entries}
    return tuple(
        ImportedRow(
            row=row.row, stored=row.entry is not None and row.entry.id in kept, field=row.field, problem=row.problem
        )
        for row in rows
    )
