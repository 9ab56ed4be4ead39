"""Who may see what of an audit log: the same table for every service's chain."""

from enum import StrEnum

from msgspec.structs import replace

from contracts.audit import AuditEntry, ReadAuditLog
from contracts.errors import Forbidden, Invalid
from contracts.policy import Act, Decision, Relations, check, decide, own, standing, table
from contracts.wire import Caller


class Kind(StrEnum):
    """What is decided about: entries by what they are asked for by, and the chain as a whole."""

    ALL = "all entries"
    OF_PERSON = "entries of a person"
    OF_OBJECT = "entries of an object"
    OF_MENTORSHIP = "entries of a mentorship"
    OF_PROGRAMME = "entries of a programme"
    OF_PROGRAMMES = "entries of all programmes"
    PEOPLE = "people of an entry"
    CHECKPOINT = "checkpoint"
    CHAIN = "chain"


# fmt: off
# R read, - nothing; everybody reads the entries about themselves
TABLE = table(Kind, """
                          | author | manager | manager_of_all | admin | hr | auditor | colleague | part
all entries               | -      | -       | -              | R     | -  | R       | -         | -
entries of a person       | R      | -       | -              | R     | -  | R       | -         | -
entries of an object      | -      | -       | -              | R     | -  | R       | -         | -
entries of a mentorship   | -      | -       | R              | R     | -  | R       | -         | -
entries of a programme    | -      | R       | R              | R     | -  | R       | -         | -
entries of all programmes | -      | -       | R              | R     | -  | R       | -         | -
people of an entry        | -      | -       | -              | R     | -  | R       | -         | -
checkpoint                | -      | -       | -              | R     | -  | R       | -         | -
chain                     | -      | -       | -              | -     | -  | R       | -         | -
""")
# fmt: on
FILTERS = {
    Kind.OF_PERSON: ("person", "person_id"),
    Kind.OF_MENTORSHIP: ("mentorship", "mentorship_id"),
    Kind.OF_PROGRAMME: ("programme", "programme_id"),
    Kind.OF_OBJECT: ("object", "object_id"),
}
PROGRAMMES = "programmes"  # what every entry that belongs to a programme or a mentorship is found by


def can(relations: Relations, kind: Kind) -> bool:
    """Whether one of the relations lets somebody read that."""
    return decide(TABLE, relations, Act.READ, kind) is Decision.ALLOWED


def need(caller: Caller, kind: Kind) -> None:
    """Refuse whoever may not read that in the own organisation."""
    check(TABLE, standing(caller, caller.org_id), Act.READ, kind)


def allowed_tag(caller: Caller, request: ReadAuditLog) -> str | None:
    """What to search by: what was asked for, as narrow as the table wants it; None for all entries.

    Raises Forbidden, which says what the caller may ask for, or Invalid.
    """
    asked = [(kind, value) for kind, (_, field) in FILTERS.items() if (value := getattr(request, field)) is not None]
    if len(asked) > 1:
        raise Invalid("Give one filter at a time: a person, a mentorship, a programme or an object.", field="filter")
    relations = own(caller, caller.org_id, request.person_id, request.programme_id)
    for kind, value in asked:
        if not can(relations, kind):
            raise Forbidden(_what_instead(caller))
        return f"{FILTERS[kind][0]}:{value}"
    return _unasked(caller)


def shown(caller: Caller, entry: AuditEntry) -> AuditEntry:
    """The entry; who sees it for being in it is told of nobody else who is."""
    if can(standing(caller, caller.org_id), Kind.PEOPLE):
        return entry
    return replace(entry, people=tuple(each for each in entry.people if each == caller.user_id))


def _unasked(caller: Caller) -> str | None:
    """As much as there is to see for somebody who names nothing."""
    relations = own(caller, caller.org_id, caller.user_id)
    if can(relations, Kind.ALL):
        return None
    if can(relations, Kind.OF_PROGRAMMES):
        return PROGRAMMES
    if can(relations, Kind.OF_PERSON):
        return f"person:{caller.user_id}"
    raise Forbidden(_what_instead(caller))


def _what_instead(caller: Caller) -> str:
    if not caller.user_id:
        return "The audit log is for people."
    relations = standing(caller, caller.org_id)
    if can(relations, Kind.OF_PROGRAMMES):
        return "You see what belongs to programmes, and the entries about yourself. Give a mentorship or a programme."
    if can(relations, Kind.OF_PROGRAMME):
        return (
            "You see the entries about yourself, and those of the programmes that you manage. "
            "Give the `programmeId` of one of these, or leave the filter out for your own."
        )
    return "You see the entries about yourself. Leave the filter out, or ask an auditor."
