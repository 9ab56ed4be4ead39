"""A rule is read once and alike for everybody: over changes of the clocks, at the ends of months, on 29 February."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import recurrence

YEAR = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
# the instants at which the clocks change in 2027, as the zone's own rules say: four in the north, two in the south
CHANGES = {
    "Europe/Berlin": ("2027-03-28T01:00Z", "2027-10-31T01:00Z"),
    "Europe/London": ("2027-03-28T01:00Z", "2027-10-31T01:00Z"),
    "America/New_York": ("2027-03-14T07:00Z", "2027-11-07T06:00Z"),
    "Australia/Sydney": ("2027-04-03T16:00Z", "2027-10-02T16:00Z"),
    "Australia/Lord_Howe": ("2027-04-03T15:00Z", "2027-10-02T15:30Z"),  # by half an hour
    "Asia/Kolkata": (),
}


def read(rule: str, starts_at: str = "2027-01-04T09:00", zone: str = "UTC") -> recurrence.Recurrence:
    return recurrence.read(rule=rule, starts_at=datetime.fromisoformat(starts_at), zone=zone)


def days(found: Sequence[datetime], zone: str = "UTC") -> list[str]:
    return [f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d}" for moment in found]


@pytest.mark.parametrize("zone", CHANGES)
def test_a_zone_changes_its_clocks_when_this_table_says(zone: str) -> None:
    hours = [YEAR[0] + timedelta(minutes=30 * number) for number in range(365 * 48)]
    offsets = [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in hours]
    changed = [at for at, before, after in zip(hours[1:], offsets, offsets[1:], strict=False) if before != after]
    assert changed == [datetime.fromisoformat(at) for at in CHANGES[zone]]


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize(
    ("rule", "number"),
    [("FREQ=WEEKLY", 52), ("FREQ=WEEKLY;INTERVAL=2", 26), ("FREQ=MONTHLY", 12), ("FREQ=WEEKLY;BYDAY=MO,TH", 104)],
)
def test_a_year_of_meetings_keeps_its_wall_time_in_every_zone(zone: str, rule: str, number: int) -> None:
    found = list(read(rule, "2027-01-04T09:00", zone).between(*YEAR))
    assert {f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" for moment in found} == {"09:00"}
    assert len(found) == len(set(found)) == number
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "shown"),
    [
        ("Europe/Berlin", "2027-03-28", "02:30", "03:30 +0200"),
        ("Europe/London", "2027-03-28", "01:30", "02:30 +0100"),
        ("America/New_York", "2027-03-14", "02:30", "03:30 -0400"),
        ("Australia/Sydney", "2027-10-03", "02:30", "03:30 +1100"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "02:45 +1100"),
        ("Europe/Berlin", "2027-10-31", "02:30", "02:30 +0200"),
        ("Europe/London", "2027-10-31", "01:30", "01:30 +0100"),
        ("America/New_York", "2027-11-07", "01:30", "01:30 -0400"),
        ("Australia/Sydney", "2027-04-04", "02:30", "02:30 +1100"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "01:45 +1100"),
    ],
)
def test_on_the_day_of_the_change_the_gap_moves_forward_and_the_fold_takes_the_first(
    zone: str, day: str, wall: str, shown: str
) -> None:
    eve = datetime.fromisoformat(f"{day}T{wall}") - timedelta(days=1)
    before, on_the_day, after = (
        moment.astimezone(ZoneInfo(zone)) for moment in read("FREQ=DAILY;COUNT=3", eve.isoformat(), zone).between(*YEAR)
    )
    assert f"{on_the_day:%Y-%m-%d %H:%M %z}" == f"{day} {shown}"
    assert f"{before:%H:%M}" == f"{after:%H:%M}" == wall


@pytest.mark.parametrize("day", [29, 30, 31])
def test_a_day_that_a_month_lacks_is_its_last_day_and_comes_back(day: int) -> None:
    found = list(read("FREQ=MONTHLY", f"2027-01-{day}T09:00").between(YEAR[0], datetime(2029, 1, 1, tzinfo=UTC)))
    assert len(found) == 24
    for moment in found:
        month_end = (moment.date().replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        assert moment.date() == min(month_end.replace(day=min(day, month_end.day)), month_end)


def test_a_yearly_meeting_of_29_february_is_on_the_28th_of_other_years() -> None:
    for rule in ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"):
        found = read(rule, "2024-02-29T09:00").between(YEAR[0], datetime(2033, 1, 1, tzinfo=UTC))
        assert days(list(found)) == [
            "2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
        ]  # fmt: skip


def test_a_daily_meeting_is_on_29_february_too() -> None:
    found = read("FREQ=DAILY", "2028-02-27T09:00").between(
        datetime(2028, 2, 27, tzinfo=UTC), datetime(2028, 3, 2, tzinfo=UTC)
    )
    assert days(list(found)) == ["2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"]


def test_a_day_that_a_zone_left_out_is_one_occurrence_and_not_two() -> None:
    samoa = read("FREQ=DAILY", "2011-12-29T10:00", "Pacific/Apia")  # 30 December 2011 never was
    found = list(samoa.between(datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)))
    assert days(found, "Pacific/Apia") == ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]
    assert samoa.after(found[1]) == found[2]


def test_the_first_is_the_first_that_the_rule_meets_not_the_anchor() -> None:
    assert days([read("FREQ=WEEKLY;BYDAY=WE").first() or YEAR[0]]) == ["2027-01-06"]
    assert read("FREQ=WEEKLY;UNTIL=20270101").first() is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rule": "FREQ=HOURLY"}, "rule"),
        ({"rule": "FREQ=WEEKLY;COUNT=99999"}, "rule"),
        ({"rule": "FREQ=WEEKLY;BYDAY="}, "rule"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"zone": "a\0b"}, "zone"),
    ],
)
def test_what_cannot_be_read_names_the_part_at_fault(fields: dict[str, str], field: str) -> None:
    with pytest.raises(recurrence.Unreadable) as unreadable:
        read(**{"rule": "FREQ=WEEKLY", **fields})
    assert unreadable.value.field == field


@given(
    rule=st.sampled_from(
        ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=-1FR"]
    ),
    zone=st.sampled_from(sorted(CHANGES)),
    anchor=st.datetimes(datetime(2026, 6, 1), datetime(2027, 6, 1)),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
)
@settings(max_examples=60, deadline=None)
def test_asking_for_the_next_again_and_again_gives_what_lies_between(
    rule: str, zone: str, anchor: datetime, day: date
) -> None:
    recurring = recurrence.read(rule=rule, starts_at=anchor, zone=zone)
    since = datetime(day.year, day.month, day.day, tzinfo=UTC)
    until, one_by_one = since + timedelta(days=120), []
    moment = recurring.after(since - timedelta(microseconds=1))
    while moment is not None and moment < until:
        one_by_one.append(moment)
        moment = recurring.after(moment)
    assert one_by_one == list(recurring.between(since, until))
    assert all(moment.tzinfo is UTC for moment in one_by_one)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=YEARLY;COUNT=3"])
def test_where_a_question_comes_from_makes_no_difference_over_the_years(rule: str) -> None:
    """It is worked out year by year, and nothing is lost or comes twice between two years."""
    rhythm = read(rule, "2026-01-31T09:00", "Europe/Berlin")
    end = datetime(2030, 2, 1, tzinfo=UTC)
    whole = list(rhythm.between(datetime(2026, 1, 1, tzinfo=UTC), end))
    assert whole == sorted(set(whole))
    walked, at = [], datetime(2026, 1, 1, tzinfo=UTC)
    while (following := rhythm.after(at)) is not None and following < end:
        walked.append(following)
        at = following
    assert walked == whole
