"""Goals: SMART, measured, agreed by both."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec.structs import replace

from contracts.errors import Conflict, Invalid
from contracts.goals import (
    AbandonGoal,
    Challenge,
    DraftGoal,
    Goal,
    GoalAbandoned,
    GoalAchieved,
    GoalAgreed,
    GoalBefore,
    GoalChangeRequest,
    GoalChangeRequested,
    GoalDrafted,
    GoalFact,
    GoalProposed,
    GoalRevised,
    GoalRevision,
    GoalState,
    Metric,
    RequestGoalChange,
    ReviseGoal,
)
from contracts.identity import MentorshipCard
from contracts.wire import Change, evolve
from services.goals.model.measures import measured

REVISIONS_LIMIT = 50  # each keeps what it replaced, up to 25,000 characters; a goal stays one document
REQUESTS_LIMIT = 50
REVISABLE = ("title", "smart", "metric", "due", "category", "challenge")
OPEN = (GoalState.DRAFT, GoalState.PROPOSED, GoalState.AGREED)


def draft_goal(goal_id: str, card: MentorshipCard, request: DraftGoal, at: datetime) -> Change[Goal]:
    """The mentee's goal, not yet shown to anybody but the pair."""
    not_past(request.due, at)
    check_metric(request.metric)
    goal = Goal(
        id=goal_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        owner_id=card.mentee_id,
        title=request.title.strip(),
        smart=request.smart,
        metric=request.metric,
        due=request.due,
        category=request.category,
        challenge=request.challenge,
        current=request.metric.baseline,
        created_at=at,
    )
    return Change(goal, (fact(GoalDrafted, goal),))


def check_challenge(challenge: int | None, challenges: Sequence[str]) -> None:
    """Refuse a place at which the agreement has no challenge."""
    if challenge is not None and challenge > len(challenges):
        has = f"has {len(challenges)}" if challenges else "names none yet"
        raise Invalid(
            f"There is no challenge {challenge}: the agreement {has}. Leave it out or choose another.",
            field="challenge",
        )


def unaddressed(challenges: Sequence[str], goals: Sequence[Goal]) -> tuple[Challenge, ...]:
    """The challenges that no goal names; one that was let go addresses nothing any more."""
    named = {goal.challenge for goal in goals if goal.state is not GoalState.ABANDONED}
    return tuple(
        Challenge(place=place, text=text) for place, text in enumerate(challenges, start=1) if place not in named
    )


def propose_goal(goal: Goal, at: datetime) -> Change[Goal]:
    """The mentee asks for the mentor's agreement."""
    in_state(goal, GoalState.DRAFT)
    return Change(evolve(goal, state=GoalState.PROPOSED, proposed_at=at), (fact(GoalProposed, goal),))


def agree_goal(goal: Goal, at: datetime) -> Change[Goal]:
    """The mentor agrees; from now on progress counts. What was agreed before keeps the moment of the first time."""
    in_state(goal, GoalState.PROPOSED)
    agreed = evolve(goal, state=GoalState.AGREED, agreed_at=goal.agreed_at or at)
    return settled(agreed, (fact(GoalAgreed, goal),), at)


def request_goal_change(goal: Goal, request: RequestGoalChange, by: str, at: datetime) -> Change[Goal]:
    """The mentor does not agree yet and says what should be different."""
    in_state(goal, GoalState.PROPOSED)
    if len(goal.change_requests) >= REQUESTS_LIMIT:
        raise Conflict(f"A goal takes at most {REQUESTS_LIMIT} requests for change. Draft a new goal.")
    requests = (*goal.change_requests, GoalChangeRequest(by=by, at=at, text=request.text.strip()))
    changed = evolve(goal, state=GoalState.DRAFT, change_requests=requests)
    return Change(changed, (fact(GoalChangeRequested, goal),))


