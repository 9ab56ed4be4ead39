"""What feedback says counts nowhere: the score sees that it was given and answered, and when, and no more."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.goals import (
    Commitment,
    Explanation,
    FeedbackKind,
    GiveFeedback,
    LedgerPolicy,
    PlannedAction,
    Promise,
    RequestThirdPartyFeedback,
    SubmitThirdPartyFeedback,
    WriteJournal,
)
from contracts.goals.feedback import Feedback
from contracts.identity import Party
from contracts.sessions import Visibility
from contracts.wire import Change, Event
from services.goals.model import feedback, growth, help, items, ledger, promises, rhythm, score
from services.goals.model.promises import Opening, Outcome
from tests.builders import NOW, a_card

CARD, POLICY = a_card(), LedgerPolicy()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ROUNDS = 4
text = st.text(min_size=1, max_size=40)
kinds = st.sampled_from(FeedbackKind)

Content = tuple[GiveFeedback, str, str, str, SubmitThirdPartyFeedback, str]
Fact = tuple[Event, datetime]


@st.composite
def contents(draw: st.DrawFn) -> list[Content]:
    """What is said in every round: the feedback, a question, its answer, a plan, an outsider's words and a journal."""
    return [
        (
            GiveFeedback(
                mentorship_id=CARD.id, kind=draw(kinds), situation=draw(text), behaviour=draw(text), impact=draw(text),
                tags=tuple(draw(st.lists(text, max_size=10))),
            ),
            draw(text),
            draw(text),
            draw(text),
            SubmitThirdPartyFeedback(
                token="token", kind=draw(kinds), text=draw(text), rating=draw(st.none() | st.integers(1, 5)),
                signed=draw(st.none() | text),
            ),
            draw(text),
        )
        for _ in range(ROUNDS)
    ]  # fmt: skip


@given(contents(), contents())
def test_the_content_of_feedback_changes_no_score_and_no_term(one: list[Content], other: list[Content]) -> None:
    explained = _explained(one)
    assert explained == _explained(other)
    assert explained.score.mentee.exact is not None, "there is a score that could have changed"
    assert {term.promise for term in explained.terms} >= {Promise.ACKNOWLEDGE_FEEDBACK, Promise.ACT_ON_FEEDBACK}


def _explained(said: list[Content]) -> Explanation:
    facts = [fact for number, content in enumerate(said) for fact in _round(number, content)]
    known: dict[str, Commitment] = {}
    for number in range(ROUNDS):
        week = Opening(Party.MENTOR, Promise.GIVE_FEEDBACK, f"week-{number}", NOW + (7 * number + 1) * DAY)
        _open(known, week, NOW)
        own = Opening(Party.MENTEE, Promise.COMPLETE_ACTION, f"own-{number}", NOW + 9 * DAY)
        _open(known, own, NOW)
        known[_id(own)] = ledger.keep(known[_id(own)], NOW + 10 * DAY).state
    for fact, at in facts:
        for opening in promises.openings(fact, CARD, at):
            _open(known, opening, at)
        for news in promises.news(fact, CARD, at):
            assert news.outcome is Outcome.KEPT
            commitment_id = f"{news.party}|{news.promise}|{news.cause_id}"
            known[commitment_id] = ledger.keep(known[commitment_id], news.at).state
    weekly = [each for each in known.values() if each.promise is Promise.GIVE_FEEDBACK]
    given_at = [at for fact, at in facts if rhythm.promise_kept_by(fact, CARD, at)]
    for commitment_id, done_at in rhythm.matched(weekly, given_at).items():
        known[commitment_id] = rhythm.settle(known[commitment_id], done_at).state
    return score.explain(known.values(), NOW + 90 * DAY, POLICY, {})


def _open(known: dict[str, Commitment], opening: Opening, at: datetime) -> None:
    known[_id(opening)] = ledger.open_commitment(
        _id(opening), CARD, POLICY, party=opening.party, promise=opening.promise, cause_id=opening.cause_id,
        due=opening.due, at=at, size=opening.size,
    ).state  # fmt: skip


def _id(opening: Opening) -> str:
    return f"{opening.party}|{opening.promise}|{opening.cause_id}"


def _round(number: int, content: Content) -> Iterator[Fact]:
    """Feedback given, taken in late, asked about, accepted and acted on; and what was said beside it."""
    request, question, answer, plan, outsider, diary = content
    at = NOW + 7 * number * DAY
    told = feedback.give_feedback(f"feedback-{number}", CARD, request, Party.MENTOR, at)
    yield from ((event, at) for event in told.events)
    word: Feedback = told.state
    action = PlannedAction(title=plan, due=(at + 9 * DAY).date())
    steps: tuple[tuple[int, Callable[[Feedback, datetime], Change[Feedback]]], ...] = (
        (70 + 4 * number, lambda word, at: feedback.acknowledge_feedback(word, "maria", at)),
        (80, lambda word, at: feedback.ask_clarification(word, "question", question, "maria", at)),
        (81, lambda word, at: feedback.answer_clarification(word, "question", answer, "sofia", at)),
        (90, lambda word, at: feedback.accept_feedback(word, f"item-{number}", action, "maria", at)),
    )
    for hours, decide in steps:
        change = decide(word, at + hours * HOUR)
        yield from ((event, at + hours * HOUR) for event in change.events)
        word = change.state
    made = items.act_on(word)
    yield from ((event, at + 90 * HOUR) for event in made.events)
    done = items.complete_action_item(made.state, "maria", at + (10 + 3 * number) * DAY)
    yield from ((event, at + (10 + 3 * number) * DAY) for event in done.events)
    asking = RequestThirdPartyFeedback(mentorship_id=CARD.id, question=question)
    invited = help.invite(f"invitation-{number}", CARD, asking, "maria", at, token_hash="hash")
    answered = help.answer_invitation(invited.state, outsider, at + DAY)
    written = growth.write_journal(
        f"entry-{number}",
        CARD,
        WriteJournal(mentorship_id=CARD.id, text=diary, visibility=Visibility.SHARED),
        "maria",
        at,
    )
    yield from ((event, at + DAY) for event in (*invited.events, *answered.events, *written.events))
