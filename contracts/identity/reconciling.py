"""What the nightly comparison of cycles and records asks identity: for the workflows part alone."""

from datetime import datetime

from contracts.identity.mentorship import Closure, MentorshipCard, MentorshipFact, Phase
from contracts.wire import ByIds, CycleCommand, Operation, Page, Record, topic


class Standing(Record, frozen=True, kw_only=True):
    """Where a mentorship stands by its own record, to be compared with its cycle and with what other parts keep.

    `ending` is how it is going to close, where somebody has asked for that.
    """

    card: MentorshipCard
    phase_version: int
    ending: Closure | None = None
    created_at: datetime


class ListStandings(Record, frozen=True, kw_only=True):
    """All mentorships of the token's organisation, the oldest first; at most 100 at once."""

    first: int = 100
    after: str | None = None


class ListOrganisationIds(Record, frozen=True, kw_only=True):
    """The ids of all organisations of the installation that come after one, in the order of ids."""

    after: str = ""
    first: int = 100


class OrganisationIds(Record, frozen=True, kw_only=True):
    """One page of them; an empty one is the last."""

    ids: tuple[str, ...]


class RetellMentorship(CycleCommand, frozen=True, kw_only=True):
    """Tell all parts anew how a mentorship stands. `above`: the highest version that any of them believes in."""

    mentorship_id: str
    above: int = 0


LIST_STANDINGS = Operation("identity.list_standings", ListStandings, Page[Standing], safe=True)
GET_STANDINGS = Operation("identity.get_standings", ByIds, tuple[Standing, ...], safe=True)
LIST_ORGANISATION_IDS = Operation("identity.list_organisation_ids", ListOrganisationIds, OrganisationIds, safe=True)
RETELL_MENTORSHIP = Operation("identity.retell_mentorship", RetellMentorship, Standing)


@topic("identity.mentorship_retold.v1")
class MentorshipRetold(MentorshipFact, frozen=True, kw_only=True):
    """Nothing happened: the parts are told once more how a mentorship stands, because one of them had it otherwise."""

    phase: Phase


GOALS_CARDS = Operation("goals.get_kept_cards", ByIds, tuple[MentorshipCard, ...], safe=True)
SESSIONS_CARDS = Operation("sessions.get_kept_cards", ByIds, tuple[MentorshipCard, ...], safe=True)
NOTIFICATIONS_CARDS = Operation("notifications.get_kept_cards", ByIds, tuple[MentorshipCard, ...], safe=True)
KEPT_CARDS = {  # what each other part keeps, as it keeps it
    "goals": GOALS_CARDS,
    "sessions": SESSIONS_CARDS,
    "notifications": NOTIFICATIONS_CARDS,
}
