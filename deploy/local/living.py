"""Maria's year as lived on the platform: everybody's deeds as the plan has them, with time moved in between."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from itertools import groupby

from contracts.goals.ledger import Promise
from contracts.identity import Party
from deploy.local import plan, words, year
from deploy.local.deeds import Deeds
from deploy.local.person import Person
from deploy.local.plan import DAY
from deploy.local.words import turn
from deploy.local.year import LEAVE

# within one moment, what is made comes before what needs it
_ORDER = [Promise.PREPARE, Promise.READ_BRIEF]
_ELSEWHERE = {Promise.SIGN_AGREEMENT, Promise.ATTEND}  # promises that are kept together with the other party
_LAST_WEEK = 53

type Act = tuple[datetime, int, Callable[[], Awaitable[None]]]


class LivedYear(Deeds):
    """From the founding of an organisation to some weeks after the closure of a mentorship."""

    async def play(self) -> None:
        """All of it."""
        await self.begin()
        async with self.watching():
            await self.agree()
            await self.live()
            await self.until_closed()

    async def begin(self) -> None:
        """From the founding of an organisation to two people who said yes."""
        self.made, self.expected = {}, Counter()
        await self.found()
        await self.begin_on_monday()
        await self.propose()

    async def live(self, *, until_week: int = _LAST_WEEK) -> None:
        """Every deed at its moment; what falls on the same one is done side by side."""
        ends = self.calendar.week(until_week + 1)
        acts = sorted((act for act in self.acts() if act[0] < ends), key=lambda act: act[0])
        self.tell.begin()
        for at, same in groupby(acts, key=lambda act: act[0]):
            await self.live_until(at)
            self.tell.moment(at)
            steps: dict[int, list[Callable[[], Awaitable[None]]]] = defaultdict(list)
            for _, step, do in same:
                steps[step].append(do)
            for step in sorted(steps):
                await asyncio.gather(*(do() for do in steps[step]))
            await self.until_heard()
        self.tell.end()

    def acts(self) -> list[Act]:
        """What is done at which moment, in which order within it."""
        planned = plan.deeds(self.year.mentor, self.calendar)
        kept = [(each.at, each) for each in planned if each.at is not None and each.promise not in _ELSEWHERE]
        acts = [(at, _ORDER.index(deed.promise) if deed.promise in _ORDER else 2, self.deed(deed)) for at, deed in kept]
        return acts + self.evenings() + self.turns()

    def evenings(self) -> list[Act]:
        """What the weeks bring beside the promises."""
        weeks = [week for week in year.WEEKS if week not in LEAVE]
        after = self.calendar.after_meeting
        return [
            *((after(week), 0, partial(self.evening, week)) for week in weeks),
            *((after(week), 0, partial(self.ask_team, week)) for week in year.TEAM_ANSWERS),
        ]

    def turns(self) -> list[Act]:
        """Where the mentorship itself changes: the leave, the return from it, and what comes at the end."""
        calendar = self.calendar
        turns: list[Act] = [
            (calendar.leaves_at, 0, self.take_leave),
            (calendar.after_meeting(LEAVE[1] + 1), -1, partial(self.until_phase, "ACTIVE")),
            (calendar.friday(_LAST_WEEK), -1, partial(self.until_phase, "CLOSING")),
        ]
        if self.year.figures.outcomes:
            turns.append((calendar.friday(_LAST_WEEK - 1), 3, self.promote))
        return turns

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
            self.expected["goals.help_requested.v1"] += 1
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
