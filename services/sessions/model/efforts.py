"""How a mentor's time is met. Pure."""

from collections.abc import Iterable

from contracts.identity import MentorshipCard, Party
from contracts.sessions import CheckIn, CheckInState, Effort, TimeShare

BEGUN = frozenset({CheckInState.HELD, CheckInState.MISSED, CheckInState.DISPUTED})


def effort(card: MentorshipCard, check_ins: Iterable[CheckIn], shares: Iterable[TimeShare]) -> Effort:
    """Counted over everything so far."""
    begun = [check_in for check_in in check_ins if check_in.state in BEGUN]
    prepared = sum(check_in.preparation is not None for check_in in begun)
    minutes = dict.fromkeys(Party, 0)
    for share in shares:
        if party := card.party_of(share.person_id):
            minutes[party] += share.minutes
    return Effort(
        id=card.id,
        begun=len(begun),
        prepared=prepared,
        preparation_rate=prepared / len(begun) if begun else None,
        mentor_minutes=minutes[Party.MENTOR],
        mentee_minutes=minutes[Party.MENTEE],
    )
