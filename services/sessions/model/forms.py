"""A review's form, filled in by one side: every question once, each as it wants to be answered. Pure."""

from collections import Counter
from collections.abc import Iterable

from contracts.errors import Invalid
from contracts.identity import Party
from contracts.sessions import Reply, Review, ReviewForm, ReviewQuestion, forms_of


def check_replies(review: Review, party: Party, replies: tuple[Reply, ...]) -> None:
    """Refuse replies that the form of this side does not ask for, or that leave something out."""
    form = form_of(review, party)
    given = Counter(reply.question_id for reply in replies)
    known = {question.id: question for question in form.questions}
    _refuse("There is no such question", given.keys() - known.keys(), form)
    _refuse("This is answered more than once", (each for each, count in given.items() if count > 1), form)
    _refuse("This is not answered yet", known.keys() - given.keys(), form)
    for reply in replies:
        _check(reply, known[reply.question_id])


def form_of(review: Review, party: Party) -> ReviewForm:
    """What the review asks of this side."""
    return next(form for form in forms_of(review.kind, review.form_version) if form.party is party)


def _refuse(why: str, question_ids: Iterable[str], form: ReviewForm) -> None:
    if found := ", ".join(sorted(question_ids)):
        asked = ", ".join(question.id for question in form.questions)
        raise Invalid(f"{why}: {found}. The {form.party}'s form asks for: {asked}.", field="answers")


def _check(reply: Reply, question: ReviewQuestion) -> None:
    if question.rated and reply.rating is None:
        raise Invalid(f"Give {question.id} a rating from 1 to 5.", field="answers")
    if not question.rated and reply.rating is not None:
        raise Invalid(f"{question.id} is answered in words; leave the rating out.", field="answers")
    if not question.rated and not reply.text.strip():
        raise Invalid(f"Say something about {question.id}.", field="answers")
