"""Maria's year as data: what the two promise each other, week by week, and where one of them is late or misses.

The article that the story comes from gives no counts; these are constructed so that they fit together. Whoever did not
prepare for a meeting left the other no brief to read, and who was given no feedback had none to acknowledge. The tests
make the same year of it on paper, the demo lives through it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction

from contracts.goals.ledger import CommitmentKind
from contracts.identity import CaseKind, Party

WEEKS = range(1, 53)
LEAVE = (31, 32)
NEVER = None
HOUR = timedelta(hours=1)

MARIA_ABSENT = 20  # the week of the meeting that she misses and did not prepare for
PREPARED_LATE = {8: 6 * HOUR}
ACKNOWLEDGED_LATE = {9: 36 * HOUR, 36: 36 * HOUR}
PROGRESS_LATE: dict[int, int | None] = {7: 2, 29: 2, 41: NEVER}  # days, by week, as in all that follow
ITEMS_LATE: dict[int, int | None] = {5: 1, 15: 2, 25: 3, 35: 4, 43: NEVER}
# From accepting feedback to having acted on it, by the week of the feedback; the one of week 48 stays open.
ACTED_AFTER: dict[int, int | None] = {
    3: 4, 6: 2, 10: 21, 13: 6, 17: 3, 21: 13, 24: 5, 28: 3, 34: 9, 38: 11, 42: 8, 48: NEVER,
}  # fmt: skip
STILL_OPEN_AFTER = 40  # days since that one was accepted, when the year is looked at

MEETING_WEEKS = WEEKS[1::2]
HELP_WEEKS = (3, 9, 12, 18, 23, 27, 35, 41, 46)
ITEM_WEEKS = tuple([week for week in WEEKS if week not in LEAVE and week % 4][:38])
MENTOR_ITEM_WEEKS = (7, 11, 19, 26, 37, 45)
REVIEWS = range(1, 6)  # one each quarter, and the last one

PROJECTS = {
    12: "Move the release to a weekly rhythm",
    25: "Merge the two support queues",
    38: "Open the design review to the whole floor",
    50: "Hand the on-call plan to the team",
}
# What ten people of the team answer, from 1 to 5, when they are asked how well they are led.
TEAM_ANSWERS = {
    4: (4, 4, 4, 4, 3, 3, 3, 3, 3, 3),
    26: (4, 4, 4, 4, 4, 4, 4, 4, 4, 3),
    50: (5, 5, 5, 5, 4, 4, 4, 4, 4, 4),
}
TEAM_BASELINE, TEAM_TARGET = 3.4, 4.2


@dataclass(frozen=True)
class Mentor:
    """What the mentor does, by week: how many days late, or NEVER. Weeks that are not named are in time."""

    absent: frozenset[int]
    unread: frozenset[int]
    feedback: Mapping[int, int | None]
    answers: Mapping[int, int | None]
    actions: Mapping[int, int | None]
    reviews: Mapping[int, int | None]


# Missed one meeting (week 44), three briefs and one feedback; 2 d late with one answer, 3 d with one item.
STEADY = Mentor(
    absent=frozenset({44}),
    unread=frozenset({14, 28, 44}),
    feedback={15: 1, 25: 2, 39: 3, 47: NEVER},
    answers={9: 2},
    actions={11: 3},
    reviews={1: 2},
)

# The same until the end of the first quarter (week 13). Of the 19 meetings after that this mentor comes to three and
# reads the brief of one, gives feedback after these three only, and answers, does and reviews nothing more. So of the
# mentor's commitments these are kept: 9 of 25 check-ins, 7 of 24 briefs, 16 of 50 feedbacks, 3 of 9 answers (one 2 d
# late), 2 of 6 items (one 3 d late), 1 of 5 reviews (2 d late). That is 33.34. Maria does what she did in the other
# year, but can acknowledge 16 and act on 4 only; with one 36 h and one 7 d late she has 13/14 there and 95.68 in all.
# That is still 96. The pair is then 49.45, and the arithmetic mean would be 64.51.
CAME = {16, 20, 30}
FADED = frozenset(range(14, 53)) - CAME
DRIFTING = Mentor(
    absent=FADED,
    unread=FADED | {20, 30},
    feedback=dict.fromkeys(FADED, NEVER),
    answers={9: 2} | dict.fromkeys(FADED, NEVER),
    actions={11: 3} | dict.fromkeys(FADED, NEVER),
    reviews={1: 2} | dict.fromkeys(range(2, 6), NEVER),
)


@dataclass(frozen=True)
class Side:
    """What one party's ledger comes to: the score, and by kind how many are settled and their mean."""

    score: int
    kinds: Mapping[CommitmentKind, tuple[int, Fraction]]


