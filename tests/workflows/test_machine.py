"""The cycle by example: what happens when, and what does not."""

from datetime import datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from contracts.identity import ChangePhase, Closure, Gap, Party, Phase, ProgrammePolicy
from contracts.notifications import Prompt, Template
from contracts.sessions import OpenReview, ReviewKind, ScheduleCheckIn, SettleAttendance
from tests.workflows.play import PATIENT, START, Play, a_cadence, a_cycle
from workflows.facts import (
    Accepted,
    Declined,
    Drafted,
    EndAsked,
    GoalAgreed,
    GoalReopened,
    NotScheduled,
    Outcome,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
)
from workflows.state import Cycle


def phases(play: Play) -> list[Phase]:
    return [command.phase for command in play.of(ChangePhase)]


def prompts(play: Play, template: Template) -> list[tuple[float, tuple[str, ...], str]]:
    """Days since the start, to whom, which step."""
    return [
        (round((prompt.at - START) / timedelta(days=1), 1), prompt.recipient_ids, prompt.step)
        for prompt in play.of(Prompt)
        if prompt.template is template
    ]


def test_a_match_that_nobody_answers_is_nudged_twice_and_expires() -> None:
    play = Play()
    play.tell(Accepted(party=Party.MENTOR))
    play.wait(days=15)
    assert prompts(play, Template.MATCH_REMINDER) == [(3, ("u-mentee",), "nudge-1"), (7, ("u-mentee",), "nudge-2")]
    assert phases(play) == [Phase.EXPIRED]
    assert play.commands[-1].at == START + timedelta(days=14)


def test_one_no_declines_the_match_and_a_late_yes_changes_nothing() -> None:
    play = Play()
    play.tell(Accepted(party=Party.MENTOR), Declined(party=Party.MENTEE), Accepted(party=Party.MENTEE))
    play.wait(days=400)
    assert phases(play) == [Phase.DECLINED]
    assert len(play.commands) == 1


def test_without_an_agreement_both_are_reminded_and_the_mentorship_is_closed_as_not_started() -> None:
    play = Play()
    play.accept()
    play.tell(Drafted(version=1), Signed(party=Party.MENTEE, version=1))
    play.wait(days=30)
    reminded = [(7, ("u-mentor",), "nudge-1"), (12, ("u-mentor",), "nudge-2")]
    assert prompts(play, Template.AGREEMENT_REMINDER) == reminded
    assert prompts(play, Template.AGREEMENT_OVERDUE) == [(14, ("u-mentee", "u-mentor"), "overdue")]
    assert phases(play) == [Phase.EXPECTATION_SETTING, Phase.CLOSED]
    assert play.of(ChangePhase)[-1].closure is Closure.NOT_STARTED


def test_signatures_under_different_versions_do_not_count_together() -> None:
    play = Play()
    play.accept()
    play.tell(GoalAgreed(goal_id="g1"), a_cadence(), Signed(party=Party.MENTEE, version=1), Drafted(version=2))
    play.tell(Signed(party=Party.MENTOR, version=2))
    play.tell(Signed(party=Party.MENTEE, version=1))
    assert phases(play) == [Phase.EXPECTATION_SETTING]
    play.tell(Signed(party=Party.MENTEE, version=2))
    assert phases(play) == [Phase.EXPECTATION_SETTING, Phase.ACTIVE]


def test_a_new_draft_undoes_two_signatures_until_it_is_signed_itself() -> None:
    play = Play()
    play.accept()
    play.sign()
    play.tell(Drafted(version=2), GoalAgreed(goal_id="g1"), a_cadence())
    assert play.cycle.phase is Phase.EXPECTATION_SETTING


def test_facts_that_overtake_the_phase_that_waits_for_them_still_count() -> None:
    play = Play()
    play.tell(a_cadence(), GoalAgreed(goal_id="g1"))
    play.sign()
    assert phases(play) == []
    play.accept()
    assert phases(play) == [Phase.EXPECTATION_SETTING, Phase.ACTIVE]
    assert [command.phase_version for command in play.of(ChangePhase)] == [1, 2]


