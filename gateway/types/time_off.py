"""Days on which the two do not meet."""

from datetime import date, datetime

import strawberry

from contracts import sessions
from contracts.identity import Party
from contracts.sessions import TimeOffKind
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import Node, field, id_of, optional, reference


@strawberry.type(description="Days on which the two do not meet, as the cadence's zone counts days.")
class TimeOff(Node):
    """Shows sessions.TimeOff."""

    loader = staticmethod(lambda loaders: loaders.times_off)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    party: Party | None = field("Whose it is; null if it is of both.")
    first_day: date = field("Its first day.")
    last_day: date = field("Its last day, which still belongs to it.")
    kind: TimeOffKind = field("Why, as roughly as anybody needs to know.")
    added_by = reference(User, "added_by", "Who added it.")
    added_at: datetime = field("When it was added.")
    removed_at: datetime | None = field("When it was removed again; null if it was not.")
    version: int = field("Counts its changes.")


@strawberry.input(description="Days on which you do not meet.")
class AddTimeOffInput(Input):
    """Makes sessions.AddTimeOff."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    first_day: date = field("The first day, as the cadence's zone counts days.")
    last_day: date = field("The last day; it belongs to the time off.")
    kind: TimeOffKind | None = optional("Why, as roughly as you like; LEAVE if left out.")
    of_both: bool | None = optional("True if it is the time off of both of you; your own if left out.")


@strawberry.input(description="Time off that is not taken after all.")
class RemoveTimeOffInput(Edit):
    """Makes sessions.RemoveTimeOff."""

    time_off_id: strawberry.ID = field("The time off.")


@strawberry.type
class TimeOffMutations:
    """Taking days off."""

    add_time_off = mutation(sessions.ADD_TIME_OFF, AddTimeOffInput, TimeOff)
    remove_time_off = mutation(sessions.REMOVE_TIME_OFF, RemoveTimeOffInput, TimeOff)
