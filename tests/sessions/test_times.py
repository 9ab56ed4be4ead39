"""Time by example and at random: what counts never overlaps, and every sum is the sum of the entries."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.errors import Conflict, Forbidden, Invalid, Refusal
from contracts.sessions import (
    EditTime,
    LogTime,
    TimeClaimed,
    TimeDisputed,
    TimeEntry,
    TimeKind,
    TimeLogged,
    TimeSetAside,
    TimeState,
)
from services.sessions.model import times, timesheets
from services.sessions.model.timesheets import Timesheet
from tests.builders import NOW, a_check_in

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_sheet() -> Timesheet:
    return timesheets.open_timesheet("sheet-1", "acme", "maria", NOW).state


def some_time(**fields: Any) -> LogTime:
    defaults = {
        "mentorship_id": "mentorship-1",
        "kind": TimeKind.ASYNC,
        "started_at": NOW - 2 * HOUR,
        "minutes": 30,
    }
    return LogTime(**{**defaults, **fields})


def logged(sheet: Timesheet, entry_id: str = "entry-1", **fields: Any) -> Timesheet:
    return timesheets.claim(sheet, timesheets.span_of(entry_id, some_time(**fields), NOW), NOW).state


def an_entry(sheet: Timesheet, entry_id: str = "entry-1") -> TimeEntry:
    span = sheet.find(entry_id)
    assert span is not None
    return times.make_entry(sheet, span, NOW).state


def test_an_entry_is_made_of_what_was_logged_and_its_event_has_no_more() -> None:
    sheet = logged(a_sheet())
    span = sheet.find("entry-1")
    assert span is not None
    change = times.make_entry(sheet, span, NOW)
    assert (change.state.person_id, change.state.minutes, change.state.month) == ("maria", 30, "2027-03")
    assert change.events == (
        TimeLogged(
            mentorship_id="mentorship-1", time_entry_id="entry-1", person_id="maria", kind=TimeKind.ASYNC, minutes=30
        ),
    )


def test_meeting_time_cannot_be_claimed_by_hand() -> None:
    with pytest.raises(Invalid) as refused:
        timesheets.span_of("entry-1", some_time(kind=TimeKind.MEETING), NOW)
    assert refused.value.field == "kind"
    with pytest.raises(Invalid) as refused:
        timesheets.edited_span(
            an_entry(logged(a_sheet())), EditTime(time_entry_id="entry-1", kind=TimeKind.MEETING), NOW
        )
    assert refused.value.field == "kind"


def test_time_may_end_now_and_not_a_minute_later() -> None:
    assert timesheets.span_of("entry-1", some_time(started_at=NOW - HOUR, minutes=60), NOW).ends_at == NOW
    with pytest.raises(Invalid) as refused:
        timesheets.span_of("entry-1", some_time(started_at=NOW - HOUR, minutes=61), NOW)
    assert refused.value.field == "startedAt"


@pytest.mark.parametrize(
    "started_at",
    [
        datetime(2027, 3, 1, 7),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(14 * HOUR)),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-12 * HOUR)),
        NOW - 367 * DAY,
    ],
)
def test_a_start_that_is_no_moment_of_the_last_year_is_refused(started_at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        timesheets.span_of("entry-1", some_time(started_at=started_at), NOW)
    assert refused.value.field == "startedAt"


@pytest.mark.parametrize(
    ("starts", "minutes", "fits"),
    [
        (timedelta(0), 30, False),
        (timedelta(minutes=29), 1, False),
        (timedelta(minutes=30), 5, True),
        (timedelta(minutes=-10), 10, True),
        (timedelta(minutes=-10), 11, False),
        (timedelta(minutes=-10), 60, False),
        (timedelta(minutes=10), 5, False),
    ],
)
def test_time_may_touch_other_time_and_not_share_a_minute_with_it(starts: timedelta, minutes: int, fits: bool) -> None:
    started_at = some_time().started_at + starts
    try:
        logged(logged(a_sheet()), "entry-2", started_at=started_at, minutes=minutes, mentorship_id="another")
        taken = None
    except Conflict as refused:
        taken = refused
    assert (taken is None) is fits
    if taken:
        assert "entry-1" in taken.message
        assert taken.field == "startedAt"


@pytest.mark.parametrize("midnight", [datetime(2027, 2, 28, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)])
def test_an_entry_across_midnight_or_the_end_of_a_month_takes_both_its_sides(midnight: datetime) -> None:
    sheet = logged(a_sheet(), started_at=midnight - HOUR, minutes=120)
    for started_at in (midnight - timedelta(minutes=1), midnight, midnight + timedelta(minutes=59)):
        with pytest.raises(Conflict):
            logged(sheet, "entry-2", started_at=started_at, minutes=1)
    assert len(logged(sheet, "entry-2", started_at=midnight + HOUR, minutes=1).spans) == 2
    assert an_entry(sheet).month == f"{midnight - HOUR:%Y-%m}"


def test_an_hour_in_another_zone_is_the_same_hour() -> None:
    sheet = logged(a_sheet(), started_at=(NOW - 2 * HOUR).astimezone(timezone(5 * HOUR)))
    with pytest.raises(Conflict):
        logged(sheet, "entry-2")


def test_a_meeting_displaces_what_was_logged_by_hand() -> None:
    sheet = logged(a_sheet(), started_at=NOW - HOUR, minutes=60)
    entry = an_entry(sheet)
    meeting = timesheets.meeting_span("meeting-1", a_check_in(starts_at=NOW - HOUR, minutes=30))
    change = timesheets.claim_meeting(sheet, meeting, NOW)
    assert [fact.time_entry_id for fact in change.events if isinstance(fact, TimeClaimed)] == ["meeting-1", "entry-1"]
    aside = times.follow(entry, change.state)
    assert (aside.state.state, [type(fact) for fact in aside.events]) == (TimeState.SET_ASIDE, [TimeSetAside])
    made = times.make_entry(change.state, meeting, NOW).state
    assert (made.state, made.kind, made.minutes, made.check_in_id) == (
        TimeState.APPROVED, TimeKind.MEETING, 30, "check-in-1"
    )  # fmt: skip
    assert timesheets.claim_meeting(change.state, meeting, NOW).events == ()


def test_of_two_meetings_at_once_the_first_to_be_settled_counts() -> None:
    meetings = [timesheets.meeting_span(f"meeting-{number}", a_check_in(starts_at=NOW - HOUR)) for number in (1, 2)]
    sheet = timesheets.claim_meeting(a_sheet(), meetings[0], NOW).state
    assert timesheets.claim_meeting(sheet, meetings[1], NOW).state == sheet
    assert times.make_entry(sheet, meetings[1], NOW).state.state is TimeState.SET_ASIDE


def test_what_ended_a_year_ago_makes_room_and_stays_as_it_was() -> None:
    sheet = logged(a_sheet(), started_at=NOW - 365 * DAY)
    entry, later = an_entry(sheet), NOW + 30 * DAY
    after = timesheets.claim(sheet, timesheets.span_of("entry-2", some_time(started_at=later - HOUR), later), later)
    assert [span.time_entry_id for span in after.state.spans] == ["entry-2"]
    assert times.follow(entry, after.state).events == ()


def test_only_the_other_party_approves_and_disputes() -> None:
    entry = an_entry(logged(a_sheet()))
    for decide in (times.approve, times.dispute):
        with pytest.raises(Forbidden):
            decide(entry, "maria")
    disputed = times.dispute(entry, "sofia")
    assert isinstance(disputed.events[0], TimeDisputed)
    assert times.approve(disputed.state, "sofia").state.state is TimeState.APPROVED


def test_meeting_time_is_neither_edited_nor_withdrawn_nor_disputed() -> None:
    span = timesheets.meeting_span("meeting-1", a_check_in(starts_at=NOW - HOUR))
    entry = times.make_entry(timesheets.claim_meeting(a_sheet(), span, NOW).state, span, NOW).state
    for attempt in (
        lambda: times.check_editable(entry, "maria"),
        lambda: times.withdraw(entry, "maria"),
        lambda: times.dispute(entry, "sofia"),
    ):
        with pytest.raises(Conflict):
            attempt()


def test_what_the_manager_decided_is_not_disputed_again() -> None:
    disputed = times.dispute(an_entry(logged(a_sheet())), "sofia").state
    decided = times.resolve(disputed, NOW, counts=True).state
    with pytest.raises(Conflict):
        times.dispute(decided, "sofia")
    with pytest.raises(Conflict):
        times.resolve(decided, NOW, counts=False)


MINUTE = st.integers(0, 3 * 24 * 60)
LENGTH = st.integers(1, 720)
WHICH = st.integers(0, 40)


class AYearOfTime(RuleBasedStateMachine):
    """One person's timesheet and entries, as the actions change them."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = a_sheet()
        self.entries: dict[str, TimeEntry] = {}

    def take(self, span: timesheets.Span, change: Any) -> None:
        """What an action does after the timesheet was changed."""
        self.sheet = change.state
        if span.time_entry_id not in self.entries:
            self.entries[span.time_entry_id] = times.make_entry(self.sheet, span, NOW).state
        self.entries = {key: times.follow(entry, self.sheet).state for key, entry in self.entries.items()}

    def pick(self, which: int) -> TimeEntry | None:
        """One of the entries, if there is any."""
        return list(self.entries.values())[which % len(self.entries)] if self.entries else None

    def free(self, entry: TimeEntry) -> None:
        """What an action does after an entry was changed."""
        self.entries[entry.id] = entry
        if entry.state in times.OVER:
            self.sheet = timesheets.release(self.sheet, entry.id).state

    @rule(start=MINUTE, minutes=LENGTH, mentorship=st.sampled_from(["one", "two"]))
    def log(self, start: int, minutes: int, mentorship: str) -> None:
        """By hand."""
        started_at = NOW - 5 * DAY + timedelta(minutes=start)
        request = some_time(started_at=started_at, minutes=minutes, mentorship_id=mentorship)
        span = timesheets.span_of(f"entry-{len(self.entries)}", request, NOW)
        try:
            self.take(span, timesheets.claim(self.sheet, span, NOW))
        except Conflict:
            taking = [each for each in self.entries.values() if each.state in times.TAKING]
            assert any(_overlap(each.started_at, each.minutes, started_at, minutes) for each in taking)

    @rule(start=MINUTE, minutes=LENGTH)
    def meet(self, start: int, minutes: int) -> None:
        """A held check-in."""
        check_in = a_check_in(starts_at=NOW - 5 * DAY + timedelta(minutes=start), minutes=minutes)
        span = timesheets.meeting_span(f"entry-{len(self.entries)}", check_in)
        self.take(span, timesheets.claim_meeting(self.sheet, span, NOW))

    @rule(which=WHICH, start=MINUTE, minutes=LENGTH)
    def edit(self, which: int, start: int, minutes: int) -> None:
        """By its owner."""
        if entry := self.pick(which):
            started_at = NOW - 5 * DAY + timedelta(minutes=start)
            request = EditTime(time_entry_id=entry.id, started_at=started_at, minutes=minutes)
            try:
                times.check_editable(entry, "maria")
                span = timesheets.edited_span(entry, request, NOW)
                self.take(span, timesheets.claim(self.sheet, span, NOW))
            except Refusal:
                assert self.entries[entry.id] == entry

    @rule(which=WHICH, deed=st.sampled_from(["withdraw", "approve", "dispute", "count", "reject"]))
    def decide(self, which: int, deed: str) -> None:
        """By whoever may."""
        if entry := self.pick(which):
            decisions: dict[str, Any] = {
                "withdraw": lambda: times.withdraw(entry, "maria"),
                "approve": lambda: times.approve(entry, "sofia"),
                "dispute": lambda: times.dispute(entry, "sofia"),
                "count": lambda: times.resolve(entry, NOW, counts=True),
                "reject": lambda: times.resolve(entry, NOW, counts=False),
            }
            try:
                self.free(decisions[deed]().state)
            except Conflict:
                return

    @invariant()
    def what_counts_does_not_overlap(self) -> None:
        """Invariant 9."""
        taking = sorted(
            (each for each in self.entries.values() if each.state in times.TAKING), key=lambda each: each.started_at
        )
        for earlier, later in pairwise(taking):
            assert earlier.started_at + timedelta(minutes=earlier.minutes) <= later.started_at
        assert [each.id for each in taking] == [span.time_entry_id for span in self.sheet.spans]

    @invariant()
    def sums_are_the_sums_of_the_entries(self) -> None:
        """By mentorship, person, kind and month, and over the months."""
        shares = times.shares(msgspec.to_builtins(entry) for entry in self.entries.values())
        for states, of in (({"logged", "approved"}, "minutes"), ({"disputed"}, "disputed")):
            entries = [each for each in self.entries.values() if each.state in states]
            expected = Counter[tuple[str, TimeKind, str]]()
            for each in entries:
                expected[each.mentorship_id, each.kind, f"{each.started_at:%Y-%m}"] += each.minutes
            found = {(each.mentorship_id, each.kind, each.month): getattr(each, of) for each in shares}
            assert Counter(found) == expected
            total = sum(getattr(each, of) for each in times.totals(shares))
            assert total == sum(each.minutes for each in entries)


def _overlap(start: datetime, minutes: int, other: datetime, others: int) -> bool:
    return start < other + timedelta(minutes=others) and other < start + timedelta(minutes=minutes)


TestAYearOfTime = AYearOfTime.TestCase