def test_a_whole_cycle_opens_its_reviews_and_closes_when_both_have_looked_back() -> None:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    play.wait(days=160)
    assert [(review.kind, review.index, review.due_at) for review in play.reviews] == [
        (ReviewKind.MILESTONE, 1, START + timedelta(days=91)),
        (ReviewKind.FINAL, 1, START + timedelta(days=182)),
    ]
    assert play.reviews[0].at == START + timedelta(days=84)
    assert prompts(play, Template.CLOSING_OPENED) == [(154, ("u-mentee", "u-mentor"), "opened")]
    play.tell(Reviewed(kind=ReviewKind.FINAL, index=1, party=Party.MENTEE))
    assert play.cycle.phase is Phase.CLOSING
    play.tell(Reviewed(kind=ReviewKind.FINAL, index=1, party=Party.MENTOR, complete=True))
    assert phases(play) == [Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED]
    assert play.of(ChangePhase)[-1].closure is Closure.COMPLETED
    assert play.of(ChangePhase)[-1].gaps == (Gap.GOALS_OPEN,)
    assert set(play.cycle.deadlines) == {"alumni:1", "alumni:2"}


def test_without_final_reviews_it_closes_two_weeks_after_its_end() -> None:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    play.wait(days=200)
    assert play.commands[-1].at == START + timedelta(days=182 + 14)
    assert play.of(ChangePhase)[-1].gaps == (Gap.MENTEE_REVIEW, Gap.MENTOR_REVIEW, Gap.GOALS_OPEN)
    assert max(command.starts_at for command in play.of(ScheduleCheckIn)) < START + timedelta(days=182)
    assert len(play.of(ScheduleCheckIn)) == 13


def test_people_are_prompted_around_each_check_in() -> None:
    play = Play()
    play.become_active()
    start = play.of(ScheduleCheckIn)[0].starts_at
    assert start == datetime.fromisoformat("2026-01-14T10:00+01:00")
    play.wait(days=13)
    about_it = [prompt for prompt in play.of(Prompt) if prompt.cause == "c1" and prompt.about == start]
    hours = [(prompt.step, round((prompt.at - start) / timedelta(hours=1))) for prompt in about_it]
    assert hours == [("preparation", -72), ("brief", -2), ("attendance", 3), ("missed", 72)]
    assert about_it[0].recipient_ids == ("u-mentee",)
    assert [command.at - start for command in play.of(SettleAttendance)] == [timedelta(hours=72)]


def test_the_next_check_in_is_on_the_calendar_as_soon_as_this_one_begins() -> None:
    play = Play()
    play.become_active()
    play.wait(days=8, hours=23)
    assert [command.index for command in play.of(ScheduleCheckIn)] == [1]
    play.wait(hours=1)
    assert [command.index for command in play.of(ScheduleCheckIn)] == [1, 2]


def test_a_preparation_prompt_whose_time_has_passed_is_given_at_once() -> None:
    play = Play()
    play.accept()
    play.sign()
    play.tell(GoalAgreed(goal_id="g1"), a_cadence(starts_at=datetime(2026, 1, 5, 20)))
    assert [prompt.step for prompt in play.of(Prompt)] == ["preparation"]


def test_nobody_is_asked_to_prepare_what_has_begun() -> None:
    play = Play(answering=False)
    play.become_active()
    play.wait(days=9, hours=1)
    play.answering = True
    play.cycle.pending.clear()
    play.tell(*play._answers(play.of(ScheduleCheckIn)[0]))
    play.wait(hours=12)
    assert [prompt.step for prompt in play.of(Prompt)] == ["attendance"]


