"""What a machine can say about each letter of SMART: why it passes or not, and how to mend it. Advice, never a gate.

The same words get the same findings: nothing here looks at who asks, and `today` is the day of writing.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from contracts.goals import Goal, LetterLint, LintGoal, Metric, MetricKind, SmartLetter
from services.goals.model.words import alike, counted, has_number, is_number_word, limits, tokens

_FILLERS = {"", "yes", "no", "ok", "tbd", "todo", "n a", "na", "none", "same", "see above", "asap", "soon", "later"}
# fmt: off
_SMALL = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "being", "but", "by", "can", "do", "does", "for", "from",
    "get", "go", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "just", "may", "me", "more",
    "most", "must", "my", "of", "on", "or", "our", "out", "over", "per", "shall", "should", "so", "some",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "too",
    "until", "up", "us", "very", "want", "was", "we", "were", "what", "when", "where", "which", "who", "will",
    "with", "within", "would", "you", "your", "need", "next", "each", "every", "because", "first", "starts",
    "start", "one", "also", "about", "full",
})
_VAGUE = frozenset({
    "better", "improve", "improved", "improving", "improvement", "good", "great", "grow", "growth", "develop",
    "development", "learn", "enhance", "increase", "things", "thing", "stuff", "something", "everything",
    "anything", "skills", "skill", "myself", "work", "job", "life", "career", "person", "more", "best",
    "become", "progress", "successful", "success",
})
# fmt: on
_OTHERS = re.compile(
    r"\s*(?:my|our|the)\s+(?:team|manager|boss|mentor|company|colleagues?|organi[sz]ation|department|employer)\b", re.I
)
_GIVEN = re.compile(
    r"\b(?:be|get|become|being|getting)\s+(?:promoted|selected|chosen|invited|recogni[sz]ed|nominated|hired|awarded)\b",
    re.I,
)
_ABSOLUTE = re.compile(r"\b(?:always|never|perfect(?:ly)?|flawless(?:ly)?|everyone|everybody)\b|100\s?%", re.I)
_MOVES = re.compile(r"\b(?:increase|raise|grow|lift|improve|reduce|lower|cut|decrease)\b.*\bto\s+[€$£]?\d", re.I | re.S)
_FROM = re.compile(r"\bfrom\s+[€$£]?\d", re.I)
_FASTEST = 3  # steps a day; more is no plan
_SLACK = timedelta(days=7)


def lint(draft: LintGoal, challenges: Sequence[str] | None, today: date) -> tuple[LetterLint, ...]:
    """The five findings. `challenges` are those of the agreement, None where there is no agreement to compare with."""
    return (
        _specific(draft),
        _measurable(draft),
        _achievable(draft, today),
        _relevant(draft, challenges),
        _time_bound(draft, today),
    )


def draft_of(goal: Goal) -> LintGoal:
    """The words of a stored goal."""
    return LintGoal(title=goal.title, smart=goal.smart, metric=goal.metric, due=goal.due, challenge=goal.challenge)


def written_on(goal: Goal) -> date:
    """The day from which a stored goal's words look ahead."""
    return (goal.revisions[-1].at if goal.revisions else goal.created_at).date()


def _specific(draft: LintGoal) -> LetterLint:
    answer = draft.smart.specific if draft.smart else None
    words = tokens(f"{draft.title} {answer or ''}")
    named = [word for word in words if word not in _SMALL | _VAGUE and not is_number_word(word)]
    suggestion = "Name what you will do, with what or for whom, as in “deliver presentations outside my team”."
    if _is_filler(answer):
        return _missed(SmartLetter.S, "The answer to “what exactly” says nothing yet.", suggestion)
    if len(words) < 3:
        return _missed(SmartLetter.S, "So few words leave open what you will do.", suggestion)
    if not named:
        return _missed(
            SmartLetter.S, "Every word could stand for anything: it names nothing that you will do.", suggestion
        )
    return _passed(SmartLetter.S, f"It names what it is about: {named[0]}.")


def _measurable(draft: LintGoal) -> LetterLint:
    answer, metric = draft.smart.measurable if draft.smart else None, draft.metric
    text = f"{draft.title}. {answer or ''}"
    found = counted(text)
    if _is_filler(answer):
        return _missed(SmartLetter.M, "The answer to “how can anyone tell” says nothing yet.", _in_numbers(metric))
    if found is None and not has_number(text):
        return _missed(SmartLetter.M, "No number says how much or how many would be enough.", _in_numbers(metric))
    if found is None and metric is None:
        return _missed(SmartLetter.M, "There is a number, but no unit says of what.", _in_numbers(metric))
    wants_feedback = "feedback on each" in text.lower() or "feedback on every" in text.lower()
    advice = None
    if wants_feedback and metric and not metric.needs_feedback:
        advice = "You want feedback on each: let an entry count only once it has feedback (`needsFeedback`)."
    return _passed(SmartLetter.M, f"It can be counted: {found or (metric and metric.unit)}.", advice)


def _in_numbers(metric: Metric | None) -> str:
    if metric is None:
        return "Say how many of what, as in “three presentations, with feedback on each”."
    return f"Say it in numbers, as in “from {metric.baseline:g} to {metric.target:g} {metric.unit}”."


