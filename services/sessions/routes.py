"""The calls that the sessions service answers."""

from functools import partial
from typing import Any

from contracts import sessions
from kit.kept import kept_answer
from kit.rpc import Answer
from services.sessions.actions import (
    Context,
    agenda,
    brief,
    calendar,
    checkins,
    moving,
    notes,
    pulses,
    reading,
    records,
    report,
    time_off,
    times,
)


def answers(context: Context) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(sessions.SET_CADENCE, partial(checkins.set_cadence, context)),
        Answer(sessions.SCHEDULE_CHECK_IN, partial(checkins.schedule_check_in, context)),
        Answer(sessions.SUBMIT_PREPARATION, partial(checkins.submit_preparation, context)),
        Answer(sessions.MARK_BRIEF_READ, partial(checkins.mark_brief_read, context)),
        Answer(sessions.ATTEST_ATTENDANCE, partial(checkins.attest_attendance, context)),
        Answer(sessions.SETTLE_ATTENDANCE, partial(checkins.settle_attendance, context)),
        *_on_moving(context),
        Answer(sessions.WRITE_NOTE, partial(records.write_note, context)),
        Answer(sessions.EDIT_NOTE, partial(notes.edit_note, context)),
        Answer(sessions.DELETE_NOTE, partial(notes.delete_note, context)),
        Answer(sessions.OPEN_REVIEW, partial(records.open_review, context)),
        Answer(sessions.SUBMIT_REVIEW, partial(records.submit_review, context)),
        Answer(sessions.GET_CADENCES, partial(reading.get_cadences, context)),
        Answer(sessions.GET_CHECK_INS, partial(reading.get_check_ins, context)),
        Answer(sessions.GET_NOTES, partial(reading.get_notes, context)),
        Answer(sessions.GET_REVIEWS, partial(reading.get_reviews, context)),
        Answer(sessions.LIST_CHECK_INS, partial(reading.list_check_ins, context)),
        Answer(sessions.LIST_NOTES, partial(reading.list_notes, context)),
        Answer(sessions.LIST_REVIEWS, partial(reading.list_reviews, context)),
        Answer(sessions.GET_CHECK_IN_BRIEF, partial(brief.get_check_in_brief, context)),
        *_on_agenda(context),
        *_on_calendar(context),
        *_on_time(context),
        *_on_pulses(context),
        kept_answer("sessions", lambda: context.store.mentorships),
    ]


def _on_agenda(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(sessions.ADD_AGENDA_POINT, partial(agenda.add_agenda_point, context)),
        Answer(sessions.REORDER_AGENDA, partial(agenda.reorder_agenda, context)),
        Answer(sessions.REMOVE_AGENDA_POINT, partial(agenda.remove_agenda_point, context)),
        Answer(sessions.GET_AGENDAS, partial(agenda.get_agendas, context)),
    ]


def _on_calendar(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(sessions.CREATE_CALENDAR_FEED, partial(calendar.create_calendar_feed, context)),
        Answer(sessions.REVOKE_CALENDAR_FEED, partial(calendar.revoke_calendar_feed, context)),
        Answer(sessions.GET_CALENDAR_FEEDS, partial(calendar.get_calendar_feeds, context)),
        Answer(sessions.MY_CALENDAR_FEED, partial(calendar.my_calendar_feed, context)),
        Answer(sessions.OPEN_CALENDAR_FEED, partial(calendar.open_calendar_feed, context), public=True),
    ]


def _on_time(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(sessions.LOG_TIME, partial(times.log_time, context)),
        Answer(sessions.EDIT_TIME, partial(times.edit_time, context)),
        Answer(sessions.WITHDRAW_TIME, partial(times.withdraw_time, context)),
        Answer(sessions.APPROVE_TIME, partial(times.approve_time, context)),
        Answer(sessions.DISPUTE_TIME, partial(times.dispute_time, context)),
        Answer(sessions.RESOLVE_TIME_DISPUTE, partial(times.resolve_time_dispute, context)),
        Answer(sessions.LIST_TIME_DISPUTES, partial(times.list_time_disputes, context)),
        Answer(sessions.GET_TIME_ENTRIES, partial(reading.get_time_entries, context)),
        Answer(sessions.LIST_TIME_ENTRIES, partial(reading.list_time_entries, context)),
        Answer(sessions.TIME_SUMMARY, partial(reading.time_summary, context)),
        Answer(sessions.TIME_BY_MONTH, partial(reading.time_by_month, context)),
        Answer(sessions.GET_EFFORTS, partial(reading.get_efforts, context)),
        Answer(sessions.REPORT_CONTACT, partial(report.report_contact, context)),
        Answer(sessions.MY_TIME, partial(reading.my_time, context)),
    ]


def _on_pulses(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(sessions.OPEN_PULSE, partial(pulses.open_pulse, context)),
        Answer(sessions.ANSWER_PULSE, partial(pulses.answer_pulse, context)),
        Answer(sessions.GET_PULSES, partial(pulses.get_pulses, context)),
        Answer(sessions.LIST_PULSES, partial(pulses.list_pulses, context)),
        Answer(sessions.GET_PULSE_TRENDS, partial(pulses.get_pulse_trends, context)),
        Answer(sessions.SUMMARISE_PULSES, partial(pulses.summarise_pulses, context)),
    ]


def _on_moving(context: Context) -> list[Answer[Any, Any]]:
    return [
        Answer(sessions.RESCHEDULE_CHECK_IN, partial(moving.reschedule_check_in, context)),
        Answer(sessions.RESPOND_TO_RESCHEDULE, partial(moving.respond_to_reschedule, context)),
        Answer(sessions.CANCEL_CHECK_IN, partial(moving.cancel_check_in, context)),
        Answer(sessions.CLOSE_CHECK_IN, partial(moving.close_check_in, context)),
        Answer(sessions.RESOLVE_ATTENDANCE, partial(moving.resolve_attendance, context)),
        Answer(sessions.MOVE_CHECK_IN, partial(moving.move_check_in, context)),
        Answer(sessions.SKIP_CHECK_IN, partial(moving.skip_check_in, context)),
        Answer(sessions.LIST_DISPUTES, partial(moving.list_disputes, context)),
        Answer(sessions.ADD_TIME_OFF, partial(time_off.add_time_off, context)),
        Answer(sessions.REMOVE_TIME_OFF, partial(time_off.remove_time_off, context)),
        Answer(sessions.GET_TIMES_OFF, partial(time_off.get_times_off, context)),
        Answer(sessions.LIST_TIMES_OFF, partial(time_off.list_times_off, context)),
    ]
