"""A past lived once more: under its own policy it is what it was, to the number; only another one makes it differ."""

import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.identity import CaseKind, ChangePhase, Closure, Party, Phase, ProgrammePolicy
from contracts.notifications import Template
from contracts.simulation import Profile
from tests.workflows.past import lived
from workflows.facts import (
    Accepted,
    CadenceSet,
    ChangeAsked,
    Fact,
    GoalAgreed,
    Outcome,
    Replaced,
    Scheduled,
    Settled,
    Signed,
    TimeOffHeard,
)
from workflows.simulation.behaviour import USUAL
from workflows.simulation.figures import figures
from workflows.simulation.life import Plan, a_mentorship
from workflows.simulation.owed import Book, Owed
from workflows.simulation.past import BothSides, Happened, PastLife, PastPlan, Relived, compare, include, nothing
from workflows.simulation.tally import Tally

DAY = timedelta(days=1)
DEFAULT = ProgrammePolicy()
YEAR = replace(DEFAULT, length=364 * DAY)
SHORT = replace(DEFAULT, length=84 * DAY, closing_lead=7 * DAY, milestone_every=28 * DAY)


def a_plan(**changes: Any) -> Plan:
    given: dict[str, Any] = {"policy": DEFAULT, "months": 6, "mix": dict(USUAL), "seed": 7, "pairs": 6}
    return Plan(**(given | changes))


def the_past(plan: Plan) -> list[PastLife]:
    return [lived(plan, number)[1] for number in range(plan.pairs)]


def under(policy: ProgrammePolicy, plan: Plan) -> BothSides:
    return compare(PastPlan(policy=policy, weeks=plan.weeks, lives=the_past(plan)))


def cases(counted: Tally, kind: CaseKind) -> int:
    return sum(week.cases.get(kind, 0) for week in counted.weeks)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31 - 1),
    number=st.integers(0, 5_000),
    months=st.integers(1, 14),
    policy=st.sampled_from((DEFAULT, YEAR, SHORT)),
    profile=st.sampled_from((*Profile, None)),
)
def test_under_its_own_policy_a_past_life_comes_to_the_very_same_numbers(
    seed: int, number: int, months: int, policy: ProgrammePolicy, profile: Profile | None
) -> None:
    mix = {profile: 100} if profile else dict(USUAL)
    plan = a_plan(seed=seed, months=months, policy=policy, mix=mix)
    counted, past = lived(plan, number)
    past = msgspec.json.decode(msgspec.json.encode(past), type=PastLife)
    again = Relived(past, policy, plan.weeks)
    assert again.lived() == counted
    assert again.stands_as(past)
    assert again.past.unknown == 0


def test_the_same_policy_compares_equal_to_the_byte() -> None:
    found = under(DEFAULT, a_plan())
    assert found.as_was == found.would_be
    assert (found.as_was.pairs, found.left_out, found.ended_otherwise, found.unknown_check_ins) == (6, 0, 0, 0)
    assert figures(found.as_was).notifications_sent > 500


def test_lives_add_up_the_same_in_whatever_parts() -> None:
    plan, lenient = a_plan(), replace(DEFAULT, missed_escalated=9)
    lives = the_past(plan)
    total = nothing(plan.weeks)
    for some in (lives[4:], lives[:1], lives[1:4]):
        part = compare(PastPlan(policy=lenient, weeks=plan.weeks, lives=some))
        include(total, msgspec.json.decode(msgspec.json.encode(part), type=BothSides))
    assert total == compare(PastPlan(policy=lenient, weeks=plan.weeks, lives=lives))


def test_a_process_of_its_own_compares_the_same() -> None:
    plan = PastPlan(policy=YEAR, weeks=26, lives=the_past(a_plan(pairs=2)))
    done = subprocess.run(
        [sys.executable, "-m", "workflows.simulation", "past"],
        input=msgspec.json.encode(plan), capture_output=True, check=True,
    )  # fmt: skip
    assert msgspec.json.decode(done.stdout, type=BothSides) == compare(plan)


def test_a_ladder_with_later_rungs_would_have_called_for_help_less_often_and_nothing_else() -> None:
    patient = replace(DEFAULT, missed_escalated=9, missed_at_risk=9, silence=900 * DAY)
    found = under(patient, a_plan(mix={Profile.VANISHING: 100}, pairs=8))
    was, would = figures(found.as_was), figures(found.would_be)
    assert would.escalations < was.escalations
    assert cases(found.as_was, CaseKind.MISSED_CHECK_INS) > 0 == cases(found.would_be, CaseKind.MISSED_CHECK_INS)
    assert (would.check_ins_held, would.check_ins_missed) == (was.check_ins_held, was.check_ins_missed)
    assert (would.notifications_sent, would.mentor_hours_given) == (was.notifications_sent, was.mentor_hours_given)
    assert (would.coverage, would.kept, would.closures) == (was.coverage, was.kept, was.closures)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.lists(st.integers(1, 13), max_size=5, unique=True))