def _achievable(draft: LintGoal, today: date) -> LetterLint:
    answer, metric = draft.smart.achievable if draft.smart else None, draft.metric
    if _is_filler(answer):
        return _missed(
            SmartLetter.A,
            "The answer to “why can it be done” says nothing yet.",
            "Name what you have for it.",
        )
    if _OTHERS.match(draft.title) or (_GIVEN.search(draft.title) and not re.search(r"\bI\b", answer or "")):
        return _missed(
            SmartLetter.A,
            "Its owner is somebody else: others decide whether it happens.",
            "Say what you yourself will do for it, beginning with a verb.",
        )
    if absolute := _ABSOLUTE.search(draft.title):
        return _missed(
            SmartLetter.A,
            f"“{absolute[0]}” leaves no room for a single bad day.",
            "Say how often or how many would be a good result.",
        )
    if metric is None and _MOVES.search(draft.title) and not _FROM.search(draft.title):
        return _missed(
            SmartLetter.A,
            "It says where to get but not from where, so nobody can tell how far that is.",
            "Name the baseline: “from … to …”.",
        )
    if metric and draft.due and (pace := _pace(metric, draft.due, today)) > _FASTEST:
        return _missed(
            SmartLetter.A,
            f"It takes about {pace:.0f} {metric.unit} a day until {draft.due}.",
            "Choose a smaller target or a later day.",
        )
    since = f" It starts from {metric.baseline:g} {metric.unit}." if metric else ""
    return _passed(SmartLetter.A, f"It is yours to do.{since}")


def _pace(metric: Metric, due: date, today: date) -> float:
    """Entries a day that a count needs; other kinds do not say how many entries they take."""
    if metric.kind is not MetricKind.COUNT:
        return 0.0
    return abs(metric.target - metric.baseline) / max(1, (due - today).days)


def _relevant(draft: LintGoal, challenges: Sequence[str] | None) -> LetterLint:
    answer, place = draft.smart.relevant if draft.smart else None, draft.challenge
    if _is_filler(answer):
        return _missed(
            SmartLetter.R, "The answer to “why does it matter” says nothing yet.", "Say what becomes possible with it."
        )
    if not challenges:
        return _passed(SmartLetter.R, "There is no agreement yet whose challenges it could be compared with.")
    listed = "; ".join(f"{number}: {text}" for number, text in enumerate(challenges, start=1))
    if place is not None and place <= len(challenges):
        return _passed(SmartLetter.R, f"It addresses a challenge of your agreement: {challenges[place - 1]}")
    if place is not None:
        return _missed(
            SmartLetter.R, f"The agreement has no challenge {place}.", f"Choose one of its challenges. {listed}"
        )
    words = _telling(f"{draft.title} {draft.smart.specific if draft.smart else ''} {answer or ''}")
    for number, challenge in enumerate(challenges, start=1):
        if shared := next((word for word in words if any(alike(word, each) for each in _telling(challenge))), None):
            why = f"It speaks of what your agreement takes on (“{shared}”): {challenge}"
            return _passed(SmartLetter.R, why, f"Name it, so that both of you see it: challenge {number}.")
    return _missed(
        SmartLetter.R,
        "It names none of the challenges of your agreement, and shares no word with them.",
        f"Say which one it addresses, or say why it matters all the same. {listed}",
    )


def _telling(text: str) -> list[str]:
    return [word for word in tokens(text) if len(word) >= 4 and word not in _SMALL | _VAGUE]


def _time_bound(draft: LintGoal, today: date) -> LetterLint:
    answer, due = draft.smart.time_bound if draft.smart else None, draft.due
    suggestion = f"Say by when, as in “by {due}”." if due else "Say by when, as in “in the next three months”."
    found = limits(f"{draft.title}. {answer or ''}", today)
    if not found:
        return _missed(SmartLetter.T, "No day or time limit says by when.", suggestion)
    ends = [limit for limit in found if limit.last is not None]
    if ends and all(limit.last and limit.last < today for limit in ends):
        return _missed(SmartLetter.T, f"“{ends[0].words}” has passed.", suggestion)
    if due and due < today:
        return _missed(SmartLetter.T, f"The due date {due} has passed.", "Choose a day that is still to come.")
    if due and ends and all(_ends_before(limit.last, due, today) for limit in ends):
        return _missed(
            SmartLetter.T,
            f"The words say “{ends[0].words}”, which ends on {ends[0].last}, but the due date is {due}.",
            "Let both say the same.",
        )
    return _passed(SmartLetter.T, f"It says by when: {found[0].words}.")


def _ends_before(last: date | None, due: date, today: date) -> bool:
    """Whether a limit ends clearly before the due date: a tenth of the time is in the rounding of weeks and months."""
    return last is not None and due - last > max(_SLACK, (last - today) / 10)


def _is_filler(answer: str | None) -> bool:
    return answer is not None and " ".join(tokens(answer)) in _FILLERS and not any(map(str.isdigit, answer))


def _passed(letter: SmartLetter, why: str, suggestion: str | None = None) -> LetterLint:
    return LetterLint(letter=letter, passed=True, why=why, suggestion=suggestion)


def _missed(letter: SmartLetter, why: str, suggestion: str) -> LetterLint:
    return LetterLint(letter=letter, passed=False, why=why, suggestion=suggestion)
