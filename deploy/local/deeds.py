"""What Maria and Sofia do to keep each promise of their year."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from contracts.goals.ledger import Promise
from contracts.identity import Party
from deploy.local import words, year
from deploy.local.beginning import Beginning
from deploy.local.person import Person
from deploy.local.plan import DAY, Deed
from deploy.local.words import turn

_TOLD_AS = {
    Promise.PREPARE: "sessions.preparation_submitted.v1",
    Promise.READ_BRIEF: "sessions.brief_read.v1",
    Promise.GIVE_FEEDBACK: "goals.feedback_given.v1",
    Promise.ACKNOWLEDGE_FEEDBACK: "goals.feedback_acknowledged.v1",
    Promise.ACT_ON_FEEDBACK: "goals.action_completed.v1",
    Promise.COMPLETE_ACTION: "goals.action_completed.v1",
    Promise.LOG_PROGRESS: "goals.progress_reported.v1",
    Promise.ANSWER_HELP: "goals.help_answered.v1",
    Promise.SUBMIT_REVIEW: "sessions.review_submitted.v1",
}


class Deeds(Beginning):
    """One method for each kind of promise. `made` has what is kept later: the id of each item and request."""

    made: dict[tuple[Promise, int, Party], str]
    expected: Counter[str]

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
            self.expected[_TOLD_AS[deed.promise]] += 1
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

    async def until_heard(self) -> None:
        """Wait until news of what was done is around: time must not move on between a deed and its news."""

        async def is_heard() -> bool:
            return all(self.events[topic] >= times for topic, times in self.expected.items())

        await self.until(is_heard, "news of what was done")

    async def promise(self, party: Party, week: int, title: str) -> None:
        """An action item until Tuesday."""
        person = self.who(party)
        item = await person.do(
            "addActionItem", "actionItem { id }", mentorshipId=self.mentorship_id, ownerId=person.id, title=title,
            due=self.calendar.day(week, 6).isoformat(), goalId=self.goals[year.PROJECTS_GOAL],
        )  # fmt: skip
        self.made[Promise.COMPLETE_ACTION, week, party] = item["actionItem"]["id"]
        self.expected["goals.action_created.v1"] += 1

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
