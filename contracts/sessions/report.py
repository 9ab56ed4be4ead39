"""How many mentorships of a programme meet."""

from contracts.wire import Operation, Record


class ContactReport(Record, frozen=True, kw_only=True):
    """How many running mentorships of a programme held a check-in in thirty days. None hides a small number."""

    programme_id: str
    with_recent_contact: int | None


class ReportContact(Record, frozen=True, kw_only=True):
    """That number: always for the programme's manager; for an HR analyst where at least five are on either side."""

    programme_id: str


REPORT_CONTACT = Operation("sessions.report_contact", ReportContact, ContactReport, safe=True)
