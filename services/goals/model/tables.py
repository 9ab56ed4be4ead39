"""A goal's entries as CSV and back (RFC 4180), lossless, and safe to open in a spreadsheet."""

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contracts.errors import Invalid, Refusal
from contracts.goals import Goal, ImportedRow, ProgressEntry
from kit.tables import guarded, rows
from services.goals.model.progress import ENTRIES_LIMIT, NewEntry, check_day

COLUMNS = ("on", "value", "note", "metric")
NEEDED = ("on", "value")
ROWS_LIMIT = 500  # two years of weekdays; keeps the answer, which says a word about each, of moderate size
LARGEST = 1e12
LONGEST_NOTE = 2_000


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


def read(text: str, goal: Goal, new_id: Callable[[int], str], at: datetime) -> tuple[Row, ...]:
    """Every row with its entry or its problem. Raises Invalid where the text is no such table at all."""
    return tuple(_rows(text, goal, new_id, at))


def _rows(text: str, goal: Goal, new_id: Callable[[int], str], at: datetime) -> Iterator[Row]:
    metrics: dict[str, str | None] = {_key(each.metric.name): each.id for each in goal.more_metrics}
    metrics[""] = metrics[_key(goal.metric.name)] = None
    room = min(ROWS_LIMIT, ENTRIES_LIMIT - len(goal.entries))
    for number, cells in rows(text, COLUMNS, NEEDED):
        row = _row(number, cells, metrics, new_id, at)
        if row.entry and room <= 0:
            problem = f"An import has at most {ROWS_LIMIT} rows, and a goal at most {ENTRIES_LIMIT} entries."
            row = Row(number, problem=problem)
        room -= row.entry is not None
        yield row


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


def stored(read: tuple[Row, ...], *, partly: bool) -> tuple[NewEntry, ...]:
    """The entries that are stored: all or none, or with `partly` those of the rows that are right."""
    if not partly and any(row.problem for row in read):
        return ()
    return tuple(row.entry for row in read if row.entry)


def report(read: tuple[Row, ...], goal: Goal) -> tuple[ImportedRow, ...]:
    """A word about every row, given the goal afterwards."""
    kept = {entry.id for entry in goal.entries}
    return tuple(
        ImportedRow(
            row=row.row, stored=row.entry is not None and row.entry.id in kept, field=row.field, problem=row.problem
        )
        for row in read
    )
