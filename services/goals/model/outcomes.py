"""What news of a promise makes of its commitment. Pure; it says the same in whatever order the news comes."""

from contracts.goals.ledger import Commitment, Excuse
from contracts.wire import Change
from services.goals.model import ledger
from services.goals.model.promises import News, Outcome


def settle(commitment: Commitment, news: News, version: int) -> Change[Commitment]:
    """`version` is that of what the news is about, so that older news of a move is dropped."""
    if news.decided_by:
        return ledger.decide(commitment, news.at, news.decided_by, kept=news.outcome is Outcome.KEPT)
    match news.outcome:
        case Outcome.KEPT:
            return ledger.keep(commitment, news.at)
        case Outcome.MISSED:
            return ledger.miss(commitment, news.at)
        case Outcome.DISPUTED:
            return ledger.dispute(commitment, news.at)
        case Outcome.RELEASED:
            return ledger.release(commitment, Excuse.CANCELLED, news.at)
        case Outcome.MOVED:
            return ledger.follow(commitment, news.at, version)
