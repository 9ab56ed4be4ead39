"""Events for people: plain words for each topic, the kind of object it is about, and who may know of it."""

from typing import Any

import msgspec

from contracts.identity import Mentorship
from contracts.wire import Envelope

WORDS: dict[str, tuple[str, str]] = {
    "identity.match_proposed.v1": ("Mentorship", "The mentorship was proposed"),
    "identity.match_accepted.v1": ("Mentorship", "The proposal was accepted by one of the two"),
    "identity.match_declined.v1": ("Mentorship", "The proposal was declined"),
    "identity.agreement_drafted.v1": ("Mentorship", "A new version of the agreement waits for signatures"),
    "identity.agreement_signed.v1": ("Mentorship", "The agreement was signed by one of the two"),
    "identity.agreement_renegotiated.v1": ("Mentorship", "Both signed a new version of the agreement"),
    "identity.mentorship_phase_changed.v1": ("Mentorship", "The mentorship entered its next phase"),
    "identity.mentorship_retold.v1": ("Mentorship", "All parts were told anew where the mentorship stands"),
    "identity.pause_requested.v1": ("Mentorship", "One of the two asked for a pause"),
    "identity.pause_declined.v1": ("Mentorship", "A pause was declined"),
    "identity.mentorship_paused.v1": ("Mentorship", "A pause was approved"),
    "identity.mentorship_resumed.v1": ("Mentorship", "A pause is over"),
    "identity.end_requested.v1": ("Mentorship", "The mentorship ends early"),
    "identity.mentor_change_requested.v1": ("Mentorship", "Another mentor is needed"),
    "identity.mentor_asked.v1": ("Mentorship", "Somebody was asked to be the next mentor"),
    "identity.replacement_declined.v1": ("Mentorship", "Whoever was asked to be the next mentor said no"),
    "identity.mentor_replaced.v1": ("Mentorship", "A new mentor has taken over"),
    "identity.mentorship_extended.v1": ("Mentorship", "The mentorship has more time"),
    "identity.health_changed.v1": ("Mentorship", "The mentorship is seen in another state of health"),
    "goals.goal_drafted.v1": ("Goal", "A goal was written down"),
    "goals.goal_proposed.v1": ("Goal", "A goal waits for the mentor"),
    "goals.goal_agreed.v1": ("Goal", "A goal was agreed"),
    "goals.goal_change_requested.v1": ("Goal", "The mentor would like a goal to be different"),
    "goals.goal_revised.v1": ("Goal", "A goal was revised"),
    "goals.progress_logged.v1": ("Goal", "Progress was logged"),
    "goals.progress_reported.v1": ("ProgressUpdate", "One of the two said how the week went"),
    "goals.feedback_attached.v1": ("Goal", "Progress has its feedback"),
    "goals.milestone_reached.v1": ("Goal", "A milestone was reached"),
    "goals.goal_achieved.v1": ("Goal", "A goal was achieved"),
    "goals.goal_abandoned.v1": ("Goal", "A goal was let go"),
    "goals.action_created.v1": ("ActionItem", "An action item was added"),
    "goals.action_edited.v1": ("ActionItem", "An action item was reworded or resized"),
    "goals.action_blocked.v1": ("ActionItem", "Something is in the way of an action item"),
    "goals.action_unblocked.v1": ("ActionItem", "Nothing is in the way of an action item any more"),
    "goals.action_renegotiated.v1": ("ActionItem", "The two agreed on another day for an action item"),
    "goals.action_completed.v1": ("ActionItem", "An action item was completed"),
    "goals.feedback_given.v1": ("Feedback", "Feedback was given"),
    "goals.feedback_acknowledged.v1": ("Feedback", "Feedback was acknowledged"),
    "goals.feedback_clarified.v1": ("Feedback", "A question about feedback was asked or answered"),
    "goals.feedback_accepted.v1": ("Feedback", "Feedback leads to an action item"),
    "goals.commitment_opened.v1": ("Commitment", "Something was promised"),
    "goals.commitment_settled.v1": ("Commitment", "It is known what became of a promise"),
    "goals.commitment_excused.v1": ("Commitment", "A promise no longer counts"),
    "goals.commitment_disputed.v1": ("Commitment", "A promise waits for a decision"),
    "goals.renegotiation_proposed.v1": ("Commitment", "Another due date was asked for"),
    "goals.renegotiation_answered.v1": ("Commitment", "A wish for another due date was answered"),
    "goals.feedback_declined.v1": ("Feedback", "Feedback was considered"),
    "goals.feedback_cadence_set.v1": ("FeedbackCadence", "The rhythm of feedback was set"),
    "goals.resource_shared.v1": ("Resource", "Something useful was shared"),
    "goals.encouragement_given.v1": ("Encouragement", "There is a kind word from the mentor"),
    "goals.help_requested.v1": ("HelpRequest", "One of the two asked for help"),
    "goals.help_answered.v1": ("HelpRequest", "A request for help was answered"),
    "goals.third_party_feedback_requested.v1": ("ThirdPartyFeedback", "Somebody outside was asked for feedback"),
    "goals.third_party_feedback_given.v1": ("ThirdPartyFeedback", "Somebody outside gave feedback"),
    "goals.win_celebrated.v1": ("Win", "There is something to celebrate"),
    "goals.skill_assessed.v1": ("Skill", "A skill was looked at"),
    "goals.outcome_recorded.v1": ("Outcome", "Something tangible came of it"),
    "goals.outcome_verified.v1": ("Outcome", "An outcome was confirmed"),
    "goals.journal_written.v1": ("JournalEntry", "Something was written into the journal"),
    "sessions.cadence_changed.v1": ("Cadence", "The meeting rhythm was set"),
    "sessions.checkin_scheduled.v1": ("CheckIn", "A check-in was scheduled"),
    "sessions.preparation_submitted.v1": ("CheckIn", "The mentee prepared a check-in"),
    "sessions.brief_read.v1": ("CheckIn", "The mentor read what was prepared"),
    "sessions.attendance_attested.v1": ("CheckIn", "One of the two said who was at a check-in"),
    "sessions.checkin_held.v1": ("CheckIn", "A check-in was held"),
    "sessions.checkin_missed.v1": ("CheckIn", "A check-in was missed"),
    "sessions.attendance_disputed.v1": ("CheckIn", "The two disagree about who was at a check-in"),
    "sessions.reschedule_proposed.v1": ("CheckIn", "Another time was proposed for a check-in"),
    "sessions.reschedule_declined.v1": ("CheckIn", "A check-in keeps its time"),
    "sessions.checkin_rescheduled.v1": ("CheckIn", "A check-in has a new time"),
    "sessions.checkin_cancelled.v1": ("CheckIn", "A check-in was cancelled"),
    "sessions.checkin_closed.v1": ("CheckIn", "The next steps of a check-in were written down"),
    "sessions.time_off_added.v1": ("TimeOff", "Time off was added"),
    "sessions.time_off_removed.v1": ("TimeOff", "Time off was removed"),
    "sessions.time_logged.v1": ("TimeEntry", "Time was logged"),
    "sessions.time_edited.v1": ("TimeEntry", "Logged time was edited"),
    "sessions.time_withdrawn.v1": ("TimeEntry", "Logged time was taken back"),
    "sessions.time_set_aside.v1": ("TimeEntry", "Logged time gave way to a meeting"),
    "sessions.time_approved.v1": ("TimeEntry", "Logged time was approved"),
    "sessions.time_disputed.v1": ("TimeEntry", "Logged time is disputed"),
    "sessions.time_dispute_resolved.v1": ("TimeEntry", "It is decided whether disputed time counts"),
    "sessions.time_claimed.v1": ("TimeEntry", "A timesheet changed"),  # names no mentorship, so nobody watches it
    "sessions.note_written.v1": ("Note", "A note was written"),
    "sessions.note_edited.v1": ("Note", "A note was reworded or shared"),
    "sessions.note_deleted.v1": ("Note", "A note was taken away"),
    "sessions.pulse_opened.v1": ("Pulse", "Both were asked how it goes"),
    "sessions.pulse_answered.v1": ("Pulse", "You said how it goes"),
    "sessions.agenda_point_added.v1": ("Agenda", "There is one thing more to talk about"),
    "sessions.agenda_reordered.v1": ("Agenda", "The agenda stands in another order"),
    "sessions.agenda_point_removed.v1": ("Agenda", "A point was taken off the agenda"),
    "sessions.agenda_carried_over.v1": ("Agenda", "What was left open is on the next agenda"),
    "sessions.calendar_feed_created.v1": ("CalendarFeed", "Somebody made a calendar address"),
    "sessions.calendar_feed_revoked.v1": ("CalendarFeed", "Somebody revoked a calendar address"),
    "sessions.review_opened.v1": ("Review", "A review was opened"),
    "sessions.review_submitted.v1": ("Review", "A review was answered by one of the two"),
}