def test_a_missed_check_in_is_followed_up_once_and_a_held_one_ends_the_streak() -> None:
    play = Play()
    play.become_active()
    play.wait(days=14 + 14)
    assert play.cycle.missed_streak == 2
    play.tell(Settled(check_in_id="c2", index=2, outcome=Outcome.MISSED))
    assert [p[1:] for p in prompts(play, Template.CHECK_IN_MISSED)] == [(("u-mentee", "u-mentor"), "missed")] * 2
    play.wait(days=10)
    play.hold(3)
    assert play.cycle.missed_streak == 0
    assert len(play.of(SettleAttendance)) == 2


def test_a_streak_counts_by_occurrence_and_not_by_arrival() -> None:
    play = Play(a_cycle(policy=ProgrammePolicy(attendance_tacit_after=timedelta(days=30))))
    play.become_active()
    play.wait(days=40)
    for index in (2, 1):
        play.tell(Settled(check_in_id=f"c{index}", index=index, outcome=Outcome.MISSED))
    assert play.cycle.missed_streak == 2
    play.hold(3)
    assert play.cycle.missed_streak == 0


def test_a_dispute_stops_the_prompts_and_a_late_word_of_it_undoes_nothing() -> None:
    play = Play()
    play.become_active()
    play.wait(days=9, hours=2)
    disputed = Settled(check_in_id="c1", index=1, outcome=Outcome.DISPUTED)
    play.tell(disputed)
    play.wait(days=4)
    assert play.of(SettleAttendance) == []
    play.hold(1)
    play.tell(disputed)
    assert play.cycle.outcomes == {1: Outcome.HELD}


def test_a_new_cadence_leaves_what_is_on_the_calendar_and_takes_over_after_it() -> None:
    play = Play()
    play.become_active()
    play.tell(a_cadence(rule="FREQ=DAILY", starts_at=datetime(2026, 1, 6, 8), version=2))
    play.tell(a_cadence(version=1))
    play.wait(days=10)
    found = [(command.index, command.starts_at.date().day) for command in play.of(ScheduleCheckIn)]
    assert found == [(1, 14), (2, 15), (3, 16)]
    assert play.of(ScheduleCheckIn)[1].cadence_version == 2


def test_a_cadence_that_ran_out_goes_on_with_the_next_one() -> None:
    play = Play()
    play.become_active()
    play.tell(a_cadence(rule="FREQ=WEEKLY;COUNT=1", version=2))
    play.wait(days=30)
    assert len(play.of(ScheduleCheckIn)) == 1
    play.tell(a_cadence(rule="FREQ=WEEKLY", version=3))
    assert play.of(ScheduleCheckIn)[-1].starts_at == datetime.fromisoformat("2026-02-11T10:00+01:00")


def test_an_occurrence_that_sessions_refuses_does_not_stop_the_rhythm() -> None:
    play = Play(answering=False)
    play.become_active()
    play.tell(NotScheduled(index=1))
    play.answering = True
    play.wait(days=11)
    assert [command.index for command in play.of(ScheduleCheckIn)] == [1, 2]
    assert {prompt.cause for prompt in play.of(Prompt)} <= {"c2"}


def test_a_cadence_that_cannot_be_read_does_not_wedge_the_cycle() -> None:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    play.tell(a_cadence(zone="Nowhere/Land", version=2))
    play.wait(days=200)
    assert phases(play)[-1] is Phase.CLOSED


def test_a_check_in_that_runs_while_the_cycle_closes_is_settled_first() -> None:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    play.wait(days=163, hours=2)  # the twelfth check-in, two hours ago
    play.review()
    assert [type(command) for command in play.commands[-2:]] == [SettleAttendance, ChangePhase]
    assert play.of(SettleAttendance)[-1].check_in_id == "c12"


@pytest.mark.parametrize("every", [timedelta(), timedelta(days=154), timedelta(days=400)])
def test_a_milestone_at_or_after_the_closing_is_not_opened(every: timedelta) -> None:
    play = Play(a_cycle(policy=ProgrammePolicy(milestone_every=every)))
    play.become_active()
    play.wait(days=170)
    assert [review.kind for review in play.reviews] == [ReviewKind.FINAL]


