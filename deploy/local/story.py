"""The demo's story: Maria, her mentor Sofia and Priya, who runs the programme, live through three months together.

Everything goes through the public endpoint, in their own names; only time is moved for them.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

from deploy.local.person import Person
from deploy.local.telling import Telling, local

PASSWORD = "a long phrase for the demo"  # noqa: S105 - of people who live for a minute
ZONE = "Europe/Berlin"
CHECK_INS = 6
MISSED = 3
PRESENTED_BEFORE = {2, 4, 5}  # check-ins that Maria comes to with a presentation given
POLICY = {"length": "P90D", "closingLead": "P7D", "milestoneEvery": "P42D", "reviewOpensBefore": "P7D"}
DEADLINE = 30.0  # seconds that anything may take to show


class StoryStopped(Exception):
    """Something that the story needs did not come about; the message says what."""


class Story:
    """Three people, one mentorship, and what has been seen of it so far."""

    policy: ClassVar[Mapping[str, str]] = POLICY
    opening: ClassVar[str] = "opens the programme: 90 days, a milestone review after six weeks"

    def __init__(
        self, priya: Person, maria: Person, sofia: Person, telling: Telling, *, domain: str = "northwind.example"
    ) -> None:
        """`domain` is where their mail addresses are, which no two organisations of an installation share."""
        self.priya, self.maria, self.sofia = priya, maria, sofia
        self.domain, self.tell = domain, telling
        self.mentorship_id = self.goal_id = ""
        self.events: Counter[str] = Counter()
        self._new_event = asyncio.Event()

    async def play(self) -> None:
        """From the founding of an organisation to the closure of a mentorship."""
        await self.found()
        await self.propose()
        async with self.watching():
            await self.agree()
            for number in range(1, CHECK_INS + 1):
                await self.check_in(number)
                if number == MISSED:
                    await self.review_milestone()
            await self.close()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Meanwhile, show the mentorship's events as the subscription brings them."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def found(self) -> None:
        """Priya sets up the organisation, its people and a programme."""
        self.tell.chapter("Priya opens a programme")
        await self.priya.do(
            "registerOrganisation", "organisation { id }", name="Northwind", adminName=self.priya.name,
            adminEmail=f"priya@{self.domain}", password=PASSWORD, zone=ZONE,
        )  # fmt: skip
        await self.priya.sign_in(f"priya@{self.domain}", PASSWORD)
        for person in (self.maria, self.sofia):
            email = f"{person.name.lower()}@{self.domain}"
            await self.priya.do("addUser", "user { id }", name=person.name, email=email, password=PASSWORD, zone=ZONE)
            await person.sign_in(email, PASSWORD)
        self.tell.step("Priya", "registers Northwind and adds Maria and Sofia")
        returning = "programme { id policy { length } }"
        made = await self.priya.do("createProgramme", returning, name="Women who lead", policy=dict(self.policy))
        self.programme_id = made["programme"]["id"]
        self.tell.step("Priya", self.opening)

    async def propose(self) -> None:
        """Priya proposes the pair, and both say yes."""
        made = await self.priya.do(
            "proposeMentorship", "mentorship { id }", programmeId=self.programme_id, mentorId=self.sofia.id,
            menteeId=self.maria.id,
        )  # fmt: skip
        self.mentorship_id = made["mentorship"]["id"]
        self.tell.step("Priya", "proposes Sofia as Maria's mentor")
        for person in (self.maria, self.sofia):
            await person.do("respondToMatch", "mentorship { id }", mentorshipId=self.mentorship_id, accept=True)
            self.tell.step(person.name, "says yes")
        await self.until_phase("EXPECTATION_SETTING")

    async def agree(self) -> None:
        """Expectations, a SMART goal, a rhythm, two signatures."""
        self.tell.chapter("Maria and Sofia say what they expect")
        await self.write_agreement()
        await self.set_goal()
        await self.set_rhythm()
        for person in (self.maria, self.sofia):
            await self.sign(person)
        await self.until_phase("ACTIVE")

    async def write_agreement(self) -> None:
        """What they expect of each other, and which challenge they take on."""
        await self.sofia.do(
            "draftAgreement", "mentorship { id }", mentorshipId=self.mentorship_id,
            challenges=["Being heard in rooms full of senior people"],
            menteeExpectations="I come prepared, with a question. I try things before I judge them.",
            mentorExpectations="I am on time, I answer within three days, and I say what I see.",
        )  # fmt: skip
        self.tell.step("Sofia", "writes the agreement down")

    async def sign(self, person: Person) -> None:
        """A party reads the newest version and signs it."""
        version = (await self.mentorship("agreement { version }"))["agreement"]["version"]
        returning = "mentorship { id }"
        await person.do("signAgreement", returning, mentorshipId=self.mentorship_id, agreementVersion=version)
        self.tell.step(person.name, "signs")

    async def set_goal(self) -> None:
        """The article's SMART goal: drafted, proposed, agreed."""
        today = (await self.now()).date()
        drafted = await self.maria.do(
            "draftGoal", "goal { id }", mentorshipId=self.mentorship_id,
            title="Deliver three presentations in the next three months and receive feedback on each",
            smart={
                "specific": "Present my team's work to people outside the team",
                "measurable": "Three presentations, each with written feedback",
                "achievable": "One a month; the first is on the calendar",
                "relevant": "I want to lead a team, and leading starts with being heard",
                "timeBound": "Within the next three months",
            },
            metric={"name": "Presentations", "unit": "presentations", "kind": "COUNT", "baseline": 0, "target": 3},
            due=(today + timedelta(days=90)).isoformat(),
        )  # fmt: skip
        self.goal_id = drafted["goal"]["id"]
        await self.maria.do("proposeGoal", "goal { id }", goalId=self.goal_id)
        self.tell.step("Maria", "proposes a goal: three presentations in three months")
        await self.sofia.do("approveGoal", "goal { id }", goalId=self.goal_id)
        self.tell.step("Sofia", "agrees to the goal")

    async def set_rhythm(self) -> None:
        """Every other week at five, from a week today on."""
        first = (await self.now()).date() + timedelta(days=7)
        await self.sofia.do(
            "setCadence", "cadence { id }", mentorshipId=self.mentorship_id, rule="FREQ=WEEKLY;INTERVAL=2",
            startsAt=f"{first}T17:00:00", zone=ZONE, minutes=60,
        )  # fmt: skip
        self.tell.step("Sofia", f"sets the rhythm: every other week at 17:00, from {first:%d %B} on")

    async def check_in(self, number: int) -> None:
        """One turn of the rhythm: prepare, meet (or not), write down what follows."""
        check_in = await self.until(lambda: self.find_check_in(number), f"check-in {number} on the calendar")
        starts_at = datetime.fromisoformat(check_in["startsAt"])
        await self.live_until(starts_at - timedelta(hours=71))
        self.tell.chapter(f"Check-in {number} of {CHECK_INS}", await self.now())
        if number in PRESENTED_BEFORE:
            await self.present(number)
        await self.prepare(check_in["id"], number)
        await self.live_until(starts_at + timedelta(hours=1))
        if number == MISSED:
            await self.miss(check_in["id"])
        else:
            await self.meet(check_in["id"], number)

    async def prepare(self, check_in_id: str, number: int) -> None:
        """Maria sums up and asks; half an hour that counts."""
        await self.maria.do(
            "submitPreparation", "checkIn { id }", checkInId=check_in_id,
            summary=f"What moved since last time, part {number}: I tried the opening we practised.",
            questions=["How do I hold the room when the questions become technical?"],
        )  # fmt: skip
        started_at = (await self.now() - timedelta(minutes=31)).isoformat()
        await self.maria.do(
            "logTime", "timeEntry { id }", mentorshipId=self.mentorship_id, kind="PREPARATION",
            startedAt=started_at, minutes=30, checkInId=check_in_id,
        )  # fmt: skip
        self.tell.step("Maria", "prepares: a summary and a question")
        await self.sofia.do("markBriefRead", "checkIn { id }", checkInId=check_in_id)

    async def meet(self, check_in_id: str, number: int) -> None:
        """Both were there, both say so, and something follows from it."""
        for person in (self.maria, self.sofia):
            await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance="BOTH_PRESENT")
        self.tell.step("Both", "met, and say so")
        await self.until_seen("sessions.checkin_held.v1", number - (number > MISSED))
        await self.sofia.do(
            "writeNote", "note { id }", mentorshipId=self.mentorship_id, checkInId=check_in_id, visibility="SHARED",
            text="Start with the decision you want from the room, then the reasons.",
        )  # fmt: skip
        await self.add_and_complete(f"Rehearse the opening, round {number}")
        if number in (1, 4):
            await self.give_feedback()

    async def miss(self, check_in_id: str) -> None:
        """Sofia could not come. It is said, followed up, and made good for."""
        for person in (self.maria, self.sofia):
            await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance="MENTOR_ABSENT")
        self.tell.step("Both", "say that Sofia could not come")
        await self.until_seen("sessions.checkin_missed.v1", 1)
        await self.until(lambda: self.was_told(self.sofia, "CHECK_IN_MISSED"), "the offer of a new slot")
        await self.sofia.do(
            "writeNote", "note { id }", mentorshipId=self.mentorship_id, checkInId=check_in_id, visibility="SHARED",
            text="I was ill and should have told you earlier. I read your draft instead; comments are in it.",
        )  # fmt: skip
        started_at = (await self.now() - timedelta(minutes=46)).isoformat()
        await self.sofia.do(
            "logTime", "timeEntry { id }", mentorshipId=self.mentorship_id, kind="ASYNC", startedAt=started_at,
            minutes=45,
        )  # fmt: skip
        self.tell.step("Sofia", "follows up: reads Maria's draft and leaves a note")

    async def add_and_complete(self, title: str) -> None:
        """A small promise with a day, kept."""
        due = ((await self.now()) + timedelta(days=7)).date().isoformat()
        item = await self.maria.do(
            "addActionItem", "actionItem { id }", mentorshipId=self.mentorship_id, ownerId=self.maria.id, title=title,
            due=due, goalId=self.goal_id,
        )  # fmt: skip
        await self.maria.do("completeActionItem", "actionItem { id }", actionItemId=item["actionItem"]["id"])
        self.tell.step("Maria", "takes an action item and completes it")

    async def give_feedback(self) -> None:
        """Sofia says what she saw; Maria takes it in."""
        given = await self.sofia.do(
            "giveFeedback", "feedback { id }", mentorshipId=self.mentorship_id, kind="IMPROVE",
            situation="In the quarterly review, on the second slide",
            behaviour="You answered each question at once and at length",
            impact="The room lost your argument, and the decision was put off",
        )  # fmt: skip
        await self.maria.do("acknowledgeFeedback", "feedback { id }", feedbackId=given["feedback"]["id"])
        self.tell.step("Sofia", "gives feedback, and Maria acknowledges it")

    async def present(self, number: int) -> None:
        """One presentation more."""
        today = (await self.now()).date().isoformat()
        logged = await self.maria.do(
            "logProgress", "goal { current attainment }", goalId=self.goal_id, value=1, on=today,
            note=f"Presented before check-in {number}; three people wrote feedback",
        )  # fmt: skip
        self.tell.step("Maria", f"presented: {logged['goal']['current']:.0f} of 3")

    async def review_milestone(self) -> None:
        """Half-way, both look back; the review opens a week before its day."""
        activated_at = datetime.fromisoformat(await self.entered("ACTIVE"))
        await self.live_until(activated_at + timedelta(days=36))
        await self.answer_reviews("MILESTONE", "Milestone review", rating=4)

    async def close(self) -> None:
        """The last week: closing reviews, and the end."""
        activated_at = datetime.fromisoformat(await self.entered("ACTIVE"))
        await self.live_until(activated_at + timedelta(days=83, hours=1))
        await self.until_phase("CLOSING")
        await self.live_until(activated_at + timedelta(days=86))
        await self.answer_reviews("FINAL", "Closing reviews", rating=5)
        await self.until_phase("CLOSED")
        self.tell.step("Together", "they close their mentorship")

    async def answer_reviews(self, kind: str, title: str, *, rating: int) -> None:
        """Both answer the open review of this kind."""
        review = await self.until(lambda: self.find_review(kind), f"the {kind.lower()} review")
        self.tell.chapter(title, await self.now())
        for person in (self.maria, self.sofia):
            await person.do(
                "submitReview", "review { id }", reviewId=review["id"], rating=rating,
                text="We said things early and honestly, and it made both of us better.",
            )  # fmt: skip
            self.tell.step(person.name, f"answers with {rating} of 5")

    async def now(self) -> datetime:
        """The sandbox's moment."""
        return datetime.fromisoformat((await self.priya.ask("{ clock { now } }"))["clock"]["now"])

    async def live_until(self, moment: datetime) -> None:
        """Let time pass."""
        await self.tell.pause()
        by = moment - await self.now()
        if by > timedelta():
            await self.priya.do("moveTime", "clock { now }", by=f"PT{math.ceil(by.total_seconds())}S")

    async def find_check_in(self, number: int) -> dict[str, Any] | None:
        """The check-in with this number, once it is on the calendar."""
        check_ins = (await self.mentorship("checkIns(first: 50) { edges { node { id index startsAt } } }"))["checkIns"]
        return next((each["node"] for each in check_ins["edges"] if each["node"]["index"] == number), None)

    async def find_review(self, kind: str) -> dict[str, Any] | None:
        """The review of this kind, once it is open."""
        reviews = (await self.mentorship("reviews { edges { node { id kind } } }"))["reviews"]
        return next((each["node"] for each in reviews["edges"] if each["node"]["kind"] == kind), None)

    async def was_told(self, person: Person, template: str) -> bool:
        """Whether a person has this message among the newest."""
        answer = await person.ask("{ notifications(first: 20) { edges { node { template } } } }")
        return any(edge["node"]["template"] == template for edge in answer["notifications"]["edges"])

    async def entered(self, phase: str) -> str:
        """When the mentorship entered a phase."""
        phases = (await self.mentorship("phases { phase at }"))["phases"]
        return next(str(change["at"]) for change in phases if change["phase"] == phase)

    async def mentorship(self, fields: str) -> dict[str, Any]:
        """Some fields of the mentorship, as Maria sees it."""
        document = f"query($id: ID!) {{ mentorship(id: $id) {{ {fields} }} }}"
        found: dict[str, Any] = (await self.maria.ask(document, id=self.mentorship_id))["mentorship"]
        return found

    async def until_phase(self, phase: str) -> None:
        """Wait until the cycle has entered a phase."""

        async def entered_at() -> str | None:
            found = await self.mentorship("phase phases { at }")
            return str(found["phases"][-1]["at"]) if found["phase"] == phase else None

        self.tell.phase(phase, local(await self.until(entered_at, f"phase {phase}")))

    async def until_seen(self, topic: str, times: int) -> None:
        """Wait until the subscription has shown this so often."""

        async def is_seen() -> bool:
            return self.events[topic] >= times

        await self.until(is_seen, f"{topic} on the subscription")

    async def until[T](self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        """Look again, at once when an event arrives, until there is something to see."""
        deadline = time.monotonic() + DEADLINE
        while not (found := await look()):
            if time.monotonic() > deadline:
                raise StoryStopped(f"waited {DEADLINE:.0f} s in vain for {what}.")
            self._new_event.clear()
            try:
                await asyncio.wait_for(self._new_event.wait(), 0.25)
            except TimeoutError:
                continue
        return found

    async def _watch(self) -> None:
        async for event in self.maria.watch(self.mentorship_id):
            self.events[event["type"]] += 1
            self.tell.event(event["title"], event["at"])
            self._new_event.set()
