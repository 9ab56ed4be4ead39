"""Another time for a check-in, its cancellation, its next steps, and a dispute about it decided."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.identity import Party, PinnedTerms
from contracts.sessions import (
    Cadence,
    CancelCheckIn,
    Cancellation,
    CancelReason,
    CheckIn,
    CheckInCancelled,
    CheckInClosed,
    CheckInRescheduled,
    CheckInState,
    CloseCheckIn,
    MoveCheckIn,
    MoveReason,
    NextSteps,
    RescheduleCheckIn,
    RescheduleDeclined,
    RescheduleProposal,
    RescheduleProposed,
    ResolveAttendance,
    RespondToReschedule,
)
from contracts.wire import Change, evolve
from services.sessions.model.checkins import fact, need_scheduled, settled

DEFAULT = PinnedTerms()
REACH = timedelta(days=31)  # what is farther away is another occurrence: cancel this one


def propose(
    check_in: CheckIn, request: RescheduleCheckIn, party: Party, at: datetime, terms: PinnedTerms = DEFAULT
) -> Change[CheckIn]:
    """One party asks for another time. Asking again replaces one's own proposal."""
    need_scheduled(check_in)
    if at > last_chance(check_in):
        raise Conflict(
            f"The check-in {check_in.id} could be moved until {last_chance(check_in)}. Cancel it if you cannot come; "
            "your partner can excuse that."
        )
    if check_in.moved is MoveReason.AGREED:
        raise Conflict(f"The check-in {check_in.id} has been moved once already, and a check-in moves at most once.")
    if is_pending(check_in, at) and check_in.proposal and check_in.proposal.proposed_by is not party:
        raise Conflict(f"Your partner has proposed another time for the check-in {check_in.id}. Answer that first.")
    _check_time(check_in, request.starts_at, at)
    proposal = RescheduleProposal(
        starts_at=request.starts_at, proposed_by=party, proposed_at=at, answer_within=terms.renegotiation_answer
    )
    proposed = fact(RescheduleProposed, check_in, party=party, proposed_starts_at=request.starts_at)
    return Change(evolve(check_in, proposal=proposal), (proposed,))


def _check_time(check_in: CheckIn, starts_at: datetime, at: datetime) -> None:
    if starts_at == check_in.starts_at:
        raise Invalid("The check-in is at this time already. Propose another.", field="startsAt")
    if starts_at <= at:
        raise Invalid("Propose a time that is still to come.", field="startsAt")
    if abs(starts_at - check_in.starts_at) > REACH:
        raise Invalid(f"Propose a time within {REACH.days} days of {check_in.starts_at}.", field="startsAt")


def respond(check_in: CheckIn, request: RespondToReschedule, party: Party, at: datetime) -> Change[CheckIn]:
    """The other party agrees, and the check-in moves; or not, and it stays."""
    need_scheduled(check_in)
    proposal = check_in.proposal
    if proposal is None or proposal.accepted is not None:
        raise Conflict(f"No other time is proposed for the check-in {check_in.id}, so there is nothing to answer.")
    if proposal.proposed_by is party:
        raise Forbidden(f"The proposal for the check-in {check_in.id} is your own; your partner answers it.")
    if not is_pending(check_in, at):
        raise Conflict(f"The proposal for the check-in {check_in.id} has lapsed; it stays at {check_in.starts_at}.")
    answered = replace(proposal, answered_at=at, accepted=request.accept)
    if not request.accept:
        return Change(evolve(check_in, proposal=answered), (fact(RescheduleDeclined, check_in, party=party),))
    return _moved(
        check_in, proposal.starts_at, MoveReason.AGREED, party, proposal=answered, minutes=check_in.minutes
    )  # fmt: skip


def is_pending(check_in: CheckIn, at: datetime) -> bool:
    """Whether a proposal waits for its answer: as long as the policy says, until the old or the new time has come."""
    proposal = check_in.proposal
    if proposal is None or proposal.accepted is not None:
        return False
    return at < min(proposal.proposed_at + proposal.answer_within, proposal.starts_at, check_in.starts_at)


def last_chance(check_in: CheckIn) -> datetime:
    """The last instant before the horizon."""
    return check_in.starts_at - check_in.horizon