@dataclass(frozen=True)
class Figures:
    """What a year must come to. `follow_through` in days; `cases` by kind, and nothing beyond them."""

    sides: Mapping[Party, Side]
    pair: int
    balance: float
    follow_through: int
    attainment: Mapping[str, float]
    outcomes: tuple[str, ...]
    cases: Mapping[CaseKind, int]


@dataclass(frozen=True)
class Year:
    """One telling of it: what its mentor does, and what that must come to."""

    mentor: Mentor
    figures: Figures
    cares: bool = field(default=True)  # whether the mentor does what nobody promised, too


PROJECTS_GOAL, TEAM_GOAL = "Lead a project of my own in each quarter", "Lead so that my team would say it, too"
_ALL_REACHED = {PROJECTS_GOAL: 1.0, TEAM_GOAL: 1.0}
_KIND = CommitmentKind
_ALIKE = {
    _KIND.AGREEMENT: (1, Fraction(1)),
    _KIND.ATTENDANCE: (25, Fraction(24, 25)),
    _KIND.PREPARATION: (25, Fraction(19, 20)),
    _KIND.PROGRESS: (50, Fraction(339, 350)),
    _KIND.ACTION: (38, Fraction(249, 266)),
    _KIND.REVIEW: (5, Fraction(1)),
}

YEARS = {
    "year": Year(
        STEADY,
        Figures(
            sides={
                Party.MENTEE: Side(96, _ALIKE | {_KIND.FEEDBACK: (49 + 12, Fraction(159, 170))}),
                Party.MENTOR: Side(
                    92,
                    {
                        _KIND.AGREEMENT: (1, Fraction(5, 7)),
                        _KIND.ATTENDANCE: (25, Fraction(24, 25)),
                        _KIND.PREPARATION: (24, Fraction(7, 8)),
                        _KIND.FEEDBACK: (50, Fraction(337, 350)),
                        _KIND.PROGRESS: (9, Fraction(61, 63)),
                        _KIND.ACTION: (6, Fraction(13, 14)),
                        _KIND.REVIEW: (5, Fraction(33, 35)),
                    },
                ),
            },
            pair=94,
            balance=0.961,
            follow_through=6,
            attainment=_ALL_REACHED,
            outcomes=("PROMOTION",),
            cases={CaseKind.AGREEMENT_OVERDUE: 1, CaseKind.HELP_OVERDUE: 1},
        ),
    ),
    "drifting": Year(
        DRIFTING,
        Figures(
            sides={
                Party.MENTEE: Side(96, _ALIKE | {_KIND.FEEDBACK: (16 + 4, Fraction(13, 14))}),
                Party.MENTOR: Side(
                    33,
                    {
                        _KIND.AGREEMENT: (1, Fraction(5, 7)),
                        _KIND.ATTENDANCE: (25, Fraction(9, 25)),
                        _KIND.PREPARATION: (24, Fraction(7, 24)),
                        _KIND.FEEDBACK: (50, Fraction(16, 50)),
                        _KIND.PROGRESS: (9, Fraction(19, 63)),
                        _KIND.ACTION: (6, Fraction(11, 42)),
                        _KIND.REVIEW: (5, Fraction(1, 7)),
                    },
                ),
            },
            pair=49,
            balance=0.348,
            follow_through=4,
            attainment=_ALL_REACHED,
            outcomes=(),
            # the agreement's delay; two rows of missed check-ins, each of them told twice; six questions unanswered
            # and one that was answered late
            cases={
                CaseKind.AGREEMENT_OVERDUE: 1,
                CaseKind.MISSED_CHECK_INS: 2,
                CaseKind.AT_RISK: 2,
                CaseKind.HELP_OVERDUE: 7,
            },
        ),
        cares=False,
    ),
}
