"""Help, third-party feedback, wins, skills, outcomes and the journal: what they are, and what cannot happen to them."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.goals import (
    ActionCompleted,
    AssessSkill,
    FeedbackKind,
    GoalAchieved,
    HelpAnswered,
    HelpKind,
    HelpRequested,
    MilestoneReached,
    Occasion,
    OutcomeKind,
    OutcomeRecorded,
    ProgressLogged,
    RecordOutcome,
    RequestHelp,
    RequestThirdPartyFeedback,
    Skill,
    SubmitThirdPartyFeedback,
    ThirdPartyFeedbackGiven,
    WinKind,
)
from contracts.identity import Party
from services.goals.model import growth, wins
from services.goals.model import help as helping
from services.goals.model.help import Invitation
from tests.builders import NOW, a_card, a_goal

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
MONDAY = date(2027, 3, 1)
OF_GOAL: dict[str, Any] = {"mentorship_id": "mentorship-1", "goal_id": "goal-1", "owner_id": "maria"}


@pytest.mark.parametrize(
    ("day", "due"),
    [(MONDAY, 3), (MONDAY + timedelta(days=2), 7), (MONDAY + timedelta(days=4), 9), (MONDAY + timedelta(days=5), 9)],
    ids=["Monday", "Wednesday", "Friday", "Saturday"],
)
def test_help_is_due_three_working_days_later(day: date, due: int) -> None:
    assert helping.working_days_after(day, 3) == MONDAY + timedelta(days=due)


@given(DAYS, st.integers(0, 30))
def test_weekends_are_no_working_days(day: date, days: int) -> None:
    after = helping.working_days_after(day, days)
    between = [day + timedelta(days=passed) for passed in range(1, (after - day).days + 1)]
    assert sum(each.weekday() < 5 for each in between) == days
    assert not days or after.weekday() < 5


def test_the_other_party_answers_a_request_for_help_and_once() -> None:
    request = RequestHelp(mentorship_id="mentorship-1", kind=HelpKind.ADVICE, text="How do I say no?")
    asked = helping.request_help("help-1", a_card(), request, "maria", NOW)
    assert asked.events == (
        HelpRequested(
            mentorship_id="mentorship-1", help_request_id="help-1", asked_by="maria", kind=HelpKind.ADVICE,
            due=MONDAY + timedelta(days=3),
        ),
    )  # fmt: skip
    with pytest.raises(Forbidden):
        helping.answer_help(asked.state, "Kindly", "maria", NOW)
    answered = helping.answer_help(asked.state, "Kindly", "sofia", NOW)
    assert (answered.state.answer, answered.state.answered_by) == ("Kindly", "sofia")
    assert [type(event) for event in answered.events] == [HelpAnswered]
    with pytest.raises(Conflict):
        helping.answer_help(answered.state, "And firmly", "sofia", NOW)


def an_invitation() -> Invitation:
    request = RequestThirdPartyFeedback(mentorship_id="mentorship-1", question="How did the meeting go?")
    return helping.invite("invitation-1", a_card(), request, "maria", NOW, token_hash="hash").state


def an_answer() -> SubmitThirdPartyFeedback:
    return SubmitThirdPartyFeedback(token="token", kind=FeedbackKind.STRENGTH, text="She listened", rating=4)


def test_a_token_opens_its_question_once_and_for_three_weeks() -> None:
    answered = helping.answer_invitation(an_invitation(), an_answer(), NOW + timedelta(days=20))
    assert (answered.state.text, answered.state.rating) == ("She listened", 4)
    assert [type(event) for event in answered.events] == [ThirdPartyFeedbackGiven]
    with pytest.raises(NotFound) as used:
        helping.answer_invitation(answered.state, an_answer(), NOW)
    with pytest.raises(NotFound) as expired:
        helping.check_open(an_invitation(), NOW + timedelta(days=21))
    assert used.value.message == expired.value.message == helping.closed_door().message


def test_what_is_published_of_an_invitation_has_no_hash() -> None:
    assert b"hash" not in msgspec.json.encode(an_invitation().published())


def entries_in(*weeks: int) -> Any:
    return [MONDAY + timedelta(weeks=week, days=week % 5) for week in weeks]


@pytest.mark.parametrize(
    ("weeks", "is_streak"),
    [((), False), ((0, 1, 2), False), ((0, 1, 2, 3), True), ((0, 1, 3, 4), False), ((0, 2, 3, 4, 5), True),
     ((0, 1, 2, 3, 4), False), (range(8), True)],
)  # fmt: skip
def test_four_weeks_running_are_a_streak_and_so_are_four_more(weeks: tuple[int, ...], is_streak: bool) -> None:
    assert (wins.streak(entries_in(*weeks)) is not None) == is_streak


@given(st.lists(DAYS, max_size=20), st.randoms())
def test_a_streak_knows_no_order_and_no_repetition(days: list[date], chance: Any) -> None:
    again = [*days, *days]
    chance.shuffle(again)
    assert wins.streak(again) == wins.streak(days)


def test_events_show_first_early_and_milestone_wins() -> None:
    done = ActionCompleted(mentorship_id="mentorship-1", action_item_id="item-1", owner_id="maria", days_early=2)
    shown = {
        "progress": wins.noticed_in(ProgressLogged(**OF_GOAL, entry_id="entry-1"), a_goal()),
        "goal": wins.noticed_in(GoalAchieved(**OF_GOAL), a_goal()),
        "milestone": wins.noticed_in(MilestoneReached(**OF_GOAL, milestone_id="step-1"), a_goal()),
        "early": wins.noticed_in(done, None),
        "in time": wins.noticed_in(msgspec.structs.replace(done, days_early=1), None),
    }
    assert {name: [each.kind for each in found] for name, found in shown.items()} == {
        "progress": [WinKind.FIRST],
        "goal": [WinKind.FIRST, WinKind.MILESTONE],
        "milestone": [WinKind.MILESTONE],
        "early": [WinKind.EARLY],
        "in time": [],
    }


def a_skill(*assessed: tuple[Occasion, int]) -> Skill:
    skill = growth.open_skill("skill-1", a_card(), " Presenting ", Party.MENTEE, NOW).state
    for occasion, level in assessed:
        request = AssessSkill(mentorship_id="mentorship-1", skill="Presenting", level=level, occasion=occasion)
        skill = growth.assess_skill(skill, request, NOW).state
    return skill


def test_what_changed_is_known_once_start_and_close_are_said() -> None:
    assert a_skill((Occasion.START, 2), (Occasion.MILESTONE, 5)).delta is None
    skill = a_skill((Occasion.START, 2), (Occasion.MILESTONE, 5), (Occasion.CLOSE, 4))
    assert (skill.skill, skill.start, skill.close, skill.delta) == ("Presenting", 2, 4, 2)


@pytest.mark.parametrize("occasion", [Occasion.START, Occasion.CLOSE])
def test_start_and_close_are_said_once(occasion: Occasion) -> None:
    with pytest.raises(Conflict):
        a_skill((occasion, 2), (occasion, 3))


def test_milestones_are_assessed_often_but_not_without_end() -> None:
    many = [(Occasion.MILESTONE, 3)] * growth.MILESTONES_LIMIT
    assert len(a_skill(*many).assessments) == growth.MILESTONES_LIMIT
    with pytest.raises(Conflict):
        a_skill(*many, (Occasion.MILESTONE, 3))


def an_outcome(**fields: Any) -> RecordOutcome:
    return RecordOutcome(**{
        "mentorship_id": "mentorship-1", "kind": OutcomeKind.PROMOTION, "title": "Team lead", "on": NOW.date(),
        "evidence": "The letter of 1 March", "attribution": 4, **fields,
    })  # fmt: skip


def test_an_outcome_is_verified_by_the_other_party_and_once() -> None:
    recorded = growth.record_outcome("outcome-1", a_card(), an_outcome(), "maria", NOW)
    assert recorded.events == (
        OutcomeRecorded(
            mentorship_id="mentorship-1", outcome_id="outcome-1", kind=OutcomeKind.PROMOTION, recorded_by="maria"
        ),
    )
    with pytest.raises(Forbidden):
        growth.verify_outcome(recorded.state, "maria", NOW)
    verified = growth.verify_outcome(recorded.state, "sofia", NOW).state
    assert verified.verified_by == "sofia"
    with pytest.raises(Conflict):
        growth.verify_outcome(verified, "sofia", NOW)


def test_an_outcome_of_the_future_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        growth.record_outcome("outcome-1", a_card(), an_outcome(on=NOW.date() + timedelta(days=2)), "maria", NOW)
    assert refused.value.field == "on"
