"""A story of some months with everything in it that a year may bring, told the same way each time.

Whoever acts has keys of its own that are the same in each telling, and so all ids are the same too. What happens at
awkward moments is given: `trouble` names a moment, and may break something while time moves over it.
"""

import asyncio
import io
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import aiohttp
from rich.console import Console

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from deploy.local.telling import Telling
from tests.system.cycle import local
from tests.system.quiet import Quiet

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST_MEETING = 22  # days after the beginning, a Tuesday
LENGTH, LEAVE = 70, 15  # days
LATE = 16  # days until the second signature, two too late

MOVE = """mutation($by: Duration!, $key: String!) {
  moveTime(input: { by: $by, idempotencyKey: $key }) { userErrors { code } } }"""

type Trouble = Callable[[str], Coroutine[Any, Any, None]]


class Steady(Person):
    """Gives each command a key that it has in every telling."""

    def __init__(self, name: str, endpoint: str) -> None:
        super().__init__(name, endpoint)
        self._done = 0

    async def do(self, mutation: str, returning: str, **given: Any) -> dict[str, Any]:
        """Carry it out under the next key of this person."""
        self._done += 1
        given.setdefault("idempotencyKey", f"{self.name}-{self._done}")
        return await super().do(mutation, returning, **given)

    async def ask_once(self, document: str, **variables: Any) -> None:
        """Ask, and leave it at that whatever comes of it: who tries again may do it twice."""
        headers, request = {"authorization": self.authorization}, {"query": document, "variables": variables}
        with suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with aiohttp.ClientSession(headers=headers) as http, http.post(self.endpoint, json=request) as answer:
                await answer.read()


