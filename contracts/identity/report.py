"""How a programme fills: who is still without a partner, and what mentors offer that nobody uses."""

from contracts.wire import Operation, Record


class FunnelSide(Record, frozen=True, kw_only=True):
    """How many people of one side have come how far. None hides a number of so few that it could point at somebody.

    `matched` have an open mentorship of the programme, proposals included; `unmatched` take part and have none.
    """

    submitted: int | None
    waiting: int | None
    approved: int | None
    matched: int | None
    unmatched: int | None


class UnusedCapacity(Record, frozen=True, kw_only=True):
    """What the mentors of a programme offer, summed up: `minutes` a month, of which `unused_minutes` serve nobody.

    A mentor's unused minutes are those of the free seats; who takes on nobody new has none.
    """

    mentors: int | None
    idle_mentors: int | None
    seats: int | None
    seats_free: int | None
    minutes: int | None
    unused_minutes: int | None


class ProgrammeReport(Record, frozen=True, kw_only=True):
    """One programme's numbers at this moment. `with_agreement` of the running `mentorships` both have signed."""

    programme_id: str
    mentees: FunnelSide
    mentors: FunnelSide
    unused: UnusedCapacity
    mentorships: int | None = None
    with_agreement: int | None = None


class ReportProgramme(Record, frozen=True, kw_only=True):
    """A programme's numbers: all for its manager; for an HR analyst those of at least five people."""

    programme_id: str


REPORT_PROGRAMME = Operation("identity.report_programme", ReportProgramme, ProgrammeReport, safe=True)
