"""A programme's policy, shown and given: the fields are those of the contract, so that none is forgotten here."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import strawberry

from contracts import identity
from gateway.types.relay import field, optional

WORDS = {
    "version": "Counts the changes of this policy.",
    "length": "From the start of a mentorship to its planned end.",
    "match_response": "How long the two have to answer a proposal.",
    "match_nudges": "When those who have not answered are reminded, counted from the proposal.",
    "signature_deadline": "How long the two have to sign their agreement before the programme manager is told.",
    "signature_nudges": "When those who have not signed are reminded.",
    "not_started_after": "When a mentorship without an agreement is closed.",
    "preparation_asked": "How long before a check-in the mentee is asked to prepare.",
    "preparation_due": "How long before a check-in the preparation is due.",
    "brief_before": "How long before a check-in both get its brief.",
    "log_prompt_after": "How long after a check-in both are asked who was there.",
    "attendance_tacit_after": "How long after a check-in one word about attendance stands alone.",
    "milestone_every": "From one milestone review to the next.",
    "review_opens_before": "How long before it is due a review opens.",
    "closing_lead": "How long before the planned end the closing phase begins.",
    "hard_close_after": "How long after the planned end a mentorship is closed in any case.",
    "reschedule_horizon": "How long before a check-in it can be moved no more, and cancelling it counts.",
    "renegotiation_window": "How long, from mid-term on, both may look at their agreement again.",
    "first_meeting": "How long after the match the first meeting has to have been held before the manager is told.",
    "monitoring": "When both are first asked how it goes, counted from the match.",
    "monitoring_every": "From one such question to the next, after those.",
    "feedback_due": "How long after a check-in the mentor's feedback is due, where no rhythm of feedback was agreed.",
    "feedback_acknowledged": "How long the mentee has to acknowledge feedback.",
    "feedback_acted_on": "How long the mentee has to act on accepted feedback.",
    "progress_every": "How often the mentee logs progress.",
    "help_working_days": "In how many working days a request for help is answered.",
    "help_escalated": "When the programme manager is told of a request for help without an answer.",
    "blocked_escalated": "When the programme manager is told of an action item that something is in the way of.",
    "action_nudge": "How long before an action item is due its owner is reminded, and again on the day.",
    "action_grace": "How long after its day an action item can still be done late.",
    "stale_goal_cadences": "After how many meetings without an entry the two are asked whether a goal is still wanted.",
    "missed_escalated": "After how many missed check-ins in a row the programme manager is told.",
    "missed_at_risk": "After how many missed check-ins in a row a mentorship is at risk.",
    "silence": "After how long without any sign of life a mentorship is at risk.",
    "inactivity_escalated": "After how long without any sign of life the programme manager must act.",
    "inactivity_notice": "After how long without any sign of life the two get notice of the closing.",
    "inactivity_closing": "How long after that notice closing begins.",
    "evidence_within": "How recent progress, feedback or something done must be for a mentorship to be on track.",
    "review_grace": "How long after it is due a review can still be answered late.",
    "renegotiate_meeting_before": "How long before a check-in another time must be asked for.",
    "renegotiate_item_before": "How long before an action item is due another day must be asked for.",
    "renegotiation_answer": "How long the other one has to answer that.",
    "pause_longest": "How long a pause may last.",
    "pause_reminder": "How long before a pause ends both are reminded.",
    "rematch_buffer": "How long the mentee and the mentor that leaves have to hand over.",
    "rematch_limit": "After how long without a new mentor the programme manager decides.",
    "goals_met_closing": "How long after all goals are met closing begins, where no new goal is agreed.",
    "early_closing": "How long an early closing takes.",
    "extension_longest": "By how much a mentorship may be extended, in all.",
    "alumni_surveys": "When both are asked what came of it, counted from the closure.",
    "archive_after": "How long after the last of these a mentorship is archived.",
    "retention": "How long after the closure personal data is kept.",
    "time_off": "What becomes of a check-in that falls into time off.",
    "feedback_grace": "How long after it is due the mentor's feedback still counts in part.",
    "feedback_acknowledged_grace": "How long after it is due acknowledging feedback still counts in part.",
    "feedback_acted_on_grace": "How long after it is due acting on feedback still counts in part.",
    "progress_grace": "How long after its period progress still counts in part.",
    "help_grace": "How long after its day an answer to a request for help still counts in part.",
}


PLAIN: dict[Any, Any] = {int: int, timedelta: timedelta, identity.TimeOffRule: identity.TimeOffRule}


def _shape(name: str, *, given: bool) -> type[Any]:
    """A class with the policy's fields: durations, lists of durations and, when it is shown, the version."""
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
    for column in msgspec.structs.fields(identity.ProgrammePolicy):
        if given and column.name == "version":
            continue
        plain = PLAIN.get(column.type, list[timedelta])
        body["__annotations__"][column.name] = plain | None if given else plain
        body[column.name] = (optional if given else field)(WORDS[column.name])
    return type(name, (), body)


if TYPE_CHECKING:  # a type checker cannot follow classes that are made from the contract
    type ProgrammePolicy = Any
    type ProgrammePolicyInput = Any
else:
    ProgrammePolicy = strawberry.type(
        _shape("ProgrammePolicy", given=False),
        description="Every duration that a mentorship of the programme runs by.",
    )
    ProgrammePolicyInput = strawberry.input(
        _shape("ProgrammePolicyInput", given=True),
        description="Durations of a policy. What you leave out takes the default, or stays as it is.",
    )