def revise_goal(goal: Goal, request: ReviseGoal, by: str, at: datetime) -> Change[Goal]:
    """The mentee changes the goal; an agreed one waits for the mentor again, with every entry that it has."""
    in_state(goal, *OPEN)
    fields = _replaced(goal, request)
    if "due" in fields:
        not_past(request.due or goal.due, at)
    if request.metric is not None:
        check_metric(request.metric)
        check_name(request.metric, *(each.metric for each in goal.more_metrics))
    if len(goal.revisions) >= REVISIONS_LIMIT:
        raise Conflict(f"A goal takes at most {REVISIONS_LIMIT} revisions. Abandon it and draft a new one.")
    before = GoalBefore(state=goal.state, **{name: getattr(goal, name) for name in fields})
    revision = GoalRevision(
        number=len(goal.revisions) + 1,
        by=by,
        at=at,
        reason=request.reason.strip(),
        changed=tuple(fields),
        before=before,
    )
    was_agreed = goal.state is GoalState.AGREED
    if was_agreed:
        fields |= {"state": GoalState.PROPOSED, "proposed_at": at}
    revised = evolve(goal, revisions=(*goal.revisions, revision), **fields)
    revised = _remeasured(revised)
    told = GoalRevised(
        mentorship_id=goal.mentorship_id,
        goal_id=goal.id,
        owner_id=goal.owner_id,
        revision=revision.number,
        was=goal.state,
    )
    return Change(revised, (told, fact(GoalProposed, goal)) if was_agreed else (told,))


def _replaced(goal: Goal, request: ReviseGoal) -> dict[str, object]:
    """The fields that become different."""
    given = {name: getattr(request, name) for name in REVISABLE}
    if request.title is not None:
        given["title"] = request.title.strip()
    fields = {name: value for name, value in given.items() if value not in (None, getattr(goal, name))}
    if not fields:
        raise Invalid(f"Nothing would change. Give a new value for one of: {', '.join(REVISABLE)}.", field="title")
    return fields


def abandon_goal(goal: Goal, request: AbandonGoal, at: datetime) -> Change[Goal]:
    """The mentee lets the goal go; what was learned stays readable."""
    in_state(goal, *OPEN)
    told = GoalAbandoned(mentorship_id=goal.mentorship_id, goal_id=goal.id, owner_id=goal.owner_id, was=goal.state)
    fields = {"state": GoalState.ABANDONED, "abandoned_at": at, "abandoned_because": request.reason.strip()}
    return Change(evolve(goal, **fields), (told,))


def settled(goal: Goal, facts: tuple[GoalFact, ...], at: datetime) -> Change[Goal]:
    """The goal with everything that follows from its entries; reaching the target achieves it, once."""
    goal = _remeasured(goal)
    if goal.attainment >= 1 and goal.state is GoalState.AGREED:
        goal = replace(goal, state=GoalState.ACHIEVED, achieved_at=at)
        facts = (*facts, fact(GoalAchieved, goal))
    return Change(goal, facts)


def _remeasured(goal: Goal) -> Goal:
    return replace(goal, **measured(goal))


def fact[F: GoalFact](kind: type[F], goal: Goal) -> F:
    """A fact that says no more than which goal it is about."""
    return kind(mentorship_id=goal.mentorship_id, goal_id=goal.id, owner_id=goal.owner_id)


def in_state(goal: Goal, *states: GoalState) -> None:
    """Refuse what does not belong into the present state."""
    if goal.state not in states:
        wanted = " or ".join(states)
        raise Conflict(f"The goal {goal.id} is {goal.state}; this can be done while it is {wanted} only.")


def check_metric(metric: Metric) -> None:
    """Refuse a metric on which nothing could be reached."""
    if metric.target == metric.baseline:
        raise Invalid("Target and baseline are the same, so nothing could be reached. Change one.", field="target")


def check_name(metric: Metric, *others: Metric) -> None:
    """Refuse a second metric of the same name: names tell the metrics of one goal apart, also in a table."""
    if metric.name.strip().casefold() in {other.name.strip().casefold() for other in others}:
        raise Invalid(f"The goal has a metric {metric.name} already. Choose another name.", field="name")


def not_past(due: date, at: datetime) -> None:
    """Refuse a day that is over."""
    if due < at.date():
        raise Invalid(f"The due date {due} has passed. Choose today ({at.date()}) or a later day.", field="due")
