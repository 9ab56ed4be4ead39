"""One mentorship with one object of every kind, and somebody of every relation to it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contracts.sessions import OPEN_PULSE, OPEN_REVIEW, ReviewKind
from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.cycle import cycle_of, id_of
from tests.system.meetings import a_check_in
from tests.system.people import a_story
from tests.system.polling import until

PRINCIPALS = ("anonymous", "mentee", "mentor", "manager", "admin", "hr", "auditor", "elsewhere")
ROLES = {"manager": "PROGRAMME_MANAGER", "admin": "ORG_ADMIN", "hr": "HR_ANALYST", "auditor": "AUDITOR"}
ABROAD = ("elsewhere", "elsewhere mentee", *(f"elsewhere {name}" for name in ROLES))  # of the other organisation
PAIR = frozenset({"mentee", "mentor"})
EXPECTED = "I come prepared, with a question. I try things before I judge them."  # stands in the story's agreement
FEEDBACK = "query($id: ID!) { node(id: $id) { ... on Feedback { clarifications { id } } } }"
GOAL = "query($id: ID!) { goal(id: $id) { milestones { id } entries { id } } }"
AGENDA = "query($id: ID!) { node(id: $id) { ... on Agenda { points { id } } } }"


@dataclass
class Everything:
    """`ids` by what an input calls them and by kind; `words` are secrets, with those who may read each."""

    story: Story
    people: dict[str, Person]
    ids: dict[str, str] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    ways_in: dict[str, tuple[str, str]] = field(default_factory=dict)

    def secret(self, where: str, readers: frozenset[str] = PAIR) -> str:
        """Words that stand nowhere else."""
        words = f"canary {where} {uuid.uuid4().hex}"
        self.words[words] = readers
        return words

    async def made(self, person: str, mutation: str, shown: str, **given: Any) -> str:
        """Carry a mutation out; keep the id of what it made, by its kind, and give it."""
        answer = await self.people[person].do(mutation, f"{shown} {{ id }}", **given)
        made = str(answer[shown]["id"])
        self.ids[f"{shown[0].upper()}{shown[1:]}"] = made
        return made


@asynccontextmanager
async def everything_of(stack: Stack) -> AsyncIterator[Everything]:
    """Two organisations, one mentorship in each; the first has everything."""
    endpoint = f"{stack.gateway_url}/graphql"
    async with a_story(endpoint) as story, a_story(endpoint) as other, AsyncExitStack() as open_people:
        await asyncio.gather(_begun(story), _begun(other))
        people: dict[str, Person] = {"mentee": story.maria, "mentor": story.sofia}
        people |= {"elsewhere": other.sofia, "elsewhere mentee": other.maria}
        for where, prefix in ((story, ""), (other, "elsewhere ")):
            for name in ROLES:
                people[prefix + name] = await open_people.enter_async_context(Person(name, endpoint))
                await _employed(where, people[prefix + name])
        people["anonymous"] = await open_people.enter_async_context(Person("Nobody", endpoint))
        found = Everything(story, people)
        found.ways_in = {name: (f"{name}@{story.domain}", PASSWORD) for name in ROLES}
        found.ways_in["mentee"] = (f"maria@{story.domain}", PASSWORD)
        found.ways_in["mentor"] = (f"sofia@{story.domain}", PASSWORD)
        found.ways_in["elsewhere"] = (f"sofia@{other.domain}", PASSWORD)
        found.words[EXPECTED] = PAIR | {"manager"}
        found.words[f"maria@{story.domain}"] = frozenset({"mentee", "manager", "admin"})
        await _organised(found)
        await _agreed(found)
        await _wrote(found)
        await _met(found, stack)
        await _found(found)
        yield found


async def _begun(story: Story) -> None:
    await story.found()
    await story.propose()


async def _employed(story: Story, person: Person) -> None:
    email, role = f"{person.name}@{story.domain}", ROLES[person.name]
    await story.priya.do("addUser", "user { id }", name=person.name, email=email, password=PASSWORD, roles=[role])
    await person.sign_in(email, PASSWORD)


async def _organised(all_: Everything) -> None:
    story, ids = all_.story, all_.ids
    ids |= {"User": story.maria.id, "Programme": story.programme_id, "Mentorship": story.mentorship_id}
    of = {"programmeId": story.programme_id}
    spare = {"name": "Spare", "email": f"spare@{story.domain}", "password": PASSWORD}
    ids["Spare"] = (await story.priya.do("addUser", "user { id }", **spare))["user"]["id"]
    ids |= {"ownerId": story.maria.id, "mentorId": story.sofia.id, "newMentorId": ids["Spare"]}
    await all_.made("admin", "createUnit", "orgUnit", name="Finance")
    await all_.made("manager", "openCohort", "cohort", **of, name="Spring")
    await all_.made("admin", "createApiToken", "apiToken", name="HR system", scopes=["USERS_READ"])
    await all_.made("admin", "importUsers", "userImport", csv="name,email\nNina,nina@never.example", dryRun=True)
    await all_.made(
        "mentor", "writeMentorProfile", "mentorProfile", fields=["law"], seniority="SENIOR", languages=["en"]
    )
    await all_.made("mentee", "enrol", "enrolment", **of, party="MENTEE", consent=True, languages=["en"])
    await all_.made("manager", "runMatching", "matchRun", **of)
    await all_.made("manager", "simulateProgramme", "simulation", **of, pairs=10, months=1)
    await all_.made("manager", "whatIf", "hindsight", cohortId=ids["Cohort"])
    again = {**of, "mentorId": story.sofia.id, "menteeId": story.maria.id}
    second = await story.priya.do("proposeMentorship", "mentorship { id }", **again)
    about = {"mentorshipId": second["mentorship"]["id"]}
    ids["Second"] = about["mentorshipId"]
    report = all_.secret("report", frozenset({"mentee", "manager"}))
    await all_.made("mentee", "reportConduct", "conductReport", **about, text=report)


async def _agreed(all_: Everything) -> None:
    async with all_.story.watching():
        await all_.story.agree()
    all_.ids["Goal"] = all_.story.goal_id


async def _wrote(all_: Everything) -> None:
    story, secret = all_.story, all_.secret
    of = {"mentorshipId": story.mentorship_id}
    today = (await story.now()).date()
    due = (today + timedelta(days=7)).isoformat()
    words = {name: secret(name) for name in ("situation", "behaviour", "impact")}
    await all_.made("mentor", "giveFeedback", "feedback", **of, kind="IMPROVE", **words, tags=[secret("tag")])
    about = {"feedbackId": all_.ids["Feedback"]}
    await story.maria.do("acknowledgeFeedback", "feedback { id }", **about)
    await story.maria.do("askClarification", "feedback { id }", **about, question=secret("question"))
    rhythm = {"rule": "FREQ=WEEKLY;INTERVAL=2", "startsAt": f"{due}T09:00:00", "zone": "Europe/Berlin"}
    await all_.made("mentor", "setFeedbackCadence", "feedbackCadence", **of, **rhythm)
    token = (await story.maria.do("requestThirdPartyFeedback", "token", **of, question=secret("asked")))["token"]
    answer = {"kind": "IMPROVE", "text": secret("third answer"), "signed": secret("third name")}
    await all_.people["anonymous"].do("submitThirdPartyFeedback", "submitted", token=token, **answer)
    await all_.made("mentee", "writeJournal", "journalEntry", **of, text=secret("journal", frozenset({"mentee"})))
    await all_.made("mentee", "writeJournal", "journalEntry", **of, text=secret("shared"), visibility="SHARED")
    await all_.made("mentee", "requestHelp", "helpRequest", **of, kind="ADVICE", text=secret("help"))
    await all_.made("mentor", "shareResource", "resource", **of, title=secret("resource"), why=secret("why"),
                    link="https://example.org/canary")  # fmt: skip
    await all_.made("mentor", "encourage", "encouragement", **of, text=secret("encouragement"))
    item = {"ownerId": story.maria.id, "title": secret("item"), "due": due, "goalId": story.goal_id}
    await all_.made("mentor", "addActionItem", "actionItem", **of, **item)
    await story.maria.do(
        "flagBlocked", "actionItem { id }", actionItemId=all_.ids["ActionItem"], reason=secret("blocked")
    )
    await all_.made("mentee", "celebrateWin", "win", **of, title=secret("win"))
    await all_.made("mentee", "assessSkill", "skill", **of, skill=secret("skill"), level=2, occasion="START")
    outcome = {"kind": "PROJECT", "title": secret("outcome"), "evidence": secret("evidence"), "attribution": 3}
    await all_.made("mentee", "recordOutcome", "outcome", **of, **outcome, on=today.isoformat())
    period = f"{today.isocalendar().year}-W{today.isocalendar().week:02}"
    update = {"period": period, "done": secret("done"), "next": secret("next")}
    await all_.made("mentee", "submitProgressUpdate", "progressUpdate", **of, **update)
    logged = {"goalId": story.goal_id, "value": 1, "on": today.isoformat(), "note": secret("progress")}
    await story.maria.do("logProgress", "goal { id }", **logged)
    step = {"goalId": story.goal_id, "title": secret("milestone"), "due": due}
    await story.maria.do("addMilestone", "goal { id }", **step)
    private = {"text": secret("private note", frozenset({"mentee"})), "visibility": "PRIVATE"}
    await all_.made("mentee", "writeNote", "note", **of, **private)
    all_.ids["PrivateNote"] = all_.ids["Note"]
    await all_.made("mentee", "writeNote", "note", **of, text=secret("shared note"), visibility="SHARED")


async def _met(all_: Everything, stack: Stack) -> None:
    story, of = all_.story, {"mentorshipId": all_.story.mentorship_id}
    check_in = all_.ids["CheckIn"] = await a_check_in(story, stack, starts=timedelta(days=3))
    prepared = {"summary": all_.secret("summary"), "questions": [all_.secret("prepared")]}
    await story.maria.do("submitPreparation", "checkIn { id }", checkInId=check_in, **prepared)
    await all_.made("mentee", "addAgendaPoint", "agenda", checkInId=check_in, text=all_.secret("agenda"))
    started = (await story.now() - timedelta(hours=2)).isoformat()
    await all_.made("mentee", "logTime", "timeEntry", **of, kind="ASYNC", startedAt=started, minutes=30)
    away = (await story.now() + timedelta(days=40)).date().isoformat()
    await all_.made("mentee", "addTimeOff", "timeOff", **of, firstDay=away, lastDay=away)
    feed = await story.maria.do("createCalendarFeed", "calendarFeed { id }")
    all_.ids["CalendarFeed"] = feed["calendarFeed"]["id"]
    async with cycle_of(stack, story) as cycle:
        due_at = await story.now() + timedelta(days=7)
        review = await cycle.tell(OPEN_REVIEW, story.mentorship_id, kind=ReviewKind.MILESTONE, index=301, due_at=due_at)
        pulse = await cycle.tell(OPEN_PULSE, story.mentorship_id, index=101)
    all_.ids |= {"Review": id_of("Review", review), "Pulse": id_of("Pulse", pulse)}
    for person, party in ((story.maria, "mentee"), (story.sofia, "mentor")):
        readers = frozenset({party, "manager"})
        comment = all_.secret(f"pulse of the {party}", readers)
        await person.do("answerPulse", "pulse { id }", **of, trust=4, safety=2, comment=comment)
        said = {"rating": 4, "text": all_.secret(f"review of the {party}"), "answers": await _answers(all_, party)}
        await person.do("submitReview", "review { id }", reviewId=all_.ids["Review"], **said)


async def _answers(all_: Everything, party: str) -> list[dict[str, Any]]:
    document = "query($id: ID!) { node(id: $id) { ... on Review { forms { party questions { id rated } } } } }"
    forms = (await all_.people[party].ask(document, id=all_.ids["Review"]))["node"]["forms"]
    (form,) = [each for each in forms if each["party"] == party.upper()]
    return [
        {"questionId": each["id"], "rating": 4} if each["rated"] else {"questionId": each["id"], "text": "Less talk"}
        for each in form["questions"]
    ]


async def _found(all_: Everything) -> None:
    """The ids of what came about by itself."""
    story, ids = all_.story, all_.ids
    feedback = await story.maria.ask(FEEDBACK, id=ids["Feedback"])
    ids["clarificationId"] = feedback["node"]["clarifications"][0]["id"]
    goal = (await story.maria.ask(GOAL, id=story.goal_id))["goal"]
    ids |= {"milestoneId": goal["milestones"][0]["id"], "entryId": goal["entries"][0]["id"]}
    agenda = (await story.maria.ask(AGENDA, id=ids["Agenda"]))["node"]
    ids["pointId"] = ids["pointIds"] = agenda["points"][0]["id"]
    fields = "cadence { id } commitments { edges { node { id } } } thirdPartyFeedback { edges { node { id } } }"
    seen = await story.mentorship(fields)
    ids["Cadence"] = seen["cadence"]["id"]
    ids["Commitment"] = seen["commitments"]["edges"][0]["node"]["id"]
    ids["ThirdPartyFeedback"] = seen["thirdPartyFeedback"]["edges"][0]["node"]["id"]
    ids["Organisation"] = (await story.maria.ask("{ organisation { id } }"))["organisation"]["id"]

    async def case() -> str:
        document = "query($id: ID!) { escalations(programmeId: $id, state: OPEN) { edges { node { id } } } }"
        edges = (await story.priya.ask(document, id=story.programme_id))["escalations"]["edges"]
        return edges[0]["node"]["id"] if edges else ""

    async def notified() -> str:
        edges = (await story.maria.ask("{ notifications { edges { node { id } } } }"))["notifications"]["edges"]
        return edges[0]["node"]["id"] if edges else ""

    ids["Case"] = await until(case, "the case of the report")
    ids["Notification"] = await until(notified, "a notification")
