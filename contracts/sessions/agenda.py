"""What the two want to talk about at a check-in."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import ByIds, Command, Event, Line, Operation, Record, topic

PointIds = Annotated[tuple[str, ...], msgspec.Meta(max_length=100)]


class AgendaSection(StrEnum):
    """The parts of an agenda: what both promised, what is asked, what is in the way, what moved, and the rest."""

    PROMISES = "promises"
    QUESTIONS = "questions"
    CHALLENGES = "challenges"
    PROGRESS = "progress"
    OTHER = "other"


class AgendaPoint(Record, frozen=True, kw_only=True):
    """One thing to talk about. `carried_from` is the check-in that was to talk about it first, where it did not."""

    id: str
    section: AgendaSection
    text: str
    added_by: str
    added_at: datetime
    carried_from: str | None = None


class Agenda(Record, frozen=True, kw_only=True):
    """The points of one check-in in the order that the two gave them. Its id is the check-in's."""

    id: str
    org_id: str
    mentorship_id: str
    points: tuple[AgendaPoint, ...] = ()
    created_at: datetime
    version: int = 1


class AddAgendaPoint(Command, frozen=True, kw_only=True):
    """A party adds a point to the agenda of a scheduled check-in, up to 30 points."""

    check_in_id: str
    section: AgendaSection = AgendaSection.OTHER
    text: Line


class ReorderAgenda(Command, frozen=True, kw_only=True):
    """A party puts the points of an agenda into another order; each is named once."""

    check_in_id: str
    point_ids: PointIds


class RemoveAgendaPoint(Command, frozen=True, kw_only=True):
    """Who added a point takes it off the agenda."""

    check_in_id: str
    point_id: str


ADD_AGENDA_POINT = Operation("sessions.add_agenda_point", AddAgendaPoint, Agenda)
REORDER_AGENDA = Operation("sessions.reorder_agenda", ReorderAgenda, Agenda)
REMOVE_AGENDA_POINT = Operation("sessions.remove_agenda_point", RemoveAgendaPoint, Agenda)
GET_AGENDAS = Operation("sessions.get_agendas", ByIds, tuple[Agenda, ...], safe=True)


class AgendaFact(Event, frozen=True, kw_only=True):
    """Any fact about an agenda, with how many points it has then; never their words."""

    check_in_id: str
    points: int


@topic("sessions.agenda_point_added.v1")
class AgendaPointAdded(AgendaFact, frozen=True, kw_only=True):
    """There is one thing more to talk about."""


@topic("sessions.agenda_reordered.v1")
class AgendaReordered(AgendaFact, frozen=True, kw_only=True):
    """The points stand in another order."""


@topic("sessions.agenda_point_removed.v1")
class AgendaPointRemoved(AgendaFact, frozen=True, kw_only=True):
    """Who added a point took it off."""


@topic("sessions.agenda_carried_over.v1")
class AgendaCarriedOver(AgendaFact, frozen=True, kw_only=True):
    """What a check-in that did not take place left open is on the next one's agenda."""

    from_check_in_id: str