BETWEEN_THE_TWO = (
    "goals.feedback_",
    "goals.third_party_",
    "goals.help_",
    "goals.journal_",
    "goals.resource_",
    "goals.encouragement_",
    "goals.progress_reported.",
    "sessions.note_",
    "sessions.agenda_",
)
ONES_OWN = ("sessions.pulse_answered.",)  # whether the other has answered is not for a party to know


NEEDS_THE_MENTOR = frozenset({
    "goals.help_requested.v1",
    "goals.action_blocked.v1",
    "goals.goal_proposed.v1",
    "goals.feedback_clarified.v1",
    "sessions.preparation_submitted.v1",
    "sessions.reschedule_proposed.v1",
    "sessions.time_off_added.v1",
})  # fmt: skip


class _Enumerations(msgspec.Struct, rename="camel"):
    phase: str = ""
    visibility: str = ""
    answered: bool = False


_enumerations = msgspec.json.Decoder(_Enumerations)


def kind_of(topic: str) -> str:
    """The GraphQL type of the object that events of a topic are about."""
    return WORDS[topic][0]


def title_of(envelope: Envelope) -> str:
    """What happened, in words that no person wrote."""
    return words_of(envelope.type, _enumerations.decode(envelope.data).phase)


def words_of(topic: str, phase: str | None = None) -> str:
    """What happened, by its topic and the phase that was entered, if one was."""
    if phase:
        return f"The mentorship is now in the phase: {phase.replace('_', ' ')}"
    return WORDS[topic][1]


def may_see(viewer_id: str, mentorship: Mentorship | Any, envelope: Envelope) -> bool:
    """Whether somebody who may see the mentorship may know of this event."""
    if envelope.type not in WORDS:
        return False
    if envelope.type.startswith(ONES_OWN):
        return viewer_id == envelope.actorid
    if not envelope.type.startswith(BETWEEN_THE_TWO):
        return True
    is_private = _enumerations.decode(envelope.data).visibility == "private"
    return viewer_id == envelope.actorid if is_private else viewer_id in (mentorship.mentor_id, mentorship.mentee_id)


def needs_mentor(viewer_id: str, mentorship: Mentorship | Any, envelope: Envelope) -> bool:
    """Whether somebody is the mentor whom the other one needs now; an answer to a question needs nobody."""
    if viewer_id != mentorship.mentor_id or envelope.actorid != mentorship.mentee_id:
        return False
    return envelope.type in NEEDS_THE_MENTOR and not _enumerations.decode(envelope.data).answered
