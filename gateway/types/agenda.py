"""What the two want to talk about at a check-in."""

from datetime import datetime

import strawberry

from contracts import sessions
from contracts.sessions import AgendaSection
from gateway.types.identity import User
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import Node, View, field, id_of, optional, reference, viewed


@strawberry.type(description="One thing to talk about.")
class AgendaPoint(View):
    """Shows sessions.AgendaPoint."""

    id: strawberry.ID = field("Tells the points of one agenda apart.")
    section: AgendaSection = field("Which section it belongs to.")
    text: str = field("The words.")
    added_by = reference(User, "added_by", "Who added it.")
    added_at: datetime = field("When it was added.")
    carried_from = id_of("CheckIn", "carried_from", "The check-in that did not take place and left it open.")


@strawberry.type(description="The points of one check-in, readable by the two parties only.")
class Agenda(Node):
    """Shows sessions.Agenda."""

    loader = staticmethod(lambda loaders: loaders.agendas)
    named_by = "check_in_id"

    check_in_id = id_of("CheckIn", "id", "The check-in.")
    points = viewed(AgendaPoint, "points", "The points, in the order that the two gave them.")
    version: int = field("Counts its changes.")


@strawberry.input(description="Something to talk about. An agenda has up to 30 points.")
class AddAgendaPointInput(Edit):
    """Makes sessions.AddAgendaPoint."""

    check_in_id: strawberry.ID = field("The check-in, which is still to come.")
    section: AgendaSection | None = optional("Which section it belongs to; OTHER if left out.")
    text: str = field("The words.")


@strawberry.input(description="Another order of the points.")
class ReorderAgendaInput(Edit):
    """Makes sessions.ReorderAgenda."""

    check_in_id: strawberry.ID = field("The check-in.")
    point_ids: list[strawberry.ID] = field("Each point of the agenda once, in the order that you want.")


@strawberry.input(description="A point of yours that need not be talked about.")
class RemoveAgendaPointInput(Edit):
    """Makes sessions.RemoveAgendaPoint."""

    check_in_id: strawberry.ID = field("The check-in.")
    point_id: strawberry.ID = field("The point, by its id among those of the agenda.")


@strawberry.type
class AgendaMutations:
    """Changes of agendas."""

    add_agenda_point = mutation(sessions.ADD_AGENDA_POINT, AddAgendaPointInput, Agenda)
    reorder_agenda = mutation(sessions.REORDER_AGENDA, ReorderAgendaInput, Agenda)
    remove_agenda_point = mutation(sessions.REMOVE_AGENDA_POINT, RemoveAgendaPointInput, Agenda)
