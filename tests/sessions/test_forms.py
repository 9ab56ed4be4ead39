"""The forms of reviews, and what each side may send back."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import Invalid
from contracts.identity import Party
from contracts.sessions import (
    ATTRIBUTION,
    FORM_VERSION,
    FORMS,
    OpenReview,
    Reply,
    Review,
    ReviewKind,
    SubmitReview,
    forms_of,
)
from services.sessions.model import forms, records
from tests.builders import NOW, a_card

MOST_QUESTIONS = 20  # what the contract takes as answers


def a_review(kind: ReviewKind = ReviewKind.MILESTONE) -> Review:
    request = OpenReview(mentorship_id="mentorship-1", kind=kind, index=1, due_at=NOW + timedelta(days=7), at=NOW)
    return records.open_review("review-1", a_card(), request).state


def replies(review: Review, party: Party) -> tuple[Reply, ...]:
    return tuple(
        Reply(question_id=each.id, rating=4) if each.rated else Reply(question_id=each.id, text="More of it")
        for each in forms.form_of(review, party).questions
    )


@pytest.mark.parametrize("kind", ReviewKind)
def test_each_side_has_a_form_of_its_own(kind: ReviewKind) -> None:
    mentee, mentor = forms_of(kind, FORM_VERSION)
    assert (mentee.party, mentor.party) == (Party.MENTEE, Party.MENTOR)
    assert {each.id for each in mentee.questions} != {each.id for each in mentor.questions}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.kind} of the {form.party}")
def test_a_form_is_short_and_names_each_question_once(form: Any) -> None:
    ids = [question.id for question in form.questions]
    assert len(set(ids)) == len(ids) <= MOST_QUESTIONS


def test_only_the_mentee_says_at_the_end_and_afterwards_how_much_the_mentorship_did() -> None:
    asked = [(form.kind, form.party) for form in FORMS if any(each.id == ATTRIBUTION for each in form.questions)]
    assert asked == [(ReviewKind.FINAL, Party.MENTEE), (ReviewKind.ALUMNI, Party.MENTEE)]


@pytest.mark.parametrize("kind", ReviewKind)
@pytest.mark.parametrize("party", Party)
def test_a_form_that_is_filled_in_is_kept_with_its_version(kind: ReviewKind, party: Party) -> None:
    review = a_review(kind)
    request = SubmitReview(review_id=review.id, rating=4, text="Good", answers=replies(review, party))
    after = records.answer_review(review, request, party, NOW).state
    assert (after.form_version, after.answers[0].replies) == (FORM_VERSION, request.answers)


def test_a_review_without_answers_to_its_form_is_taken_as_before() -> None:
    request = SubmitReview(review_id="review-1", rating=4, text="Good")
    assert records.answer_review(a_review(), request, Party.MENTOR, NOW).state.answers[0].replies == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda given: (*given, Reply(question_id="weather", rating=3)), "no such question: weather"),
        (lambda given: (*given, given[0]), "more than once: progress"),
        (lambda given: given[1:], "not answered yet: progress"),
        (lambda given: (Reply(question_id="progress"), *given[1:]), "Give progress a rating"),
        (lambda given: (*given[:-1], Reply(question_id="change", rating=3, text="x")), "change is answered in words"),
        (lambda given: (*given[:-1], Reply(question_id="change", text=" ")), "Say something about change"),
    ],
)
def test_what_the_form_does_not_ask_for_is_refused_with_the_question(change: Any, said: str) -> None:
    review = a_review()
    with pytest.raises(Invalid, match=said) as refused:
        forms.check_replies(review, Party.MENTEE, change(replies(review, Party.MENTEE)))
    assert refused.value.field == "answers"


def test_the_others_form_is_not_ones_own() -> None:
    review = a_review()
    with pytest.raises(Invalid):
        forms.check_replies(review, Party.MENTOR, replies(review, Party.MENTEE))
