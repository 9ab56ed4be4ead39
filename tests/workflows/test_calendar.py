"""Meetings keep their wall time, wherever and whenever the clocks change."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendar import next_occurrence


def occurrences(rule: str, starts_at: str, zone: str, number: int, after: str = "2025-12-01T00:00+00:00") -> list[str]:
    """The first `number` occurrences, as local wall times."""
    moment, found = datetime.fromisoformat(after), []
    for _ in range(number):
        upcoming = next_occurrence(rule=rule, starts_at=datetime.fromisoformat(starts_at), zone=zone, after=moment)
        if upcoming is None:
            break
        moment = upcoming
        found.append(upcoming.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %z"))
    return found


@pytest.mark.parametrize(
    ("zone", "starts_at", "offsets"),
    [
        ("Europe/London", "2026-03-22T18:00", ["+0000", "+0100"]),
        ("America/New_York", "2026-03-01T18:00", ["-0500", "-0400"]),
        ("Australia/Lord_Howe", "2026-03-29T18:00", ["+1100", "+1030"]),  # half an hour, and autumn there
        ("Africa/Casablanca", "2026-02-08T18:00", ["+0100", "+0000"]),  # Ramadan
        ("Asia/Kolkata", "2026-03-22T18:00", ["+0530", "+0530"]),
    ],
)
def test_a_weekly_meeting_keeps_its_wall_time_over_a_change(zone: str, starts_at: str, offsets: list[str]) -> None:
    found = occurrences("FREQ=WEEKLY", starts_at, zone, 2)
    assert [line.split()[1] for line in found] == ["18:00", "18:00"]
    assert [line.split()[2] for line in found] == offsets


def test_a_time_in_the_gap_moves_forward_and_the_next_one_is_back() -> None:
    found = occurrences("FREQ=DAILY", "2026-03-28T01:30", "Europe/London", 3)
    assert found == ["2026-03-28 01:30 +0000", "2026-03-29 02:30 +0100", "2026-03-30 01:30 +0100"]


def test_a_time_in_the_fold_takes_the_first_and_happens_once() -> None:
    found = occurrences("FREQ=DAILY", "2026-10-24T01:30", "Europe/London", 3)
    assert found == ["2026-10-24 01:30 +0100", "2026-10-25 01:30 +0100", "2026-10-26 01:30 +0000"]


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31"])
def test_the_31st_clamps_to_the_month_end_and_recovers(rule: str) -> None:
    found = occurrences(rule, "2027-12-31T09:00", "Europe/Berlin", 5)
    assert [line[:10] for line in found] == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]


def test_the_last_friday_is_left_as_the_rule_says() -> None:
    found = occurrences("RRULE:FREQ=MONTHLY;BYDAY=-1FR", "2026-01-30T09:00", "UTC", 2)
    assert [line[:10] for line in found] == ["2026-01-30", "2026-02-27"]


@pytest.mark.parametrize(
    ("ending", "number"),
    [("COUNT=2", 2), ("UNTIL=20260119", 3), ("UNTIL=20260119T085959", 2), ("UNTIL=20260119T080000Z", 3)],
)
def test_a_rule_ends_where_it_says(ending: str, number: int) -> None:
    assert len(occurrences(f"FREQ=WEEKLY;{ending}", "2026-01-05T09:00", "Europe/Berlin", 9)) == number


@pytest.mark.parametrize(
    "rule",
    [
        *("", "WEEKLY", "FREQ=SECONDLY", "FREQ=WEEKLY;INTERVAL=two", "FREQ=WEEKLY;NOPE=1", "FREQ=WEEKLY;FREQ=DAILY"),
        *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=99999", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;UNTIL=soon"),
        *("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYHOUR=1,2", "FREQ=WEEKLY\nEXDATE:20260105T090000"),
    ],
)
def test_a_rule_that_no_meeting_can_have_is_a_value_error(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        occurrences(rule, "2026-01-05T09:00", "UTC", 1)


@pytest.mark.parametrize("zone", ["Mars/Base", "Europe", "../../etc/passwd", "", "/etc/localtime"])
def test_a_zone_that_is_none_is_a_value_error(zone: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        next_occurrence(
            rule="FREQ=DAILY", starts_at=datetime(2026, 1, 5), zone=zone, after=datetime(2026, 1, 5, tzinfo=UTC)
        )


def test_an_anchor_of_another_age_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="nothing to do"):
        occurrences("FREQ=DAILY", "1926-01-05T09:00", "UTC", 1)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU"],
)
def test_an_impossible_rule_has_no_occurrence(rule: str) -> None:
    assert occurrences(rule, "2026-01-05T09:00", "UTC", 1) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"]
            ),
            st.sampled_from(
                ["DAILY", "WEEKLY", "MONTHLY", "1", "-1", "5", "31", "MO", "1FR", "-1SU", "20260301", "x", ""]
            ),
        ),
        max_size=4,
    )
)
@settings(deadline=2_000, max_examples=200)  # milliseconds that a workflow may think
def test_any_rule_is_understood_or_a_value_error(parts: list[tuple[str, str]]) -> None:
    rule = ";".join(["FREQ=WEEKLY", *(f"{name}={value}" for name, value in parts)])
    with suppress(ValueError):
        occurrences(rule, "2026-01-05T09:00", "Europe/Berlin", 2)
        occurrences(rule.replace("WEEKLY", "MONTHLY"), "2026-01-05T09:00", "Europe/Berlin", 2)


@given(
    zone=st.sampled_from(["Europe/London", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Gaza"]),
    starts_at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)),
    hours=st.integers(0, 24 * 400),
    rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=MO,TH"]),
)
def test_the_next_one_is_later_and_the_same_from_any_moment_before_it(
    zone: str, starts_at: datetime, hours: int, rule: str
) -> None:
    after = starts_at.replace(tzinfo=UTC) + timedelta(hours=hours)
    found = next_occurrence(rule=rule, starts_at=starts_at, zone=zone, after=after)
    assert found is not None
    assert found > after
    halfway = after + (found - after) / 2
    assert next_occurrence(rule=rule, starts_at=starts_at, zone=zone, after=halfway) == found
