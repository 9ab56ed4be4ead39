"""How Maria's year begins: a programme, a pair, two goals, two rhythms, and an agreement that is signed late."""

import asyncio
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from deploy.local import plan, year
from deploy.local.months import Months
from deploy.local.person import Person
from deploy.local.plan import DAY, ZONE, Calendar
from deploy.local.story import Story
from deploy.local.year import Year

_MONDAY_MORNING = 8  # UTC


class Beginning(Story):
    """The same three people at the begin of a year; what they do on which day is data."""

    policy: ClassVar[Mapping[str, str]] = plan.POLICY
    opening: ClassVar[str] = "opens the programme: a year, a review each quarter"
    tell: Months

    def __init__(self, told: Year, people: tuple[Person, Person, Person], telling: Months, *, domain: str) -> None:
        super().__init__(*people, telling, domain=domain)
        self.year = told
        self.goals: dict[str, str] = {}
        self.metrics: dict[str, str] = {}
        self.calendar: Calendar
        self._ahead = timedelta()

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

    def here(self) -> datetime:
        """The sandbox's moment, as it was told last and has gone on since."""
        return datetime.fromtimestamp(time.time(), tz=UTC) + self._ahead

    async def live_until(self, moment: datetime) -> None:
        """Let time pass."""
        by = moment - await self.now()
        if by > timedelta():
            await self.priya.do("moveTime", "clock { now }", by=f"PT{math.ceil(by.total_seconds())}S")
        now = await self.now()
        self._ahead = now - datetime.fromtimestamp(time.time(), tz=UTC)


def _wall(moment: datetime) -> str:
    return plan.wall(moment).strftime("%Y-%m-%dT%H:%M:%S")
