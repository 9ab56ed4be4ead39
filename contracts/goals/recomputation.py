"""Working a score out anew, for those who check it."""

from contracts.goals.ledger import Score
from contracts.wire import Operation, Record


class RecomputeScore(Record, frozen=True, kw_only=True):
    """An auditor lets a mentorship's score be worked out anew from its commitments. Numbers alone, nobody's name."""

    mentorship_id: str


class ScoreRecomputation(Record, frozen=True, kw_only=True):
    """The score as the two are shown it (`stored`), and as it is worked out anew for the same moment."""

    mentorship_id: str
    stored: Score
    recomputed: Score
    equal: bool


RECOMPUTE_SCORE = Operation("goals.recompute_score", RecomputeScore, ScoreRecomputation, safe=True)
