"""A mentee looks for a mentor, and asks one."""

from dataclasses import dataclass

from contracts.errors import Conflict, Invalid, NotFound
from contracts.identity import (
    EnrolmentState,
    MatchSuggestion,
    Mentorship,
    Obstacle,
    Party,
    Programme,
    ProposeMentorship,
    RequestMentor,
    SuggestMentors,
    WithdrawRequest,
)
from contracts.policy import Act, check
from contracts.wire import Caller
from kit.command import natural_id, stamp
from services.identity.actions import Context
from services.identity.actions.enrolments import enrolment_of
from services.identity.actions.gathering import History, People, every, participants
from services.identity.model import enrolments, matching, mentorships
from services.identity.model.enrolments import Enrolled
from services.identity.model.matching import Offer, Wish
from services.identity.model.mentors import ENDED
from services.identity.model.policy import TABLE, Kind, need, stands

MOST_SUGGESTED = 20

SAID = {
    Obstacle.SAME_PERSON: "You cannot be your own mentor. Choose somebody else.",
    Obstacle.REPORTING_LINE: "One of you reports to the other. Choose a mentor outside your reporting line.",
    Obstacle.PAST_PAIRING: "The two of you were proposed to each other before. Choose somebody else.",
    Obstacle.NO_LANGUAGE_IN_COMMON: "You have no language in common. Choose a mentor who speaks one of yours.",
    Obstacle.NO_ROOM: "The mentor has no room for one more mentee at the moment. Choose somebody else.",
    Obstacle.PAUSED: "The mentor takes on nobody new at the moment. Choose somebody else.",
    Obstacle.UNTRAINED: "The training for this side is still to be recorded. Ask the programme manager.",
}


@dataclass(frozen=True)
class Seeker:
    """A mentee of a programme who is free to look for a mentor."""

    programme: Programme
    wish: Wish
    history: History


async def suggest_mentors(context: Context, caller: Caller, request: SuggestMentors) -> tuple[MatchSuggestion, ...]:
    """Mentors with room who could fit the caller, those with the most to speak for them first."""
    if not 1 <= request.first <= MOST_SUGGESTED:
        raise Invalid(f"Ask for 1 to {MOST_SUGGESTED} suggestions, not {request.first}.", field="first")
    seeker = await _seeker(context, caller, request.programme_id)
    mentors = await participants(context, seeker.programme, Party.MENTOR, None)
    mentors = [each for each in mentors if enrolments.is_trained(each, seeker.programme)]
    known = await People.read(context, caller.org_id, mentors)
    at = context.clock.now()
    offers = [offer for each in mentors if (offer := known.offer(each, seeker.history, at)[0])]
    possible = [offer for offer in offers if not matching.obstacle(seeker.wish, offer)]
    fitting = [(offer, matching.reasons(seeker.wish, offer)) for offer in possible]
    fitting.sort(key=lambda pair: (-matching.score(pair[1]), pair[0].user_id))
    return tuple(
        MatchSuggestion(mentor=known.mentors[offer.user_id].published(), score=matching.score(why), reasons=why)
        for offer, why in fitting[: request.first]
    )


async def request_mentor(context: Context, caller: Caller, request: RequestMentor) -> Mentorship:
    """A mentee asks a mentor of the programme."""
    by = stamp(caller, request, context.clock.now())
    mentorship_id = natural_id("request", request.programme_id, caller.user_id, request.mentor_id)
    if (asked := await context.store.mentorships.find(caller.org_id, mentorship_id)) and asked.phase not in ENDED:
        return asked
    seeker = await _seeker(context, caller, request.programme_id)
    offer = await _offer(context, seeker, request.mentor_id)
    if obstacle := matching.obstacle(seeker.wish, offer):
        raise Conflict(SAID[obstacle], field="mentorId")
    proposal = ProposeMentorship(
        programme_id=request.programme_id, mentor_id=request.mentor_id, mentee_id=caller.user_id
    )
    why = matching.reasons(seeker.wish, offer)
    return await context.store.mentorships.create(
        by,
        lambda new_id: mentorships.request_mentor(new_id, seeker.programme, proposal, by.at, reasons=why),
        new_id=mentorship_id,
    )


async def withdraw_request(context: Context, caller: Caller, request: WithdrawRequest) -> Mentorship:
    """A mentee takes the question back."""
    mentorship = await context.store.mentorships.load(caller.org_id, request.mentorship_id)
    missing = NotFound.of("mentorship", request.mentorship_id)
    check(TABLE, stands(caller, mentorship.record), Act.WRITE, Kind.QUESTION, missing)
    by = stamp(caller, request, context.clock.now())
    return await context.store.mentorships.amend(mentorship, by, mentorships.withdraw_request)


async def _seeker(context: Context, caller: Caller, programme_id: str) -> Seeker:
    need(caller, Act.WRITE, Kind.WISH)
    programme = await context.store.programmes.get(caller.org_id, programme_id)
    enrolment = await _enrolled(context, programme, caller.user_id, Party.MENTEE)
    if enrolment is None:
        raise Conflict("You do not take part in this programme as mentee. Enrol, and wait to be approved.")
    if not enrolments.is_trained(enrolment, programme):
        raise Conflict(SAID[Obstacle.UNTRAINED])
    past: set[str] = set()
    async for each in every(context.store.mentorships, caller.org_id, {"partyIds": caller.user_id}):
        if each.mentee_id != caller.user_id:
            continue
        past.add(each.mentor_id)
        if each.programme_id == programme_id and each.phase not in ENDED:
            raise Conflict(f"You have a mentor or a proposal in this programme already: the mentorship {each.id}.")
    history = History({caller.user_id: frozenset(past)}, frozenset(), {})
    known = await People.read(context, caller.org_id, [enrolment])
    return Seeker(programme, known.wish(enrolment, history, context.clock.now()), history)


async def _offer(context: Context, seeker: Seeker, mentor_id: str) -> Offer:
    enrolment = await _enrolled(context, seeker.programme, mentor_id, Party.MENTOR)
    if enrolment is None:
        raise NotFound.of("mentor of this programme", mentor_id)
    if not enrolments.is_trained(enrolment, seeker.programme):
        raise Conflict(SAID[Obstacle.UNTRAINED], field="mentorId")
    known = await People.read(context, seeker.programme.org_id, [enrolment])
    offer, why = known.offer(enrolment, seeker.history, context.clock.now())
    if offer is None:
        raise Conflict(SAID[why or Obstacle.NO_ROOM], field="mentorId")
    return offer


async def _enrolled(context: Context, programme: Programme, user_id: str, party: Party) -> Enrolled | None:
    found = await context.store.enrolments.find(programme.org_id, enrolment_of(programme.id, user_id, party))
    return found if found and found.state is EnrolmentState.APPROVED else None
