"""The agenda of a check-in, and what goes over to the next one."""

from datetime import datetime

from msgspec.structs import replace

from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.sessions import (
    AddAgendaPoint,
    Agenda,
    AgendaCarriedOver,
    AgendaPoint,
    AgendaPointAdded,
    AgendaPointRemoved,
    AgendaReordered,
    CheckIn,
    CheckInState,
)
from contracts.wire import Change, evolve

MOST_POINTS = 30  # an hour has sixty minutes
MOST_CARRIED = 100  # with what several check-ins in a row have left open
NOT_TAKEN_PLACE = (CheckInState.MISSED, CheckInState.CANCELLED)


def open_agenda(check_in: CheckIn) -> Change[Agenda]:
    """An agenda with nothing on it yet: every check-in has one."""
    return Change(
        Agenda(
            id=check_in.id,
            org_id=check_in.org_id,
            mentorship_id=check_in.mentorship_id,
            created_at=check_in.created_at,
        )
    )


def add_point(agenda: Agenda, point_id: str, request: AddAgendaPoint, by: str, at: datetime) -> Change[Agenda]:
    """One thing more to talk about."""
    if len(agenda.points) >= MOST_POINTS:
        raise Conflict(f"The agenda has {len(agenda.points)} points. Remove one before you add another.")
    point = AgendaPoint(id=point_id, section=request.section, text=request.text.strip(), added_by=by, added_at=at)
    points = (*agenda.points, point)
    added = AgendaPointAdded(mentorship_id=agenda.mentorship_id, check_in_id=agenda.id, points=len(points))
    return Change(evolve(agenda, points=points), (added,))


def reorder(agenda: Agenda, point_ids: tuple[str, ...]) -> Change[Agenda]:
    """The same points, in this order."""
    known = {point.id: point for point in agenda.points}
    if len(point_ids) != len(known) or set(point_ids) != set(known):
        raise Invalid(
            f"Name each of the {len(known)} points of the agenda exactly once, in the order that you want.",
            field="pointIds",
        )
    points = tuple(known[point_id] for point_id in point_ids)
    if points == agenda.points:
        return Change(agenda)
    reordered = AgendaReordered(mentorship_id=agenda.mentorship_id, check_in_id=agenda.id, points=len(points))
    return Change(evolve(agenda, points=points), (reordered,))


def remove_point(agenda: Agenda, point_id: str, by: str) -> Change[Agenda]:
    """Who added it no longer wants to talk about it."""
    point = next((each for each in agenda.points if each.id == point_id), None)
    if point is None:
        raise NotFound.of("agenda point", point_id)
    if point.added_by != by:
        raise Forbidden(f"Your partner added the point {point_id} and may remove it. You can move it down.")
    points = tuple(each for each in agenda.points if each is not point)
    removed = AgendaPointRemoved(mentorship_id=agenda.mentorship_id, check_in_id=agenda.id, points=len(points))
    return Change(evolve(agenda, points=points), (removed,))


def carry_over(agenda: Agenda, left: Agenda) -> Change[Agenda]:
    """What an earlier check-in left open comes first: it has waited longest. A point is carried to an agenda once."""
    known = {point.id for point in agenda.points}
    waiting = [
        replace(point, carried_from=point.carried_from or left.id) for point in left.points if point.id not in known
    ]
    carried = tuple(waiting[: max(0, MOST_CARRIED - len(agenda.points))])
    if not carried:
        return Change(agenda)
    points = (*carried, *agenda.points)
    told = AgendaCarriedOver(
        mentorship_id=agenda.mentorship_id, check_in_id=agenda.id, points=len(points), from_check_in_id=left.id
    )
    return Change(evolve(agenda, points=points), (told,))
