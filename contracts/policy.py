"""Who may do what: the one vocabulary in which every service writes its own table, and how a table is read.

A table is data. It says for each kind of thing what each relation to it allows; what it does not say is refused.
"""

from collections.abc import Mapping
from enum import StrEnum

from contracts.errors import Forbidden, Refusal
from contracts.identity import MentorshipCard, Role
from contracts.wire import Caller


class Relation(StrEnum):
    """How a caller stands to a thing."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    AUTHOR = "author"  # of the two, whose own it is; outside mentorships, whoever it is about
    PARTNER = "partner"  # of the two, the other one
    FORMER_MENTOR = "former_mentor"
    NEXT_MENTOR = "next_mentor"  # asked to take over, and yet to answer
    MANAGER = "manager"  # of the programme; where no programme is named, of at least one
    MANAGER_OF_ALL = "manager_of_all"
    ADMIN = "admin"
    HR = "hr"
    AUDITOR = "auditor"
    COLLEAGUE = "colleague"  # anybody of the same organisation
    WORKFLOWS = "workflows"  # the cycle of a mentorship
    NOTIFICATIONS = "notifications"
    PART = "part"  # any part of the platform
    ELSEWHERE = "elsewhere"  # of another organisation
    NOBODY = "nobody"  # not signed in


class Act(StrEnum):
    """What is done. Who may write may read, and who may read may know that and when."""

    WRITE = "W"
    READ = "R"
    METADATA = "M"
    AGGREGATE = "A"


class Decision(StrEnum):
    """HIDDEN: whoever may do nothing at all with a thing is not told that there is one."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    HIDDEN = "hidden"


type Relations = frozenset[Relation]
type Table[K: StrEnum] = Mapping[K, Mapping[Relation, frozenset[Act]]]

BY_ROLE = {Role.ORG_ADMIN: Relation.ADMIN, Role.HR_ANALYST: Relation.HR, Role.AUDITOR: Relation.AUDITOR}
IMPLIED = {
    "W": frozenset({Act.WRITE, Act.READ, Act.METADATA}),
    "R": frozenset({Act.READ, Act.METADATA}),
    "M": frozenset({Act.METADATA}),
    "A": frozenset({Act.AGGREGATE}),
    "-": frozenset[Act](),
}


def table[K: StrEnum](kinds: type[K], *texts: str) -> Table[K]:
    """Read a table, in parts: the first line of each names relations, every other one a kind and a letter for each."""
    found: dict[K, dict[Relation, frozenset[Act]]] = {}
    for text in texts:
        head, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        for kind, *cells in lines:
            letters = zip(head[1:], cells, strict=True)
            found[kinds(kind)] = {Relation(name): IMPLIED[letter] for name, letter in letters}
    return {kind: found[kind] for kind in kinds}


def standing(caller: Caller, org_id: str, programme_id: str | None = None) -> Relations:
    """What somebody's roles make of them in an organisation, for a programme where one is named."""
    if not caller.org_id:
        return frozenset({Relation.NOBODY})
    if caller.org_id != org_id:
        return frozenset({Relation.ELSEWHERE})
    if caller.part:
        return frozenset({Relation.PART, *(each for each in Relation if each == caller.part)})
    return frozenset({Relation.COLLEAGUE, *_by_role(caller, programme_id)})


def _by_role(caller: Caller, programme_id: str | None) -> set[Relation]:
    found = {BY_ROLE[role] for role in BY_ROLE if role in caller.roles}
    if Role.PROGRAMME_MANAGER in caller.roles:
        return {*found, Relation.MANAGER, Relation.MANAGER_OF_ALL}
    is_manager = bool(caller.programme_ids) if programme_id is None else programme_id in caller.programme_ids
    return {*found, Relation.MANAGER} if is_manager else found


def side(caller: Caller, card: MentorshipCard, author_id: str | None = None) -> Relations:
    """How somebody stands to what belongs to a mentorship. A side comes before every role: nobody manages their own."""
    party = card.party_of(caller.user_id)
    if party is None or caller.org_id != card.org_id:
        return standing(caller, card.org_id, card.programme_id)
    if author_id is None:
        return frozenset({Relation(party)})
    return frozenset({Relation(party), Relation.AUTHOR if author_id == caller.user_id else Relation.PARTNER})


def own(caller: Caller, org_id: str, person_id: str | None, programme_id: str | None = None) -> Relations:
    """How somebody stands to what is about one person of an organisation."""
    found = standing(caller, org_id, programme_id)
    return found | {Relation.AUTHOR} if Relation.COLLEAGUE in found and caller.user_id == person_id else found


def decide[K: StrEnum](by: Table[K], relations: Relations, act: Act, kind: K) -> Decision:
    """What the table says. Whoever stands to a thing in several ways may do what any of them allows."""
    allowed = {each for relation in relations for each in by[kind].get(relation, ())}
    if act in allowed:
        return Decision.ALLOWED
    return Decision.FORBIDDEN if allowed else Decision.HIDDEN


def check[K: StrEnum](by: Table[K], relations: Relations, act: Act, kind: K, hidden: Refusal | None = None) -> None:
    """Refuse what the table does not allow: `hidden` for what there must not seem to be, otherwise in its own words."""
    decision = decide(by, relations, act, kind)
    if decision is Decision.HIDDEN and hidden is not None:
        raise hidden
    if decision is not Decision.ALLOWED:
        raise forbidden(by, kind, act)


def sees_whole[K: StrEnum](by: Table[K], relations: Relations, kind: K) -> bool:
    """Whether numbers are shown as they are; False: no cell of few people. Refuses whoever may see neither."""
    if decide(by, relations, Act.READ, kind) is Decision.ALLOWED:
        return True
    if decide(by, relations, Act.AGGREGATE, kind) is Decision.ALLOWED:
        return False
    raise forbidden(by, kind, Act.READ, Act.AGGREGATE)


def forbidden[K: StrEnum](by: Table[K], kind: K, *acts: Act) -> Forbidden:
    """Says who may do one of these."""
    who = " or ".join(f"the {WORDS[relation]}" for relation, may in by[kind].items() if may & set(acts))
    return Forbidden(f"This is for {who} only." if who else "This is for nobody to do.")


WORDS = {
    Relation.MENTEE: "mentee",
    Relation.MENTOR: "mentor",
    Relation.AUTHOR: "person whose own it is",
    Relation.PARTNER: "other one of the two",
    Relation.FORMER_MENTOR: "former mentor",
    Relation.NEXT_MENTOR: "next mentor",
    Relation.MANAGER: "role programme_manager, for this programme or for all of them",
    Relation.MANAGER_OF_ALL: "role programme_manager for all programmes",
    Relation.ADMIN: "role org_admin",
    Relation.HR: "role hr_analyst",
    Relation.AUDITOR: "role auditor",
    Relation.COLLEAGUE: "people of the organisation",
    Relation.WORKFLOWS: "cycle of a mentorship",
    Relation.NOTIFICATIONS: "notifications part",
    Relation.PART: "parts of the platform",
    Relation.ELSEWHERE: "other organisations",
    Relation.NOBODY: "public",
}
