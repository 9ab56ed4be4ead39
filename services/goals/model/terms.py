"""What the ledger holds a mentorship to: its own constants, under the durations of the policy that was signed. Pure."""

from msgspec.structs import replace

from contracts.goals.ledger import LedgerPolicy, Promise, Terms
from contracts.identity import MentorshipCard, PinnedTerms

_OF_MEETINGS = frozenset({Promise.ATTEND, Promise.PREPARE, Promise.READ_BRIEF})
_GRACES = {
    Promise.GIVE_FEEDBACK: "feedback_grace",
    Promise.ACKNOWLEDGE_FEEDBACK: "feedback_acknowledged_grace",
    Promise.ACT_ON_FEEDBACK: "feedback_acted_on_grace",
    Promise.LOG_PROGRESS: "progress_grace",
    Promise.ANSWER_HELP: "help_grace",
    Promise.COMPLETE_ACTION: "action_grace",
    Promise.SUBMIT_REVIEW: "review_grace",
}
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
    known_after = pinned.attendance_tacit_after if terms.promise is Promise.ATTEND else terms.known_after
    grace = getattr(pinned, _GRACES[terms.promise]) if terms.promise in _GRACES else terms.grace
    return replace(terms, notice=notice, grace=grace, known_after=known_after)
