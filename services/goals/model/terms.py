"""What the ledger holds a mentorship to: its own constants, under the durations of the policy that was signed. Pure."""

from msgspec.structs import replace

from contracts.goals.ledger import LedgerPolicy, Promise, Terms
from contracts.identity import MentorshipCard, PinnedTerms

_OF_MEETINGS = frozenset({Promise.ATTEND, Promise.PREPARE, Promise.READ_BRIEF})
_LEDGER = LedgerPolicy()


def policy_of(card: MentorshipCard) -> LedgerPolicy:
    """The terms of each promise in this mentorship. A later policy of its programme changes nothing here."""
    pinned = card.terms
    return replace(
        _LEDGER,
        version=card.policy_version,
        terms=tuple(_pinned(each, pinned) for each in _LEDGER.terms),
        answer_within=pinned.renegotiation_answer,
    )


def _pinned(terms: Terms, pinned: PinnedTerms) -> Terms:
    is_meeting = terms.promise in _OF_MEETINGS
    notice = pinned.renegotiate_meeting_before if is_meeting else pinned.renegotiate_item_before
    grace, known_after = terms.grace, terms.known_after
    match terms.promise:
        case Promise.ATTEND:
            known_after = pinned.attendance_tacit_after
        case Promise.COMPLETE_ACTION:
            grace = pinned.action_grace
        case Promise.SUBMIT_REVIEW:
            grace = pinned.review_grace
    return replace(terms, notice=notice, grace=grace, known_after=known_after)