def move(check_in: CheckIn, cadence: Cadence, request: MoveCheckIn) -> Change[CheckIn]:
    """The cycle's new time, where it may still have one. What both agreed on a new cadence does not undo."""
    has_begun = request.at >= check_in.starts_at
    if check_in.state is not CheckInState.SCHEDULED or has_begun or request.starts_at <= request.at:
        return Change(check_in)
    if request.reason is MoveReason.CADENCE and check_in.moved is MoveReason.AGREED:
        return Change(check_in)
    new = {"zone": cadence.zone, "minutes": cadence.minutes} if request.reason is MoveReason.CADENCE else {}
    if request.starts_at == check_in.starts_at and all(getattr(check_in, name) == new[name] for name in new):
        return Change(check_in)
    return _moved(check_in, request.starts_at, request.reason, None, proposal=None, **new)


def _moved(
    check_in: CheckIn, starts_at: datetime, reason: MoveReason, party: Party | None, **fields: Any
) -> Change[CheckIn]:
    planned_for = check_in.planned_for or check_in.starts_at
    sequence = check_in.sequence + 1
    after = evolve(check_in, starts_at=starts_at, planned_for=planned_for, moved=reason, sequence=sequence, **fields)
    moved = fact(
        CheckInRescheduled, after, was=check_in.starts_at, minutes=after.minutes, reason=reason, party=party,
        **_done(check_in),
    )  # fmt: skip
    return Change(after, (moved,))


def cancel(check_in: CheckIn, request: CancelCheckIn, party: Party, at: datetime) -> Change[CheckIn]:
    """A party cannot come, or neither can."""
    need_scheduled(check_in)
    if at >= check_in.starts_at:
        raise Conflict(f"The check-in {check_in.id} has begun. Say who was there instead.")
    in_time = at <= last_chance(check_in)
    return _cancelled(check_in, Cancellation(by=party, at=at, in_time=in_time, reason=request.reason))


def skip(check_in: CheckIn, at: datetime) -> Change[CheckIn]:
    """Left out because of time off, which counts for nobody."""
    if check_in.state is not CheckInState.SCHEDULED or at >= check_in.starts_at:
        return Change(check_in)
    return _cancelled(check_in, Cancellation(at=at, in_time=True, reason=CancelReason.LEAVE))


def _cancelled(check_in: CheckIn, cancellation: Cancellation) -> Change[CheckIn]:
    state, sequence = CheckInState.CANCELLED, check_in.sequence + 1
    after = evolve(check_in, state=state, cancellation=cancellation, settled_at=cancellation.at, sequence=sequence)
    cancelled = fact(
        CheckInCancelled, after, party=cancellation.by, in_time=cancellation.in_time, reason=cancellation.reason,
        **_done(check_in),
    )  # fmt: skip
    return Change(after, (cancelled,))


def _done(check_in: CheckIn) -> dict[str, bool]:
    return {"prepared": check_in.preparation is not None, "brief_read": check_in.brief_read_at is not None}


def close(check_in: CheckIn, request: CloseCheckIn, party: Party, at: datetime) -> Change[CheckIn]:
    """Nobody leaves a meeting without knowing what comes next, even if that is nothing."""
    if bool(request.action_item_ids) is request.none:
        raise Invalid(
            "Name the action items that follow from the check-in, or say `none` if there are none. Not both.",
            field="actionItemIds",
        )
    if check_in.state not in {CheckInState.SCHEDULED, CheckInState.HELD} or at < check_in.starts_at:
        raise Conflict(f"The check-in {check_in.id} has not taken place; close one that has begun or was held.")
    if check_in.next_steps is not None:
        raise Conflict(f"The check-in {check_in.id} is closed already. Add action items to the mentorship itself.")
    items = tuple(dict.fromkeys(request.action_item_ids))
    after = evolve(check_in, next_steps=NextSteps(action_item_ids=items, closed_by=party, closed_at=at))
    return Change(after, (fact(CheckInClosed, check_in, party=party, action_items=len(items)),))


def resolve(check_in: CheckIn, request: ResolveAttendance, by: str, at: datetime) -> Change[CheckIn]:
    """The programme manager decides who was there, once."""
    if check_in.state is not CheckInState.DISPUTED:
        raise Conflict(f"The check-in {check_in.id} is {check_in.state}; there is no dispute to resolve.")
    return settled(check_in, request.attendance, at, resolved_by=by)
