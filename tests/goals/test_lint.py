"""What a machine says about each letter of SMART, and that it says the same again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.goals import LetterLint, LintGoal, Smart, SmartLetter
from services.goals.model import lint, words
from tests.builders import NOW, a_goal, a_goal_draft, a_metric

TODAY = NOW.date()
IMPROVE = "Improve my presentation skills"
DELIVER = "Deliver three presentations in the next three months and receive feedback on each"
CHALLENGES = ("Being heard in rooms full of senior people", "Leading without a title")


def found(draft: LintGoal, challenges: tuple[str, ...] | None = None) -> dict[SmartLetter, LetterLint]:
    return {each.letter: each for each in lint.lint(draft, challenges, TODAY)}


def missed(title: str, **fields: object) -> str:
    draft = LintGoal(title=title, **fields)  # type: ignore[arg-type]
    return "".join(letter.name for letter, each in found(draft).items() if not each.passed)


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        (IMPROVE, "MT"),
        (DELIVER, ""),
        ("Deliver 3 presentations within ninety days", ""),
        ("Become a better leader", "MT"),
        ("Get better at things", "SMT"),
        ("Write twelve articles", "T"),
        ("Finish my thesis by 1 June 2027", "M"),
        ("Run 5 km twice a week until the end of the year", ""),
        ("Read one book a month this year", ""),
        ("Reach level B2 in German by Q4 2027", ""),
        ("Save €500 by Friday", ""),
        ("Lift conversion from 3% to 5% within a year", ""),
        ("Lift conversion to 5 % within a year", "A"),
        ("My manager gives me two projects by 2027-06-01", "A"),
        ("Be invited to three conferences in 2028", "A"),
        ("Always answer within two days", "MA"),
        ("Hold four workshops by 2026-12-31", "T"),
        ("One day I want to give talks", "MT"),
    ],
)
def test_a_sentence_alone_misses_these_letters(title: str, letters: str) -> None:
    assert missed(title) == letters


def test_what_is_missed_is_explained_with_a_way_to_mend_it() -> None:
    for each in found(LintGoal(title="Things")).values():
        assert each.why
        assert each.passed or each.suggestion


def test_the_articles_goal_passes_with_its_answers_and_metric() -> None:
    draft = a_goal_draft()
    asked = LintGoal(title=draft.title, smart=draft.smart, metric=draft.metric, due=draft.due, challenge=1)
    assert all(each.passed for each in found(asked, CHALLENGES).values())


def test_vague_words_are_found_even_where_metric_and_day_are_given() -> None:
    smart = Smart(
        specific=IMPROVE, measurable="I will feel it", achievable="I can", relevant="I care", time_bound="Soonish"
    )
    letters = found(LintGoal(title=IMPROVE, smart=smart, metric=a_metric(), due=date(2027, 6, 1)))
    assert [letter.name for letter, each in letters.items() if not each.passed] == ["M", "T"]
    assert "from 0 to 3 presentations" in (letters[SmartLetter.M].suggestion or "")
    assert "2027-06-01" in (letters[SmartLetter.T].suggestion or "")


@pytest.mark.parametrize("answer", ["tbd", "Yes.", "-", "n/a", "???"])
def test_an_answer_that_says_nothing_passes_for_none_of_the_first_four(answer: str) -> None:
    names = ("specific", "measurable", "achievable", "relevant", "time_bound")
    assert missed(DELIVER, smart=Smart(**dict.fromkeys(names, answer))) == "SMAR"


def test_feedback_on_each_suggests_that_entries_need_it() -> None:
    advice = found(LintGoal(title=DELIVER, metric=a_metric()))[SmartLetter.M]
    assert advice.passed
    assert "needsFeedback" in (advice.suggestion or "")
    assert found(LintGoal(title=DELIVER, metric=a_metric(needs_feedback=True)))[SmartLetter.M].suggestion is None


def test_a_count_that_nobody_could_keep_up_is_found() -> None:
    hasty = LintGoal(title=DELIVER, metric=a_metric(target=400), due=TODAY + timedelta(days=40))
    assert "10 presentations a day" in found(hasty)[SmartLetter.A].why


def test_relevance_is_seen_against_the_challenges_of_the_agreement() -> None:
    speak = found(LintGoal(title="Lead two projects by 2027-06-01"), CHALLENGES)[SmartLetter.R]
    assert speak.passed
    assert "challenge 2" in (speak.suggestion or "")
    foreign = found(LintGoal(title="Learn to bake six kinds of bread by May"), CHALLENGES)[SmartLetter.R]
    assert not foreign.passed
    assert "1: Being heard" in (foreign.suggestion or "")
    assert not found(LintGoal(title=DELIVER, challenge=3), CHALLENGES)[SmartLetter.R].passed


def test_words_that_end_long_before_the_due_date_are_found() -> None:
    late = found(LintGoal(title=DELIVER, due=date(2027, 9, 1)))[SmartLetter.T]
    assert not late.passed
    assert "three months" in late.why
    assert found(LintGoal(title=DELIVER, due=date(2027, 6, 5)))[SmartLetter.T].passed


def test_a_stored_goal_is_judged_from_the_day_of_its_words() -> None:
    goal = a_goal()
    assert lint.written_on(goal) == TODAY
    assert lint.draft_of(goal).title == goal.title


@given(title=st.text(min_size=1, max_size=200), answer=st.text(min_size=1, max_size=300))
def test_whatever_is_written_five_findings_come_in_order_and_the_same_again(title: str, answer: str) -> None:
    smart = Smart(**dict.fromkeys(("specific", "measurable", "achievable", "relevant", "time_bound"), answer))
    draft = LintGoal(title=title, smart=smart)
    first = lint.lint(draft, CHALLENGES, TODAY)
    assert [each.letter for each in first] == list(SmartLetter)
    assert first == lint.lint(draft, CHALLENGES, TODAY)


# fmt: off
WORDS = st.sampled_from([
    "three", "twenty-five", "3", "4.2", "1,000", "a", "in", "within", "the", "next", "months", "year", "years", "by",
    "march", "may", "2027", "2027-06-01", "2027-13-45", "q3", "on", "friday", "end", "of", "presentations", "%", "€",
    "99", "days", "hundred", "and", "thousand", "31", "february", "00", "dozen", "twice", "9999999999999",
])
# fmt: on


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_no_sentence_of_numbers_and_times_is_too_strange(sentence: str) -> None:
    words.limits(sentence, TODAY)
    words.counted(sentence)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("three", 3),
        ("twenty-five", 25),
        ("a dozen", 12),
        ("two hundred", 200),
        ("3,5", 3.5),
        ("12", 12),
        ("1,000", 1000),
    ],
)
def test_a_number_in_words_has_its_value(text: str, value: float) -> None:
    assert words.number(text) == value