def test_other_nudges_change_the_count_of_nudges_alone(seed: int, days: list[int]) -> None:
    """What they would have brought nobody knows, so that in the past nobody is moved by them."""
    nudges = tuple(DAY * day for day in sorted(days))
    found = under(replace(DEFAULT, match_nudges=nudges), a_plan(seed=seed, pairs=3, months=2))
    kinds = {*found.as_was.sent, *found.would_be.sent} - {Template.MATCH_REMINDER}
    assert {kind: found.as_was.sent.get(kind) for kind in kinds} == {
        kind: found.would_be.sent.get(kind) for kind in kinds
    }
    assert found.as_was.closures == found.would_be.closures


def test_shorter_deadlines_would_have_been_missed_more_often() -> None:
    strict = replace(DEFAULT, feedback_due=timedelta(hours=1), feedback_acknowledged=timedelta(hours=1))
    found = under(strict, a_plan(pairs=10))
    was, would = figures(found.as_was), figures(found.would_be)
    assert would.kept is not None
    assert was.kept is not None
    assert would.kept.mean <= was.kept.mean
    assert found.would_be.weeks[8].due > found.as_was.weeks[8].due


def test_a_shorter_programme_would_have_closed_before_and_met_less() -> None:
    found = under(SHORT, a_plan(months=10, mix={Profile.RELIABLE: 100}))
    assert found.ended_otherwise == 0, "it is completed all the same"
    assert sum(found.would_be.closures.values()) == 6
    assert found.would_be.held < found.as_was.held
    assert sum(week.open_pairs for week in found.would_be.weeks) < sum(week.open_pairs for week in found.as_was.weeks)


def test_a_longer_programme_is_followed_until_nothing_is_known_any_more() -> None:
    """It makes up no check-ins, no silence and no cases after the real end."""
    plan = a_plan(months=10, mix={Profile.RELIABLE: 100})
    lives = [replace(life, until=_closed_at(life)) for life in the_past(plan)]
    found = compare(PastPlan(policy=YEAR, weeks=plan.weeks, lives=lives))
    assert (found.left_out, found.as_was.open_at_end) == (0, 0)
    assert found.would_be.open_at_end == found.ended_otherwise > 2
    assert cases(found.would_be, CaseKind.AT_RISK) == cases(found.as_was, CaseKind.AT_RISK)
    assert found.would_be.held == found.as_was.held
    assert [week.open_pairs for week in found.would_be.weeks] == [week.open_pairs for week in found.as_was.weeks]


def _closed_at(life: PastLife) -> datetime:
    relived = Relived(life, life.mentorship.policy, 60)
    relived.lived()
    assert relived.record.closed_at is not None
    return relived.record.closed_at


def test_a_past_that_does_not_lead_to_where_they_really_came_is_left_out() -> None:
    plan = a_plan(mix={Profile.RELIABLE: 100})
    lives = the_past(plan)
    gap = replace(lives[0], happened=[told for told in lives[0].happened if not isinstance(told.fact, Accepted)])
    elsewhere = replace(lives[1], closure=Closure.CONDUCT, phase=Phase.CLOSED)
    found = compare(PastPlan(policy=DEFAULT, weeks=plan.weeks, lives=[gap, elsewhere, *lives[2:]]))
    assert (found.left_out, found.as_was.pairs, found.would_be.pairs) == (2, 4, 4)


def test_a_meeting_that_was_never_planned_is_of_unknown_outcome_and_nobody_missed_it() -> None:
    plan = a_plan(pairs=1, mix={Profile.RELIABLE: 100})
    (life,) = the_past(plan)
    forgotten = life.meetings[2]
    known = replace(
        life, meetings=[each for each in life.meetings if each is not forgotten],
        happened=[told for told in life.happened if told.meeting != forgotten.check_in_id],
    )  # fmt: skip
    (before, after) = [Relived(each, DEFAULT, plan.weeks) for each in (life, known)]
    was, would = before.lived(), after.lived()
    assert after.past.unknown == 1
    assert (would.held, would.missed) == (was.held - 1, was.missed)
    assert cases(would, CaseKind.MISSED_CHECK_INS) == cases(was, CaseKind.MISSED_CHECK_INS)


def a_past(*told: tuple[float, Fact], until: float, phase: Phase) -> PastLife:
    """What was told on which day of a mentorship."""
    plan = a_plan()
    happened = [Happened(at=plan.begins + day * DAY, fact=fact) for day, fact in told]
    return PastLife(
        mentorship=a_mentorship(plan, 0), until=plan.begins + until * DAY, phase=phase, happened=happened
    )  # fmt: skip


