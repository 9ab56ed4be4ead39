"""Pausing, ending, replacing, extending: what people ask of a running mentorship, and what its cycle says of it."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from contracts.errors import Forbidden, NotFound
from contracts.identity import (
    AnswerPause,
    AnswerReplacement,
    ChangePhase,
    CloseMentorship,
    EndMentorship,
    ExtendMentorship,
    HandOver,
    Mentorship,
    Party,
    Phase,
    ReplaceMentor,
    RequestMentorChange,
    RequestPause,
    ResumeMentorship,
    SetHealth,
)
from contracts.policy import Act, check
from contracts.wire import Caller, Change, Command
from kit.command import stamp
from kit.mongo import Stored
from services.identity.actions import Context, mentors
from services.identity.model import lifecycle
from services.identity.model.mentorships import card_of
from services.identity.model.policy import TABLE, Kind, can, need, shown, stands

type Decide = Callable[[Mentorship, datetime], Change[Mentorship]]


async def request_pause(context: Context, caller: Caller, request: RequestPause) -> Mentorship:
    """A party asks for a leave."""
    stored, party = await _of_party(context, caller, request.mentorship_id)
    return await _amend(
        context, caller, request, stored,
        lambda mentorship, at: lifecycle.request_pause(mentorship, party, request.until, caller.user_id, at),
    )  # fmt: skip


async def answer_pause(context: Context, caller: Caller, request: AnswerPause) -> Mentorship:
    """The other party or a programme manager answers."""
    stored = await _may(context, caller, request.mentorship_id, Kind.CHANGE)
    return await _amend(
        context, caller, request, stored,
        lambda mentorship, at: lifecycle.answer_pause(mentorship, caller.user_id, at, approve=request.approve),
    )  # fmt: skip


async def resume_mentorship(context: Context, caller: Caller, request: ResumeMentorship) -> Mentorship:
    """A party comes back."""
    stored, _ = await _of_party(context, caller, request.mentorship_id)
    return await _amend(context, caller, request, stored, lifecycle.resume)


async def end_mentorship(context: Context, caller: Caller, request: EndMentorship) -> Mentorship:
    """A party ends it."""
    stored, party = await _of_party(context, caller, request.mentorship_id)
    return await _amend(context, caller, request, stored, lambda mentorship, _: lifecycle.end_early(mentorship, party))


async def close_mentorship(context: Context, caller: Caller, request: CloseMentorship) -> Mentorship:
    """A programme manager closes it."""
    stored = await _may(context, caller, request.mentorship_id, Kind.CARE)
    return await _amend(
        context, caller, request, stored, lambda mentorship, _: lifecycle.close(mentorship, request.reason)
    )


async def request_mentor_change(context: Context, caller: Caller, request: RequestMentorChange) -> Mentorship:
    """A party or a programme manager asks for another mentor."""
    stored = await _may(context, caller, request.mentorship_id, Kind.CHANGE)
    return await _amend(
        context, caller, request, stored, lambda mentorship, _: lifecycle.request_mentor_change(mentorship)
    )


async def hand_over(context: Context, caller: Caller, request: HandOver) -> Mentorship:
    """The mentor who leaves writes something down."""
    stored, _ = await _of_party(context, caller, request.mentorship_id, Kind.HANDOVER)
    return await _amend(
        context, caller, request, stored,
        lambda mentorship, at: lifecycle.hand_over(mentorship, request.text, caller.user_id, at),
    )  # fmt: skip


async def replace_mentor(context: Context, caller: Caller, request: ReplaceMentor) -> Mentorship:
    """A programme manager asks somebody to take over."""
    stored = await _may(context, caller, request.mentorship_id, Kind.CARE)
    if not await context.store.accounts.get_many(caller.org_id, (request.new_mentor_id,)):
        raise NotFound.of("user", request.new_mentor_id)
    return await _amend(
        context, caller, request, stored, lambda mentorship, _: lifecycle.ask_mentor(mentorship, request.new_mentor_id)
    )


async def answer_replacement(context: Context, caller: Caller, request: AnswerReplacement) -> Mentorship:
    """Whoever was asked says yes or no."""
    stored = await context.store.mentorships.load(caller.org_id, request.mentorship_id)
    if not caller.user_id or caller.user_id not in {stored.record.next_mentor_id, stored.record.mentor_id}:
        raise NotFound.of("mentorship", request.mentorship_id)
    if caller.user_id != stored.record.next_mentor_id and not _repeats(stored, caller, request):
        raise Forbidden("Somebody else was asked to be the next mentor.")
    if request.accept and stored.record.phase is Phase.REMATCHING:
        by = stamp(caller, request, context.clock.now())
        await mentors.take_seat(context, by, replace(stored.record, mentor_id=caller.user_id))
    return await _amend(
        context, caller, request, stored,
        lambda mentorship, _: lifecycle.answer_replacement(mentorship, caller.user_id, accept=request.accept),
    )  # fmt: skip


async def extend_mentorship(context: Context, caller: Caller, request: ExtendMentorship) -> Mentorship:
    """A programme manager gives more time."""
    stored = await _may(context, caller, request.mentorship_id, Kind.CARE)
    return await _amend(
        context, caller, request, stored, lambda mentorship, _: lifecycle.extend(mentorship, request.by)
    )


async def change_phase(context: Context, caller: Caller, request: ChangePhase) -> Mentorship:
    """The cycle moves on."""
    need(caller, Act.WRITE, Kind.CYCLE)
    mentorship = await context.store.mentorships.load(caller.org_id, request.mentorship_id)
    return await context.store.mentorships.amend(
        mentorship, stamp(caller, request, request.at), lambda mentorship: lifecycle.change_phase(mentorship, request)
    )


async def set_health(context: Context, caller: Caller, request: SetHealth) -> Mentorship:
    """The cycle says how it does."""
    need(caller, Act.WRITE, Kind.CYCLE)
    stored = await context.store.mentorships.load(caller.org_id, request.mentorship_id)
    return await context.store.mentorships.amend(
        stored, stamp(caller, request, request.at), lambda mentorship: lifecycle.set_health(mentorship, request.health)
    )


def _repeats(stored: Stored[Mentorship], caller: Caller, request: AnswerReplacement) -> bool:
    """Whether this is the repeat of a yes that has taken effect: then the caller is the mentor by now."""
    key = stamp(caller, request, stored.record.created_at).key
    return bool(key) and any(command["key"] == key for command in stored.commands)


async def _amend(
    context: Context, caller: Caller, request: Command, stored: Stored[Mentorship], decide: Decide
) -> Mentorship:
    """What comes of it, without the words that the caller may not read."""
    at = context.clock.now()
    amended = await context.store.mentorships.amend(
        stored, stamp(caller, request, at), lambda mentorship: decide(mentorship, at)
    )
    return shown(caller, amended)


async def _of_party(
    context: Context, caller: Caller, mentorship_id: str, kind: Kind = Kind.MENTORSHIP
) -> tuple[Stored[Mentorship], Party]:
    stored = await _may(context, caller, mentorship_id, kind)
    return stored, card_of(stored.record).side_of(caller)


async def _may(context: Context, caller: Caller, mentorship_id: str, kind: Kind) -> Stored[Mentorship]:
    """The two are told what the other or a manager may do, everybody else that there is no such mentorship."""
    stored = await context.store.mentorships.load(caller.org_id, mentorship_id)
    relations, missing = stands(caller, stored.record), NotFound.of("mentorship", mentorship_id)
    if not can(relations, Act.WRITE, kind) and caller.user_id not in stored.record.party_ids:
        raise missing
    check(TABLE, relations, Act.WRITE, kind, missing)
    return stored
