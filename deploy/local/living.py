"""Maria's year as lived on the platform: the plan's deeds, done by the people whose they are, with time moved between."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, ClassVar

from contracts.goals.ledger import Promise
from contracts.identity import Party
from deploy.local import plan, words, year
from deploy.local.months import Months
from deploy.local.person import Person
from deploy.local.plan import DAY, ZONE, Calendar, Deed
from deploy.local.story import Story
from deploy.local.words import turn
from deploy.local.year import LEAVE, Year

_MONDAY_MORNING = 8  # UTC
# within one moment: what is made comes before what needs it
_ORDER = [Promise.PREPARE, Promise.READ_BRIEF, Promise.ATTEND]


class LivedYear(Story):
    """The same three people; what they do on which day is data."""

    policy: ClassVar[Mapping[str, str]] = plan.POLICY
    opening: ClassVar[str] = "opens the programme: a year, a review each quarter"
    tell: Months

    def __init__(self, told: Year, people: tuple[Person, Person, Person], telling: Months, *, domain: str) -> None:
        super().__init__(*people, telling, domain=domain)
        self.year = told
        self.made: dict[tuple[Promise, int, Party], str] = {}  # what is done later: the id of each item and request
        self.goals: dict[str, str] = {}
        self.metrics: dict[str, str] = {}
        self.calendar: Calendar
        self.told_of: set[str] = set()  # cases that Priya has taken
        self._ahead = timedelta()

    async def play(self) -> None:
        """From the founding of an organisation to the closure of a mentorship, and some days beyond."""
        await self.found()
        await self.begin_on_monday()
        await self.propose()
        async with self.watching():
            await self.agree()
            await self.live()
            await self.until_closed()

    async def begin_on_monday(self) -> None:
        """Let the story begin in the morning of the next Monday."""
        now = await self.now()
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=_MONDAY_MORNING, minute=0, second=0)
        await self.live_until(monday)

    async def agree(self) -> None:
        """Two goals, two rhythms, and a signature that comes two days late."""
        began = datetime.fromisoformat(await self.entered("EXPECTATION_SETTING"))
        self.calendar = Calendar(began + plan.AGREED_WITHIN + 2 * DAY)
        self.tell.chapter("Maria and Sofia say what they expect", began)
        await self.write_agreement()
        await asyncio.gather(self.set_projects(), self.set_team(), self.set_rhythms())
        await self.live_until(began + DAY)
        await self.sign(self.maria)
        await self.live_until(self.calendar.activated_at)
        await self.sign(self.sofia)
        await self.until_phase("ACTIVE")
        self.calendar = Calendar(datetime.fromisoformat(await self.entered("ACTIVE")))
        await self.look_at_cases()

    async def set_rhythms(self) -> None:
        """Every other week they meet, and every week there is feedback."""
        first, due = self.calendar.meeting(2), self.calendar.local(1, 7, plan.FEEDBACK_DUE)
        await self.sofia.do(
            "setCadence", "cadence { id }", mentorshipId=self.mentorship_id, rule="FREQ=WEEKLY;INTERVAL=2",
            startsAt=_wall(first), zone=ZONE, minutes=60,
        )  # fmt: skip
        await self.sofia.do(
            "setFeedbackCadence", "feedbackCadence { id }", mentorshipId=self.mentorship_id, rule="FREQ=WEEKLY",
            startsAt=_wall(due), zone=ZONE,
        )  # fmt: skip
        self.tell.step("Sofia", "sets the rhythm: a check-in every other week, feedback every week")

    async def set_projects(self) -> None:
        """A project each quarter, with a milestone for each and its steps beside."""
        goal_id = await self.agree_on(
            year.PROJECTS_GOAL, "Four projects, delivered and looked back on with those who did the work",
            {"name": "Projects", "unit": "projects", "kind": "COUNT", "baseline": 0, "target": 4},
            {"name": "Steps", "unit": "steps", "kind": "COUNT", "baseline": 0, "target": 24},
        )  # fmt: skip
        for week, title in year.PROJECTS.items():
            due = (self.calendar.friday(week) + DAY).date().isoformat()
            await self.maria.do("addMilestone", "goal { id }", goalId=goal_id, title=title, due=due)

    async def set_team(self) -> None:
        """What the team says, and how often it was asked."""
        await self.agree_on(
            year.TEAM_GOAL, "The team's own answers, three times a year",
            {"name": "Team feedback", "unit": "of 5", "kind": "LAST", "baseline": year.TEAM_BASELINE,
             "target": year.TEAM_TARGET},
            {"name": "Conversations", "unit": "conversations", "kind": "COUNT", "baseline": 0, "target": 24},
        )  # fmt: skip

    async def agree_on(self, title: str, measurable: str, metric: dict[str, Any], beside: dict[str, Any]) -> str:
        """A goal with two metrics: drafted, proposed, agreed."""
        drafted = await self.maria.do(
            "draftGoal", "goal { id }", mentorshipId=self.mentorship_id, title=title, metric=metric,
            smart={
                "specific": "Lead work that crosses the border of my team, and have the team say how it was",
                "measurable": measurable,
                "achievable": "One thing each quarter, agreed with my lead",
                "relevant": "I want to lead a larger team, and this is what that job is made of",
                "timeBound": "By the end of the year with Sofia",
            },
            due=(self.calendar.activated_at + plan.LENGTH + plan.RESTS).date().isoformat(),
        )  # fmt: skip
        goal_id: str = drafted["goal"]["id"]
        added = await self.maria.do("addMetric", "goal { metrics { metricId } }", goalId=goal_id, metric=beside)
        self.goals[title] = goal_id
        self.metrics[title] = added["goal"]["metrics"][-1]["metricId"]
        await self.maria.do("proposeGoal", "goal { id }", goalId=goal_id)
        await self.sofia.do("approveGoal", "goal { id }", goalId=goal_id)
        self.tell.step("Together", f"they agree on a goal: {title}")
        return goal_id

    async def live(self) -> None:
        """Every deed at its moment; what falls on the same one is done side by side."""
        acts = sorted(self.acts(), key=lambda act: act[0])
        self.tell.begin()
        for at, same in groupby(acts, key=lambda act: act[0]):
            await self.live_until(at)
            self.tell.moment(at)
            steps: dict[int, list[Callable[[], Awaitable[None]]]] = defaultdict(list)
            for _, step, do in same:
                steps[step].append(do)
            for step in sorted(steps):
                await asyncio.gather(*(do() for do in steps[step]))
        self.tell.end()

    def acts(self) -> list[tuple[datetime, int, Callable[[], Awaitable[None]]]]:
        """What is done at which moment, in which order within it."""
        planned = list(plan.deeds(self.year.mentor, self.calendar))
        acts = [
            (each.at, _ORDER.index(each.promise) if each.promise in _ORDER else len(_ORDER), self.deed(each))
            for each in planned
            if each.at is not None and each.promise not in {Promise.SIGN_AGREEMENT, Promise.ATTEND}
        ]
        calendar = self.calendar
        for week in year.WEEKS:
            if week not in LEAVE:
                acts.append((calendar.after_meeting(week), 0, lambda week=week: self.evening(week)))
        for week in year.TEAM_ANSWERS:
            acts.append((calendar.after_meeting(week), 0, lambda week=week: self.ask_team(week)))
        acts.append((calendar.leaves_at, 0, self.take_leave))
        acts.append((calendar.after_meeting(LEAVE[1] + 1), -1, lambda: self.until_phase("ACTIVE")))
        acts.append((calendar.friday(53), -1, lambda: self.until_phase("CLOSING")))
        if self.year.figures.outcomes:
            acts.append((calendar.friday(52), 9, self.promote))
        return [act for act in acts if act[0] > calendar.activated_at]

    def deed(self, deed: Deed) -> Callable[[], Awaitable[None]]:
        """How somebody keeps this promise."""
        do = {
            Promise.PREPARE: self.prepare_for,
            Promise.READ_BRIEF: self.read_brief,
            Promise.GIVE_FEEDBACK: self.give,
            Promise.ACKNOWLEDGE_FEEDBACK: self.take_in,
            Promise.ACT_ON_FEEDBACK: self.complete,
            Promise.COMPLETE_ACTION: self.complete,
            Promise.LOG_PROGRESS: self.report,
            Promise.ANSWER_HELP: self.answer,
            Promise.SUBMIT_REVIEW: self.review,
        }[deed.promise]

        async def act() -> None:
            await do(deed)
            self.tell.deed(deed)

        return act

    def who(self, party: Party) -> Person:
        """The person on this side."""
        return self.maria if party is Party.MENTEE else self.sofia

    async def meeting_id(self, week: int) -> str:
        """The check-in of this week, once it is on the calendar."""
        start = self.calendar.meeting(week)

        async def find() -> str | None:
            found = await self.mentorship("checkIns(first: 50) { edges { node { id startsAt } } }")
            nodes = [edge["node"] for edge in found["checkIns"]["edges"]]
            return next((each["id"] for each in nodes if datetime.fromisoformat(each["startsAt"]) == start), None)

        if (Promise.ATTEND, week, Party.MENTEE) not in self.made:
            self.made[Promise.ATTEND, week, Party.MENTEE] = await self.until(find, f"the check-in of week {week}")
        return self.made[Promise.ATTEND, week, Party.MENTEE]

    async def prepare_for(self, deed: Deed) -> None:
        """Maria sums up and asks; half an hour that counts."""
        check_in_id, number = await self.meeting_id(deed.week), deed.week // 2
        await self.maria.do(
            "submitPreparation", "checkIn { id }", checkInId=check_in_id, summary=turn(words.SUMMARIES, number),
            questions=[turn(words.QUESTIONS, number)],
        )  # fmt: skip
        await self.log_time(self.maria, "PREPARATION", 30, checkInId=check_in_id)

    async def read_brief(self, deed: Deed) -> None:
        """Sofia reads what Maria prepared."""
        await self.sofia.do("markBriefRead", "checkIn { id }", checkInId=await self.meeting_id(deed.week))

    async def log_time(self, person: Person, kind: str, minutes: int, **about: str) -> None:
        """Time given that ended a minute ago."""
        started_at = (self.here() - timedelta(minutes=minutes + 1)).isoformat()
        await person.do(
            "logTime", "timeEntry { id }", mentorshipId=self.mentorship_id, kind=kind, startedAt=started_at,
            minutes=minutes, **about,
        )  # fmt: skip

    async def evening(self, week: int) -> None:
        """After the meeting: who was there, what follows from it, and what Maria needs."""
        if week in year.MEETING_WEEKS:
            await self.attest(week)
        elif week not in self.year.mentor.feedback:
            await self.log_time(self.sofia, "ASYNC", 20)
        if week in year.ITEM_WEEKS:
            await self.promise(Party.MENTEE, week, turn(words.ITEMS, week))
        if week in year.MENTOR_ITEM_WEEKS:
            await self.promise(Party.MENTOR, week, turn(words.MENTOR_ITEMS, week))
        if week in year.HELP_WEEKS:
            kind, text, _ = turn(words.HELP, week)
            asked = await self.maria.do(
                "requestHelp", "helpRequest { id }", mentorshipId=self.mentorship_id, kind=kind, text=text
            )
            self.made[Promise.ANSWER_HELP, week, Party.MENTOR] = asked["helpRequest"]["id"]
        if week % 4 == 0:
            await self.look_at_cases()

    async def attest(self, week: int) -> None:
        """Both say who was there; whoever has drifted away says nothing, and silence settles it."""
        check_in_id, mentor = await self.meeting_id(week), self.year.mentor
        sofia_came, maria_came = week not in mentor.absent, week != year.MARIA_ABSENT
        attendance = {
            (True, True): "BOTH_PRESENT", (True, False): "MENTOR_ABSENT", (False, True): "MENTEE_ABSENT",
        }[maria_came, sofia_came]  # fmt: skip
        speak = [self.maria] + ([self.sofia] if sofia_came or self.year.cares else [])
        for person in speak:
            await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance=attendance)
        self.tell.met(week, came=(maria_came, sofia_came))
        if self.sofia in speak:
            text = words.NOTE if sofia_came else words.FOLLOW_UP
            await self.sofia.do(
                "writeNote", "note { id }", mentorshipId=self.mentorship_id, checkInId=check_in_id,
                visibility="SHARED", text=text,
            )  # fmt: skip

    async def promise(self, party: Party, week: int, title: str) -> None:
        """An action item until Tuesday."""
        person = self.who(party)
        item = await person.do(
            "addActionItem", "actionItem { id }", mentorshipId=self.mentorship_id, ownerId=person.id, title=title,
            due=self.calendar.day(week, 6).isoformat(), goalId=self.goals[year.PROJECTS_GOAL],
        )  # fmt: skip
        self.made[Promise.COMPLETE_ACTION, week, party] = item["actionItem"]["id"]

    async def complete(self, deed: Deed) -> None:
        """The item is done."""
        item_id = self.made[deed.promise, deed.week, deed.party]
        await self.who(deed.party).do("completeActionItem", "actionItem { id }", actionItemId=item_id)

    async def give(self, deed: Deed) -> None:
        """Sofia says what she saw."""
        kind, situation, behaviour, impact = turn(words.FEEDBACK, deed.week)
        given = await self.sofia.do(
            "giveFeedback", "feedback { id }", mentorshipId=self.mentorship_id, kind=kind, situation=situation,
            behaviour=behaviour, impact=impact, tags=list(turn(words.TAGS, deed.week)),
        )  # fmt: skip
        self.made[Promise.GIVE_FEEDBACK, deed.week, Party.MENTOR] = given["feedback"]["id"]

    async def take_in(self, deed: Deed) -> None:
        """Maria takes it in, and acts on some of it."""
        feedback_id = self.made[Promise.GIVE_FEEDBACK, deed.week, Party.MENTOR]
        await self.maria.do("acknowledgeFeedback", "feedback { id }", feedbackId=feedback_id)
        if deed.week in year.ACTED_AFTER:
            due = (self.here() + 14 * DAY).date().isoformat()
            accepted = await self.maria.do(
                "acceptFeedback", "feedback { actionItem { id } }", feedbackId=feedback_id,
                createAction={"title": turn(words.ITEMS, deed.week + 1), "due": due},
            )  # fmt: skip
            item = accepted["feedback"]["actionItem"] or await self.until(
                lambda: self.item_of(feedback_id), "the item that follows from feedback"
            )
            self.made[Promise.ACT_ON_FEEDBACK, deed.week, Party.MENTEE] = item["id"]

    async def item_of(self, feedback_id: str) -> dict[str, Any] | None:
        """The item by which feedback is acted on, once it is there."""
        document = "query($id: ID!) { node(id: $id) { ... on Feedback { actionItem { id } } } }"
        found: dict[str, Any] | None = (await self.maria.ask(document, id=feedback_id))["node"]["actionItem"]
        return found

    async def report(self, deed: Deed) -> None:
        """Maria's word about the week, with the numbers that moved in it."""
        begun = self.calendar.friday(deed.week)
        calendar_week = begun.isocalendar()
        await self.maria.do(
            "submitProgressUpdate", "progressUpdate { id }", mentorshipId=self.mentorship_id,
            period=f"{calendar_week.year}-W{calendar_week.week:02}", done=turn(words.DONE, deed.week),
            next=turn(words.NEXT, deed.week), metrics=self.moved(deed.week),
        )  # fmt: skip
        if deed.week in year.PROJECTS:
            await self.reach(deed.week)

    def moved(self, week: int) -> list[dict[str, Any]]:
        """The values of a week."""
        values: list[dict[str, Any]] = []
        projects, team = self.goals[year.PROJECTS_GOAL], self.goals[year.TEAM_GOAL]
        if week in year.PROJECTS:
            values.append({"goalId": projects, "value": 1, "note": year.PROJECTS[week]})
        if week in year.TEAM_ANSWERS:
            answers = year.TEAM_ANSWERS[week]
            values.append({"goalId": team, "value": sum(answers) / len(answers)})
        if week in year.MEETING_WEEKS:
            values.append({"goalId": projects, "metricId": self.metrics[year.PROJECTS_GOAL], "value": 1})
            values.append({"goalId": team, "metricId": self.metrics[year.TEAM_GOAL], "value": 1})
        return values

    async def reach(self, week: int) -> None:
        """A project is delivered."""
        title, goal_id = year.PROJECTS[week], self.goals[year.PROJECTS_GOAL]
        document = "query($id: ID!) { goal(id: $id) { milestones { id title } } }"
        milestones = (await self.maria.ask(document, id=goal_id))["goal"]["milestones"]
        milestone_id = next(each["id"] for each in milestones if each["title"] == title)
        await self.maria.do("reachMilestone", "goal { id }", goalId=goal_id, milestoneId=milestone_id)
        await self.maria.do("celebrateWin", "win { id }", mentorshipId=self.mentorship_id, title=title)
        self.tell.note(f"project {list(year.PROJECTS).index(week) + 1} of 4 is delivered: {title}")

    async def ask_team(self, week: int) -> None:
        """Ten people of the team answer by a token of their own; they have no account here."""
        async with Person("The team", self.maria.endpoint) as team:

            async def ask(number: int, rating: int) -> None:
                asked = await self.maria.do(
                    "requestThirdPartyFeedback", "token", mentorshipId=self.mentorship_id, question=words.TEAM_QUESTION
                )
                await team.do(
                    "submitThirdPartyFeedback", "userErrors { code }", token=asked["token"], rating=rating,
                    kind="STRENGTH", text=turn(words.TEAM_WORDS, number),
                )  # fmt: skip

            answers = year.TEAM_ANSWERS[week]
            await asyncio.gather(*(ask(number, rating) for number, rating in enumerate(answers)))
        self.tell.note(f"ten people of the team say how they are led: {sum(answers) / len(answers):.1f} of 5")

    async def answer(self, deed: Deed) -> None:
        """Sofia helps."""
        request_id, answer = self.made[deed.promise, deed.week, deed.party], turn(words.HELP, deed.week)[2]
        await self.sofia.do("answerHelp", "helpRequest { id }", helpRequestId=request_id, answer=answer)

    async def review(self, deed: Deed) -> None:
        """Looking back on a quarter, or on all of it."""
        number, is_last = deed.week, deed.week == len(year.REVIEWS)
        kind, index = ("FINAL", 1) if is_last else ("MILESTONE", number)

        async def find() -> str | None:
            found = await self.mentorship("reviews { edges { node { id kind index } } }")
            nodes = [edge["node"] for edge in found["reviews"]["edges"]]
            return next((each["id"] for each in nodes if (each["kind"], each["index"]) == (kind, index)), None)

        review_id = await self.until(find, f"{kind.lower()} review {index}")
        rating = 5 if is_last else 4
        await self.who(deed.party).do(
            "submitReview", "review { id }", reviewId=review_id, rating=rating, text=words.REVIEW
        )

    async def take_leave(self) -> None:
        """Maria is away for two weeks; Sofia agrees, and everything that is due moves by as much."""
        until = (self.here() + plan.RESTS).isoformat()
        await self.maria.do("requestPause", "mentorship { id }", mentorshipId=self.mentorship_id, until=until)
        await self.sofia.do("answerPause", "mentorship { id }", mentorshipId=self.mentorship_id, approve=True)
        await self.until_phase("PAUSED")

    async def promote(self) -> None:
        """What came of it, in Maria's words, and seen by Sofia too."""
        made = await self.maria.do(
            "recordOutcome", "outcome { id }", mentorshipId=self.mentorship_id, kind="PROMOTION",
            title=words.PROMOTION, on=self.here().date().isoformat(), evidence=words.EVIDENCE, attribution=5,
        )  # fmt: skip
        await self.sofia.do("verifyOutcome", "outcome { id }", outcomeId=made["outcome"]["id"])
        self.tell.note(f"Maria is promoted to {words.PROMOTION}; Sofia verifies it")

    async def look_at_cases(self) -> None:
        """Priya takes each case that the ladder opened, talks with the two, and says so."""
        for case in await self.cases("OPEN"):
            await self.priya.do("workCase", "case { id }", caseId=case["id"])
            await self.priya.do("resolveCase", "case { id }", caseId=case["id"], resolution="TALKED")
            self.tell.case(case["kind"])

    async def cases(self, state: str) -> list[dict[str, Any]]:
        """The cases of this programme in a state."""
        document = """query($id: ID!, $state: CaseState!) { escalations(programmeId: $id, state: $state, first: 50) {
          edges { node { id kind rule openedAt resolvedAt resolution } } } }"""
        found = await self.priya.ask(document, id=self.programme_id, state=state)
        return [edge["node"] for edge in found["escalations"]["edges"]]

    async def until_closed(self) -> None:
        """It closes with the last review, or without it at the end of the grace; then some days go by."""
        calendar = self.calendar
        if None not in self.year.mentor.reviews.values():
            await self.until_phase("CLOSED")
        accepted_at = calendar.friday(max(year.ACTED_AFTER))
        await self.live_until(max(accepted_at + year.STILL_OPEN_AFTER * DAY, self.here() + DAY))
        if None in self.year.mentor.reviews.values():
            await self.live_until(calendar.activated_at + plan.LENGTH + plan.RESTS + 15 * DAY)
            await self.until_phase("CLOSED")
        await self.look_at_cases()

    def here(self) -> datetime:
        """The sandbox's moment, as it was told last and has gone on since."""
        return datetime.fromtimestamp(time.time(), tz=self.calendar.activated_at.tzinfo) + self._ahead

    async def live_until(self, moment: datetime) -> None:
        """Let time pass."""
        by = moment - await self.now()
        if by > timedelta():
            await self.priya.do("moveTime", "clock { now }", by=f"PT{math.ceil(by.total_seconds())}S")
        now = await self.now()
        self._ahead = now - datetime.fromtimestamp(time.time(), tz=now.tzinfo)


def _wall(moment: datetime) -> str:
    return plan.wall(moment).strftime("%Y-%m-%dT%H:%M:%S")