def test_an_event_heard_twice_changes_nothing() -> None:
    play = Play()
    play.become_active()
    before = msgspec.json.encode(play.cycle)
    play.wait(days=1)
    play.tell(a_cadence(version=9), event_id="e1")
    assert msgspec.json.encode(play.cycle) == before


def test_time_that_goes_back_is_not_believed() -> None:
    play = Play()
    play.wait(days=5)
    play.now -= timedelta(days=4)
    play.accept()
    nudge, change = play.commands
    assert change.at == nudge.at


def test_prompts_of_two_cycles_spread_over_ten_minutes_and_never_past_what_they_are_about() -> None:
    instants = set()
    for number in range(50):
        play = Play(a_cycle(id=f"m{number}"))
        play.wait(days=3, hours=1)
        instants.add(play.commands[0].at - START - timedelta(days=3))
    assert len(instants) > 25
    assert max(instants) < timedelta(minutes=10)


def test_a_cycle_survives_being_written_down() -> None:
    play = Play(answering=False)
    play.become_active()
    play.cycle.pending = []
    play.tell(a_cadence(version=2))
    assert msgspec.json.decode(msgspec.json.encode(play.cycle), type=Cycle) == play.cycle


def test_an_event_about_a_check_in_that_is_known_already_prompts_nobody_again() -> None:
    play = Play()
    play.become_active()
    play.wait(days=7)
    assert [prompt.step for prompt in play.of(Prompt)] == ["preparation"]
    play.tell(Scheduled(check_in_id="c1", index=1))
    assert [prompt.step for prompt in play.of(Prompt)] == ["preparation"]


def test_a_goal_that_was_revised_no_longer_counts_until_it_is_agreed_again() -> None:
    play = Play()
    play.tell(*(Accepted(party=party) for party in Party))
    play.tell(GoalAgreed(goal_id="g1", sequence=3), GoalReopened(goal_id="g1", sequence=4), a_cadence())
    play.tell(*(Signed(party=party, version=1) for party in Party))
    assert phases(play) == [Phase.EXPECTATION_SETTING]
    play.tell(GoalAgreed(goal_id="g1", sequence=5))
    assert phases(play) == [Phase.EXPECTATION_SETTING, Phase.ACTIVE]


def test_old_news_of_a_goal_do_not_undo_newer_ones() -> None:
    play = Play()
    play.tell(GoalReopened(goal_id="g1", sequence=4), GoalAgreed(goal_id="g1", sequence=3))
    assert play.cycle.agreed_goals == []


def test_a_cycle_of_older_rules_asks_its_alumni_by_the_message_alone() -> None:
    for edition, reviews in ((2, []), (3, [1, 2])):
        play = Play(replace(a_cycle(policy=PATIENT), edition=edition))
        play.become_active()
        play.tell(EndAsked(closure=Closure.BY_PROGRAMME))
        play.review()
        play.wait(days=200)
        assert [step for _, _, step in prompts(play, Template.ALUMNI_SURVEY)] == ["survey-1", "survey-2"]
        opened = [command.index for command in play.of(OpenReview) if command.kind is ReviewKind.ALUMNI]
        assert opened == reviews


def test_surveys_of_a_policy_that_names_them_in_another_order_all_come_before_the_archive() -> None:
    days = [timedelta(days=number) for number in (90, 20, 60)]
    play = Play(a_cycle(policy=replace(PATIENT, alumni_surveys=tuple(days))))
    play.become_active()
    play.tell(EndAsked(closure=Closure.BY_PROGRAMME))
    play.review()
    play.wait(days=200)
    assert [step for _, _, step in prompts(play, Template.ALUMNI_SURVEY)] == ["survey-2", "survey-3", "survey-1"]
    assert phases(play)[-2:] == [Phase.ALUMNI, Phase.ARCHIVED]
    assert play.cycle.is_over
