"""The brief: all that the two look at before a check-in. Two parts are asked once each; nothing is decided here."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import strawberry

from contracts.goals import Brief, BriefOf
from contracts.sessions import GET_CHECK_IN_BRIEF, AgendaSection, GetCheckInBrief
from gateway.context import Info
from gateway.types.agenda import Agenda, AgendaPoint
from gateway.types.feedback import Feedback
from gateway.types.items import ActionItem
from gateway.types.ledger import Commitment
from gateway.types.mentorships import Challenge
from gateway.types.relay import Id, View, field, id_of, local_id, resolved, views
from gateway.types.sessions import CheckIn

CheckInId = Annotated[strawberry.ID, strawberry.argument(description="The check-in's global id.")]


@strawberry.type(description="A metric that got entries since the two last met.")
class Moved(View):
    """Shows goals.Moved."""

    goal_id = id_of("Goal", "goal_id", "The goal that it belongs to.")
    title: str = field("What that goal is.")
    metric: str = field("What is measured.")
    unit: str = field("What it is counted in.")
    before: float = field("Where it stood before.")
    now: float = field("Where it stands now.")
    entries: int = field("How many entries it got.")


@strawberry.type(description="A milestone that was reached since the two last met.")
class Reached(View):
    """Shows goals.Reached."""

    goal_id = id_of("Goal", "goal_id", "The goal that it belongs to.")
    milestone_id: strawberry.ID = field("Which of the goal's milestones.")
    title: str = field("What was reached.")
    reached_at: datetime = field("When.")


async def _asked(info: Info, shown: Any) -> Brief:
    """What the goals part says: asked once, whichever fields want it."""
    request = BriefOf(mentorship_id=shown.check_in.mentorship_id, since=shown.since)
    return await info.context.loaders.briefs.load(request)


def _listed(kind: Any, pick: Callable[[Brief], Any], description: str) -> Any:
    """A list of the goals part's; null, with an error, while that part is down."""

    async def resolve(self: Any, info: Info) -> Any:
        return views(kind, pick(await _asked(info, self.record)))

    resolve.__annotations__ |= {"return": list[kind] | None}
    return strawberry.field(resolver=resolve, description=description)


@strawberry.type(description="What has moved since the two last met: since the beginning, if they have not met yet.")
class SinceLastTime(View):
    """Shows sessions.CheckInBrief with what moved of goals.Brief."""

    since: datetime | None = field("When the last check-in that was held before this one had started.")
    completed = _listed(ActionItem, lambda brief: brief.completed, "Action items that were done.")
    milestones = _listed(Reached, lambda brief: brief.milestones, "Milestones that were reached.")
    progress = _listed(Moved, lambda brief: brief.progress, "Metrics that got entries.")
    feedback = _listed(Feedback, lambda brief: brief.feedback, "Feedback that was taken in or decided on.")


class PartOf(NamedTuple):
    """One section of the agenda of one brief."""

    section: AgendaSection
    brief: Any


def _filled(kind: Any, section: AgendaSection, pick: Callable[[Brief], Any], description: str) -> Any:
    """What fills one section; nothing in the others."""

    async def resolve(self: Any, info: Info) -> Any:
        return views(kind, pick(await _asked(info, self.record.brief))) if self.record.section is section else []

    resolve.__annotations__ |= {"return": list[kind] | None}
    return strawberry.field(resolver=resolve, description=description)


@strawberry.type(description="One section of an agenda: the points of the two, and what is known already.")
class AgendaPart(View):
    """Shows one section of sessions.Agenda beside what goals.Brief has for it."""

    section: AgendaSection = field("Which section.")
    commitments = _filled(
        Commitment, AgendaSection.PROMISES, lambda brief: brief.commitments, "In PROMISES: open ones of both."
    )
    carried_over = _filled(
        ActionItem, AgendaSection.PROMISES, lambda brief: brief.carried_over, "In PROMISES: items whose day has passed."
    )
    blocked = _filled(
        ActionItem, AgendaSection.CHALLENGES, lambda brief: brief.blocked, "In CHALLENGES: items that are stuck."
    )
    challenges = _filled(
        Challenge, AgendaSection.CHALLENGES, lambda brief: brief.challenges, "In CHALLENGES: those that no goal names."
    )
    progress = _filled(
        Moved, AgendaSection.PROGRESS, lambda brief: brief.progress, "In PROGRESS: metrics that got entries."
    )

    @resolved("In QUESTIONS: what the mentee wants to ask.")
    def questions(self) -> list[str]:
        """As they were prepared."""
        preparation = self.record.brief.check_in.preparation
        return list(preparation.questions) if preparation and self.record.section is AgendaSection.QUESTIONS else []

    @resolved("What the two added to this section, in their order.")
    def points(self) -> list[AgendaPoint]:
        """Those of the agenda that belong here."""
        agenda = self.record.brief.agenda
        return [AgendaPoint.of(each) for each in (agenda.points if agenda else ()) if each.section is self.section]


@strawberry.type(description="What both should know before they meet: what is open on both sides, and what has moved.")
class CheckInBrief(SinceLastTime):
    """Shows sessions.CheckInBrief and goals.Brief."""

    open_commitments = _listed(Commitment, lambda brief: brief.commitments, "Open promises of both, soonest first.")
    carried_over = _listed(ActionItem, lambda brief: brief.carried_over, "Open items of both whose day has passed.")
    blocked = _listed(ActionItem, lambda brief: brief.blocked, "Open items that something is in the way of.")
    challenges = _listed(Challenge, lambda brief: brief.challenges, "The agreement's challenges that no goal names.")

    @resolved("What the two want to talk about, in their order.")
    def agenda(self) -> Agenda | None:
        """Empty before the first point."""
        return Agenda.of(self.record.agenda) if self.record.agenda else None

    @resolved("The agenda in its sections, each filled with what is known already.")
    def agenda_sections(self) -> list[AgendaPart]:
        """One for each section, in the order in which one talks."""
        return [AgendaPart.of(PartOf(section, self.record)) for section in AgendaSection]

    @resolved("The check-in, with the summary and the questions that the mentee prepared.")
    def check_in(self) -> CheckIn:
        """As it is now."""
        return CheckIn.of(self.record.check_in)


@strawberry.type(description="A summary to start from, made of what was closed since the two last met.")
class PreparationDraft(SinceLastTime):
    """Shows sessions.CheckInBrief with the draft of goals.Brief."""

    @resolved("The draft in words, one line for each thing; empty if nothing was closed. Nothing is submitted by it.")
    async def summary(self, info: Info) -> str | None:
        """No word is added here."""
        return (await _asked(info, self.record)).draft


@strawberry.type
class BriefQueries:
    """Reads before a check-in."""

    @resolved("Everything for a check-in on one page; for its two parties.")
    async def check_in_brief(self, info: Info, id: Id) -> CheckInBrief | None:
        """One call to the sessions part, one to the goals part."""
        return CheckInBrief.of(await _prepared(info, id))

    @resolved("What a summary could begin with; for the two parties of a check-in.")
    async def preparation_draft(self, info: Info, check_in_id: CheckInId) -> PreparationDraft | None:
        """The same two calls."""
        return PreparationDraft.of(await _prepared(info, check_in_id))


async def _prepared(info: Info, check_in_id: strawberry.ID) -> Any:
    request = GetCheckInBrief(check_in_id=local_id(info.context, "CheckIn", check_in_id))
    return await info.context.call(GET_CHECK_IN_BRIEF, request)
