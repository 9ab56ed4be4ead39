"""Entries as CSV and back: nothing lost, nothing that a spreadsheet would calculate, a word about every wrong row."""

import csv
import io
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.errors import Invalid
from contracts.goals import Goal, GoalMetric, GoalState, MetricKind, ProgressEntry
from kit.tables import bare, guarded
from services.goals.model import progress, tables
from tests.builders import NOW, a_goal, a_metric

TODAY = NOW.date()
MORE = GoalMetric(id="metric-2", metric=a_metric(name="=Mood"), current=0, added_at=NOW)
WILD = st.text(max_size=40) | st.text(alphabet="'=+-@\t\r\n\",;01e.", max_size=8)


def an_agreed(**fields: Any) -> Goal:
    return a_goal(state=GoalState.AGREED, metric=a_metric(kind=MetricKind.SUM), more_metrics=(MORE,), **fields)


def read(text: str, goal: Goal | None = None) -> tuple[tables.Row, ...]:
    return tables.read(text, goal or an_agreed(), lambda row: f"entry-{row}", NOW)


def an_entry(number: int, value: float, on: date, note: str, metric_id: str | None) -> ProgressEntry:
    return ProgressEntry(
        id=f"entry-{number}", value=value, on=on, note=note, logged_by="maria", logged_at=NOW, metric_id=metric_id
    )


ENTRIES = st.lists(
    st.tuples(
        st.floats(-1e12, 1e12, allow_nan=False),
        st.dates(date(1900, 1, 1), TODAY),
        WILD,
        st.sampled_from([None, "metric-2"]),
    ),
    max_size=8,
)


@given(ENTRIES)
@example([(-5.0, TODAY, "-5", None), (1e-7, TODAY, "'=1+1", None), (-0.0, TODAY, "''", "metric-2")])
@example([(1.0, TODAY, '=HYPERLINK("x")', None), (1.0, TODAY, "line\rbreak\n", None)])
def test_what_is_written_is_read_back_without_loss(entries: list[Any]) -> None:
    goal = an_agreed(entries=tuple(an_entry(number, *each) for number, each in enumerate(entries)))
    rows = read(tables.written(goal), an_agreed())
    assert all(row.problem is None for row in rows)
    back = [row.entry for row in rows if row.entry]
    assert [(each.on, repr(each.value), each.note, each.metric_id) for each in back] == [
        (each.on, repr(each.value), each.note, each.metric_id) for each in goal.entries
    ]


@given(ENTRIES)
def test_no_cell_is_a_formula_and_every_cell_is_quoted(entries: list[Any]) -> None:
    goal = an_agreed(entries=tuple(an_entry(number, *each) for number, each in enumerate(entries)))
    text = tables.written(goal)
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n"))
            assert not cell.startswith("-") or float(cell) <= 0
    assert text.startswith('"on","value","note","metric"\r\n')


@given(WILD)
def test_guarding_a_cell_can_be_undone(cell: str) -> None:
    assert bare(guarded(cell)) == cell


def test_a_negative_number_stays_a_number_and_a_formula_does_not() -> None:
    assert [guarded(cell) for cell in ("-5", "-0.5", "-1e-07", "-1+1", "=1", "+1", "@x", "plain")] == [
        "-5", "-0.5", "-1e-07", "'-1+1", "'=1", "'+1", "'@x", "plain",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("2027-02-30,1,,", "on"),
        (",1,,", "on"),
        ("2027-03-03,1,,", "on"),
        ("2027-03-01,,,", "value"),
        ('2027-03-01,"1,5",,', "value"),
        ("2027-03-01,nan,,", "value"),
        ("2027-03-01,2e12,,", "value"),
        (f"2027-03-01,1,{'x' * 2_001},", "note"),
        ("2027-03-01,1,,Sleep", "metric"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_the_right_ones_stand(row: str, field: str) -> None:
    good, bad, last = read(f"on,value,note,metric\n2027-03-01,1,,\n{row}\n2027-03-01,2,,=mood\n")
    assert (good.row, bad.row, last.row) == (2, 3, 4)
    assert (bad.entry, bad.field) == (None, field)
    assert bad.problem
    assert last.entry
    assert last.entry.metric_id == "metric-2"
    assert tables.stored((good, bad, last), partly=False) == ()
    assert len(tables.stored((good, bad, last), partly=True)) == 2


@pytest.mark.parametrize("text", ["value\n1\n", "on\n", "on,value,mood\n", "on,value,on\n", 'on,value\n"2027', ";;;\n"])
def test_what_is_no_such_table_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert refused.value.field == "csv"


def test_semicolons_a_byte_order_mark_and_empty_lines_are_understood() -> None:
    (row,) = read("\ufeffOn;Value\n\n2027-03-01;7\n\n")
    assert row.entry
    assert (row.entry.value, row.entry.on) == (7, date(2027, 3, 1))


def test_an_import_has_no_more_rows_than_one_answer_may_tell_of() -> None:
    rows = read("on,value\n" + "2027-03-01,1\n" * (tables.ROWS_LIMIT + 1))
    assert [bool(row.problem) for row in rows] == [False] * tables.ROWS_LIMIT + [True]


def test_a_goal_that_is_nearly_full_takes_what_still_fits() -> None:
    entry = an_entry(0, 1, TODAY - timedelta(days=1), "", None)
    full = an_agreed(entries=(entry,) * (progress.ENTRIES_LIMIT - 1))
    assert [bool(row.problem) for row in read("on,value\n2027-03-01,1\n2027-03-01,1\n", full)] == [False, True]


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    with suppress(Invalid):
        rows = read("on,value,note\n" + text)
        assert all((row.entry is None) == (row.problem is not None) for row in rows)
