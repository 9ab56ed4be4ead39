"""Invitations as they leave the platform: put on the calendar, moved, taken off, under one UID."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from ical.calendar_stream import IcsCalendarStream

from deploy.local.backends import Backends
from deploy.local.story import Story
from tests.system.meetings import local
from tests.system.polling import until


def _invitations(folder: Path, address: str) -> list[tuple[str, int, str, datetime]]:
    """Method, sequence, uid and start of each invitation that an address got, in the order of their sequence."""
    found = []
    for file in folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if address not in str(mail["To"]):
            continue
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                calendar = IcsCalendarStream.calendar_from_ics(part.get_content())
                (event,) = calendar.events
                assert calendar.method == part.get_param("method")
                assert isinstance(event.start, datetime)
                found.append((str(calendar.method), event.sequence or 0, str(event.uid), event.start))
    return sorted(found, key=lambda each: each[1])


async def test_a_check_in_is_put_on_both_calendars_moved_there_and_taken_off(active: Story, backends: Backends) -> None:
    async def scheduled() -> dict[str, str] | None:
        found: dict[str, str] | None = (await active.mentorship("nextCheckIn { id startsAt }"))["nextCheckIn"]
        return found

    first = await until(scheduled, "the first check-in")
    assert first
    begins = datetime.fromisoformat(first["startsAt"])
    later = begins + timedelta(days=1)
    given = {"checkInId": first["id"]}
    await active.maria.do("rescheduleCheckIn", "checkIn { id }", **given, startsAt=later.isoformat())
    await active.sofia.do("respondToReschedule", "checkIn { id }", **given, accept=True)
    await active.sofia.do("cancelCheckIn", "checkIn { id }", **given, reason="WORK")
    for person in (active.maria, active.sofia):
        address = f"{person.name.lower()}@{active.domain}"

        async def arrived(address: str = address) -> list[tuple[str, int, str, datetime]]:
            found = _invitations(backends.mail, address)
            mine = [each for each in found if each[2] == f"{local(first['id'])}@inzpireu"]
            return mine if len(mine) == 3 else []

        invitations = await until(arrived, "all three invitations")
        assert [(method, sequence, start) for method, sequence, _, start in invitations] == [
            ("REQUEST", 0, begins),
            ("REQUEST", 1, later),
            ("CANCEL", 2, later),
        ]
