"""What a review asks of each side. A form is data with a version; a review keeps the one that it was opened with."""

from contracts.identity import Party
from contracts.sessions.review import ReviewKind
from contracts.wire import Record

FORM_VERSION = 1  # of the reviews that are opened now; add a version, never change one that was answered
ATTRIBUTION = "attribution"


class ReviewQuestion(Record, frozen=True, kw_only=True):
    """One question: `rated` ones want 1 to 5 and may have words, the others want words alone."""

    id: str
    text: str
    rated: bool = True


class ReviewForm(Record, frozen=True, kw_only=True):
    """All questions of one side in one kind of review."""

    kind: ReviewKind
    party: Party
    version: int
    questions: tuple[ReviewQuestion, ...]


def _form(kind: ReviewKind, party: Party, *questions: ReviewQuestion) -> ReviewForm:
    return ReviewForm(kind=kind, party=party, version=1, questions=questions)


_OWN_PART = ReviewQuestion(id="own_part", text="How well did you keep what you promised?")

FORMS: tuple[ReviewForm, ...] = (
    _form(
        ReviewKind.MILESTONE,
        Party.MENTEE,
        ReviewQuestion(id="progress", text="How far have you come towards your goals since the last review?"),
        ReviewQuestion(id="challenges", text="How well do you get on with the challenges in your agreement?"),
        ReviewQuestion(id="support", text="How much does your mentor's feedback help you?"),
        _OWN_PART,
        ReviewQuestion(id="change", text="What should be different until the next review?", rated=False),
    ),
    _form(
        ReviewKind.MILESTONE,
        Party.MENTOR,
        ReviewQuestion(id="progress", text="How far has your mentee come since the last review?"),
        ReviewQuestion(id="ownership", text="How much does your mentee drive what you do together?"),
        ReviewQuestion(id="openness", text="How well does your mentee put feedback to use?"),
        _OWN_PART,
        ReviewQuestion(id="change", text="What should be different until the next review?", rated=False),
    ),
    _form(
        ReviewKind.FINAL,
        Party.MENTEE,
        ReviewQuestion(id="outcome", text="How much of what you set out for have you reached?"),
        ReviewQuestion(id=ATTRIBUTION, text="How much of that do you put down to this mentorship?"),
        _OWN_PART,
        ReviewQuestion(id="next", text="What will you do next with what you learnt?", rated=False),
    ),
    _form(
        ReviewKind.FINAL,
        Party.MENTOR,
        ReviewQuestion(id="outcome", text="How much of what you set out for together was reached?"),
        ReviewQuestion(id="growth", text="How much has your mentee grown?"),
        ReviewQuestion(id="own_growth", text="How much have you learnt yourself?"),
        _OWN_PART,
        ReviewQuestion(id="next", text="What do you wish your mentee for what comes next?", rated=False),
    ),
    _form(
        ReviewKind.ALUMNI,
        Party.MENTEE,
        ReviewQuestion(id="lasting", text="How much of what you learnt do you still use?"),
        ReviewQuestion(id=ATTRIBUTION, text="How much of where you are now do you put down to this mentorship?"),
        ReviewQuestion(id="pass_on", text="How ready do you feel to mentor somebody yourself?"),
        ReviewQuestion(id="since", text="What has changed for you since it ended?", rated=False),
    ),
    _form(
        ReviewKind.ALUMNI,
        Party.MENTOR,
        ReviewQuestion(id="lasting", text="How much of what you learnt from it do you still use?"),
        ReviewQuestion(id="pass_on", text="How ready are you to mentor somebody again?"),
        ReviewQuestion(id="since", text="What have you heard or seen since it ended?", rated=False),
    ),
)


def forms_of(kind: ReviewKind, version: int) -> tuple[ReviewForm, ...]:
    """The forms of both sides of a review, the mentee's first."""
    return tuple(form for form in FORMS if (form.kind, form.version) == (kind, version))