class Season(Story):
    """From the founding of an organisation to the first look back at it."""

    policy: ClassVar[dict[str, str]] = {
        "length": "P70D", "closingLead": "P7D", "hardCloseAfter": "P7D", "milestoneEvery": "P28D",
        "firstMeeting": "P28D",
    }  # fmt: skip

    priya: Steady

    def __init__(self, people: tuple[Steady, Steady, Steady], stack: Stack, quiet: Quiet, trouble: Trouble) -> None:
        super().__init__(*people, Telling(Console(file=io.StringIO())), domain="season.example")
        self.stack, self.quiet, self.trouble = stack, quiet, trouble
        self.begins: datetime

    async def live(self, begins: datetime) -> None:
        """All of it. `begins` is a Monday, eight in the morning (UTC)."""
        self.begins = begins
        await self.found()
        await self.reach(begins)
        await self.propose()
        await self.agree()
        await self.meet_once()
        await self.drift()
        await self.rest()
        await self.come_back()
        await self.end()

    def at(self, days: float, hours: float = 0) -> datetime:
        """So long after the beginning."""
        return self.begins + timedelta(days=days, hours=hours)

    def meeting(self, number: int) -> datetime:
        """When they meet: on Tuesdays, by UTC so that a change of clocks is for other tests."""
        return self.at(FIRST_MEETING + 7 * (number - 1), 9)

    @property
    def ends(self) -> datetime:
        """The end date: ten weeks after the second signature, and the leave on top."""
        return self.at(LATE + LENGTH + LEAVE)

    async def agree(self) -> None:
        """One signs at once, the other one late enough for a case."""
        await self.write_agreement()
        await self.set_goal()
        given = {"mentorshipId": self.mentorship_id, "zone": "UTC"}
        first, sunday = f"{self.meeting(1):%Y-%m-%dT%H:%M:%S}", f"{self.at(20, 10):%Y-%m-%dT%H:%M:%S}"
        await self.sofia.do("setCadence", "cadence { id }", rule="FREQ=WEEKLY", startsAt=first, minutes=60, **given)
        given |= {"rule": "FREQ=WEEKLY"}
        await self.sofia.do("setFeedbackCadence", "feedbackCadence { id }", startsAt=sunday, **given)
        await self.sign(self.maria)
        await self.through("the signature is overdue", self.at(LATE))
        await self.sign(self.sofia)
        await self.until_phase("ACTIVE")
        await self.rested()

    async def meet_once(self) -> None:
        """A week as it should be."""
        check_in = await self.on_calendar(1)
        await self.reach(self.meeting(1) - 30 * HOUR)
        await self.prepare_for(check_in)
        await self.through("they meet", self.meeting(1) + HOUR)
        await self.attest(check_in, "BOTH_PRESENT", self.maria, self.sofia)
        self.feedback_id = await self.say_what_was_seen()
        self.item_id = await self.promise((self.meeting(1) + 6 * DAY).date().isoformat())
        asked = await self.maria.do(
            "requestHelp", "helpRequest { id }", mentorshipId=self.mentorship_id, kind="ADVICE", text="How do I begin?"
        )
        self.help_id = asked["helpRequest"]["id"]
        await self.reach(self.meeting(1) + 2 * DAY)
        await self.maria.do("acknowledgeFeedback", "feedback { id }", feedbackId=self.feedback_id)
        await self.report()

    async def drift(self) -> None:
        """Two check-ins are missed, a question stays without an answer, an item is done late."""
        await self.on_calendar(2)
        await self.through("nobody comes", self.meeting(2) + 4 * DAY)
        await self.maria.do("completeActionItem", "actionItem { id }", actionItemId=self.item_id)
        await self.on_calendar(3)
        await self.through("nobody comes again", self.meeting(3) + 4 * DAY)
        await self.sofia.do("answerHelp", "helpRequest { id }", helpRequestId=self.help_id, answer="With a question.")

    async def rest(self) -> None:
        """Two weeks of leave, over two check-ins, that end by themselves."""
        await self.on_calendar(4)
        open_item = await self.promise((self.meeting(4) + DAY).date().isoformat())
        until = (self.meeting(3) + (4 + LEAVE) * DAY).isoformat()
        await self.maria.do("requestPause", "mentorship { id }", mentorshipId=self.mentorship_id, until=until)
        approve = {"mentorshipId": self.mentorship_id, "approve": True}
        breaking = asyncio.create_task(self.trouble("they go on leave"))
        await self.sofia.do("answerPause", "mentorship { id }", **approve)
        await breaking
        await self.until_phase("PAUSED")
        await self.rested()
        await self.through("the leave ends", self.meeting(6) - 2 * DAY + 2 * HOUR)
        await self.until_phase("ACTIVE")
        await self.maria.do("completeActionItem", "actionItem { id }", actionItemId=open_item)
        await self.rested()

    async def come_back(self) -> None:
        """They say different things about a check-in, and Priya decides; then they look back on a month."""
        check_in = await self.on_calendar(5)
        await self.reach(self.meeting(6) + HOUR)
        await self.attest(check_in, "BOTH_PRESENT", self.sofia)
        await self.attest(check_in, "MENTOR_ABSENT", self.maria)
        await self.rested()
        await self.priya.do("resolveAttendance", "checkIn { id }", checkInId=check_in, attendance="BOTH_PRESENT")
        await self.say_what_was_seen()
        await self.report()
        await self.rested()
        await self.through("weeks go by", self.meeting(9) + 4 * DAY)
        for review in await self.reviews("MILESTONE"):
            await self.submit(review, self.maria, self.sofia)

    async def end(self) -> None:
        """The last week, one review in time and one after it, and the first look back."""
        await self.through("the end comes near", self.ends - 3 * DAY)
        await self.until_phase("CLOSING")
        (final,) = await self.reviews("FINAL")
        await self.submit(final, self.maria)
        await self.through("the end is here", self.ends + 2 * DAY)
        await self.submit(final, self.sofia)
        await self.until_phase("CLOSED")
        await self.rested()
        await self.through("a season later", self.ends + 93 * DAY)

    async def through(self, moment: str, until: datetime) -> None:
        """Move time, with whatever trouble there is meanwhile."""
        await self.rested()
        breaking = asyncio.create_task(self.trouble(moment))
        await self.reach(until)
        await breaking
        await self.rested()

    async def reach(self, moment: datetime) -> None:
        """Let time pass. A move may outlast the patience of the gateway, and whoever moves time may die half way."""
        if self.mentorship_id:
            await self.rested()
        mover, by = None, ""
        while (left := moment - await self.now()) > timedelta():
            pid = self.stack.running["workflows"].pid
            if pid != mover:  # the next one knows nothing of the last one's moves: it is seen anew how much is left
                mover, by = pid, f"PT{int(left.total_seconds()) + 1}S"
            await self.priya.ask_once(MOVE, by=by, key=f"{moment}-{mover}")

    async def rested(self) -> None:
        """Nothing is under way any more."""
        await self.quiet.reached(local(self.mentorship_id))

    async def on_calendar(self, number: int) -> str:
        """The id of a check-in, once it is planned."""
        found = await self.until(lambda: self.find_check_in(number), f"check-in {number}")
        return str(found["id"])

    async def prepare_for(self, check_in_id: str) -> None:
        """In time, and read."""
        said = {"summary": "What is new since last time", "questions": ["What would you do first?"]}
        await self.maria.do("submitPreparation", "checkIn { id }", checkInId=check_in_id, **said)
        await self.sofia.do("markBriefRead", "checkIn { id }", checkInId=check_in_id)

    async def attest(self, check_in_id: str, attendance: str, *people: Person) -> None:
        """They say who was there."""
        for person in people:
            await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance=attendance)

    async def say_what_was_seen(self) -> str:
        """Sofia's feedback."""
        given = await self.sofia.do(
            "giveFeedback", "feedback { id }", mentorshipId=self.mentorship_id, kind="STRENGTH",
            situation="In the stand-up", behaviour="You asked the quiet colleague", impact="We heard the risk in time",
        )  # fmt: skip
        return str(given["feedback"]["id"])

    async def promise(self, due: str) -> str:
        """Maria's next item."""
        added = await self.maria.do(
            "addActionItem", "actionItem { id }", mentorshipId=self.mentorship_id, ownerId=self.maria.id,
            title="Ask three people", due=due,
        )  # fmt: skip
        return str(added["actionItem"]["id"])

    async def report(self) -> None:
        """Maria's word about the week."""
        week = (await self.now()).astimezone(UTC).isocalendar()
        await self.maria.do(
            "submitProgressUpdate", "progressUpdate { id }", mentorshipId=self.mentorship_id,
            period=f"{week.year}-W{week.week:02}", done="Asked two people", next="Ask the third one",
        )  # fmt: skip

    async def reviews(self, kind: str) -> list[str]:
        """The reviews of a kind that are there."""
        found = (await self.mentorship("reviews { edges { node { id kind } } }"))["reviews"]["edges"]
        return [edge["node"]["id"] for edge in found if edge["node"]["kind"] == kind]

    async def submit(self, review_id: str, *people: Person) -> None:
        """They look back."""
        for person in people:
            await person.do("submitReview", "review { id }", reviewId=review_id, rating=4, text="It was worth it.")