def test_with_another_mentor_it_goes_on_and_both_mentors_are_one_side() -> None:
    cadence = CadenceSet(rule="FREQ=WEEKLY", starts_at=datetime(2026, 1, 12, 10), zone="UTC", minutes=30, version=1)
    begun: list[tuple[float, Fact]] = [(1, Accepted(party=party)) for party in Party]
    begun += [(2, GoalAgreed(goal_id="g")), (2, cadence), *((3, Signed(party=party, version=1)) for party in Party)]
    changed: list[tuple[float, Fact]] = [(30, ChangeAsked()), (40, Replaced(mentor_id="tom", agreement_version=2))]
    signed: list[tuple[float, Fact]] = [(41, Signed(party=party, version=2)) for party in Party]
    life = a_past(*begun, *changed, *signed, until=55, phase=Phase.ACTIVE)
    relived = Relived(life, DEFAULT, 9)
    counted = relived.lived()
    assert relived.stands_as(life)
    assert relived.cycle.mentor_id == "tom"
    told = sum(times * people for week in counted.weeks for times, people in week.notifications.items())
    assert told == sum(counted.sent.values()) > 20
    assert [sum(week.notifications.values()) for week in counted.weeks[:8]] == [2] * 8
    unsigned = Relived(replace(life, happened=life.happened[:-1]), DEFAULT, 9)
    unsigned.lived()
    assert not unsigned.stands_as(life)


def test_a_check_in_that_the_two_called_off_is_called_off_once_more_and_owed_by_nobody() -> None:
    plan = a_plan(pairs=1, mix={Profile.RELIABLE: 100})
    (life,) = the_past(plan)
    off = next(each for each in life.meetings[2:] if each.outcome is Outcome.HELD)
    said = Settled(check_in_id=off.check_in_id, index=77, outcome=Outcome.CANCELLED)
    told = Happened(at=off.planned_for - 4 * DAY, fact=said, meeting=off.check_in_id)
    others = [each for each in life.happened if each.meeting != off.check_in_id]
    meetings = [replace(each, outcome=None, present=()) if each is off else each for each in life.meetings]
    called_off = replace(life, meetings=meetings, happened=sorted((*others, told), key=lambda each: each.at))
    before, after = [Relived(each, DEFAULT, plan.weeks) for each in (life, called_off)]
    was, would = before.lived(), after.lived()
    assert (would.held, would.missed, after.past.unknown) == (was.held - 1, was.missed, 0)
    assert would.weeks[-1].due <= was.weeks[-1].due - 4
    assert would.sent[Template.ATTENDANCE_PROMPT] == was.sent[Template.ATTENDANCE_PROMPT] - 2


def test_a_meeting_at_another_time_is_asked_about_there() -> None:
    plan = a_plan(pairs=1, mix={Profile.RELIABLE: 100})
    (life,) = the_past(plan)
    meeting = life.meetings[2]
    start = meeting.planned_for + 7 * DAY
    moved = Scheduled(check_in_id=meeting.check_in_id, index=77, starts_at=start, minutes=45, sequence=9)
    told = Happened(at=meeting.planned_for - 4 * DAY, fact=moved, meeting=meeting.check_in_id)
    others = [each for each in life.happened if each.meeting != meeting.check_in_id]
    relived = Relived(
        replace(life, happened=sorted((*others, told), key=lambda each: each.at), until=start + DAY),
        DEFAULT,
        plan.weeks,
    )
    relived.lived()
    assert relived.cycle.meetings[3].starts_at == start
    assert relived.past.book.owed["prepares:3"].due == start - DEFAULT.preparation_due


def test_a_pause_moves_what_is_open_and_nothing_that_is_done() -> None:
    book, at = Book(policy=DEFAULT), a_plan().begins
    book.owed = {
        "open": Owed(due=at + 5 * DAY),
        "over": Owed(due=at - DAY),
        "done": Owed(due=at + 5 * DAY, done_at=at),
        "prepares:4": Owed(due=at + 5 * DAY),
    }
    for phase, day in ((Phase.PAUSED, 0), (Phase.ACTIVE, 10)):
        book.hear(
            ChangePhase(
                idempotency_key="k", at=at + day * DAY, mentorship_id="m", phase=phase, phase_version=1
            )
        )  # fmt: skip
    assert {name: (owed.due - at).days for name, owed in book.owed.items()} == {
        "open": 15, "over": -1, "done": 5, "prepares:4": 5,
    }  # fmt: skip


def test_a_check_in_that_falls_into_time_off_in_this_life_alone_is_owed_by_nobody() -> None:
    plan = a_plan(pairs=1, mix={Profile.RELIABLE: 100})
    (life,) = the_past(plan)
    meeting, day = life.meetings[2], life.meetings[2].planned_for.date()
    off = TimeOffHeard(time_off_id="t", first_day=day, last_day=day, sequence=1)
    told = Happened(at=meeting.planned_for - 4 * DAY, fact=off)
    others = [each for each in life.happened if each.meeting != meeting.check_in_id]
    relived = Relived(replace(life, happened=sorted((*others, told), key=lambda each: each.at)), DEFAULT, plan.weeks)
    relived.lived()
    assert relived.cycle.outcomes[3] is Outcome.CANCELLED
    assert not {"prepares:3", "reads:3"} & relived.past.book.owed.keys()
