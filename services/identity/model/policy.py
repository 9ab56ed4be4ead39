"""Who may do what with people, programmes and mentorships: one table, read by `can`."""

from enum import StrEnum

from msgspec.structs import replace

from contracts.identity import Mentorship
from contracts.policy import Act, Decision, Relation, Relations, check, decide, side, standing, table
from contracts.wire import Caller
from services.identity.model.mentorships import card_of


class Kind(StrEnum):
    """What is decided about. Where relations may not do the same with a thing, each deed is a kind of its own."""

    ACCOUNT = "account"
    DIRECTORY = "directory"
    DETAILS = "details"
    UNIT = "unit"
    PROVIDER = "provider"
    API_TOKEN = "API token"  # noqa: S105 - the name of a kind
    PROGRAMME = "programme"
    POLICY = "policy"
    DRAFT = "draft"
    COHORT = "cohort"
    WISH = "wish"
    ENROLMENT = "enrolment"
    PLACE = "place"
    MATCHING = "matching"
    PROFILE = "profile"
    PROPOSAL = "proposal"
    MENTORSHIP = "mentorship"
    AGREEMENT = "agreement"
    QUESTION = "question"
    CHANGE = "change"
    HANDOVER = "handover"
    CARE = "care"
    CASE = "case"
    REPORTING = "reporting"
    REPORT = "report"
    NUMBERS = "numbers"
    CARD = "card"
    COURSE = "course"
    REVOCATION = "revocation"
    CONTACT = "contact"
    MAILED_TOKEN = "mailed token"  # noqa: S105 - the name of a kind
    CYCLE = "cycle"


# fmt: off
# W write (and read), R read, M that and when, A aggregates of at least five people, - nothing
OF_ORGANISATIONS = """
             | author | manager | manager_of_all | admin | hr | auditor | colleague | part | notifications | workflows
account      | -      | -       | -              | W     | -  | -       | -         | -    | -             | -
directory    | -      | R       | R              | R     | -  | -       | -         | -    | -             | -
details      | R      | -       | R              | R     | -  | -       | -         | -    | -             | -
unit         | -      | -       | -              | W     | -  | -       | R         | -    | -             | -
provider     | -      | -       | -              | W     | -  | -       | -         | -    | -             | -
API token    | -      | -       | -              | W     | -  | -       | -         | -    | -             | -
programme    | -      | -       | W              | -     | -  | -       | R         | R    | -             | -
policy       | -      | W       | W              | -     | -  | -       | R         | R    | -             | -
draft        | -      | W       | W              | -     | -  | -       | -         | -    | -             | W
cohort       | -      | W       | W              | -     | -  | -       | R         | -    | -             | -
wish         | -      | -       | -              | -     | -  | -       | W         | -    | -             | -
enrolment    | W      | R       | R              | -     | -  | -       | -         | -    | -             | -
place        | R      | W       | W              | -     | -  | -       | -         | -    | -             | -
matching     | -      | W       | W              | -     | -  | -       | -         | -    | -             | -
profile      | W      | -       | W              | -     | -  | -       | R         | -    | -             | -
proposal     | -      | W       | W              | -     | -  | -       | -         | -    | -             | -
case         | -      | W       | W              | -     | -  | -       | -         | -    | -             | -
report       | W      | R       | R              | -     | -  | -       | -         | -    | -             | -
numbers      | -      | R       | R              | -     | A  | -       | -         | -    | -             | -
card         | -      | -       | -              | -     | -  | -       | -         | R    | -             | -
course       | -      | -       | -              | -     | -  | -       | -         | -    | -             | R
revocation   | -      | -       | -              | -     | -  | -       | -         | R    | -             | -
contact      | -      | -       | -              | -     | -  | -       | -         | -    | R             | -
mailed token | -      | -       | -              | -     | -  | -       | -         | -    | W             | -
cycle        | -      | -       | -              | -     | -  | -       | -         | -    | -             | W
"""
OF_MENTORSHIPS = """
             | mentee | mentor | next_mentor | former_mentor | manager | admin | hr | auditor | colleague | part
mentorship   | W      | W      | M           | -             | R       | -     | -  | -       | -         | R
agreement    | W      | W      | -           | -             | R       | -     | -  | -       | -         | R
question     | W      | R      | -           | -             | -       | -     | -  | -       | -         | -
change       | W      | W      | -           | -             | W       | -     | -  | -       | -         | -
handover     | R      | W      | -           | -             | -       | -     | -  | -       | -         | -
care         | R      | R      | -           | -             | W       | -     | -  | -       | -         | -
reporting    | W      | W      | -           | W             | -       | -     | -  | -       | -         | -
"""
# fmt: on
TABLE = table(Kind, OF_ORGANISATIONS, OF_MENTORSHIPS)


def stands(caller: Caller, mentorship: Mentorship) -> Relations:
    """How somebody stands to a mentorship, with those who were its mentor or are asked to be."""
    found = side(caller, card_of(mentorship))
    if Relation.COLLEAGUE not in found:
        return found
    if caller.user_id in mentorship.former_mentor_ids:
        found |= {Relation.FORMER_MENTOR}
    return found | {Relation.NEXT_MENTOR} if caller.user_id == mentorship.next_mentor_id else found


def can(relations: Relations, act: Act, kind: Kind) -> bool:
    """Whether one of the relations lets somebody do that."""
    return decide(TABLE, relations, act, kind) is Decision.ALLOWED


def need(caller: Caller, act: Act, kind: Kind, programme_id: str | None = None) -> None:
    """Refuse whoever may not do that in the own organisation, or in this programme of it."""
    check(TABLE, standing(caller, caller.org_id, programme_id), act, kind)


def shown(caller: Caller, mentorship: Mentorship) -> Mentorship:
    """The mentorship without the words that the caller may not read."""
    relations = stands(caller, mentorship)
    if not can(relations, Act.READ, Kind.HANDOVER):
        mentorship = replace(mentorship, handovers=())
    if not can(relations, Act.READ, Kind.AGREEMENT):
        mentorship = replace(mentorship, agreement=None, renegotiation=None)
    return mentorship
