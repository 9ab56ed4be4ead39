"""The first weeks of the demo's year, on the real platform: the ledger has what the plan says, and nothing else."""

import io
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import pytest
from rich.console import Console

from contracts.goals.ledger import Promise
from deploy.local import plan
from deploy.local.living import LivedYear
from deploy.local.months import Months
from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.year import YEARS

WEEKS = 3
# told by the calendar alone, so known before anybody does them
PLANNED = {
    Promise.SIGN_AGREEMENT, Promise.GIVE_FEEDBACK, Promise.ACKNOWLEDGE_FEEDBACK, Promise.LOG_PROGRESS,
    Promise.COMPLETE_ACTION, Promise.ANSWER_HELP,
}  # fmt: skip
COMMITMENTS = """commitments(first: 100) { edges { node { party promise due state doneAt } } }"""


@pytest.fixture(scope="module")
async def lived(stack: Stack) -> AsyncIterator[LivedYear]:
    """The year up to the end of its third week."""
    endpoint = f"{stack.gateway_url}/graphql"
    async with AsyncExitStack() as entered:
        people = [await entered.enter_async_context(Person(name, endpoint)) for name in ("Priya", "Maria", "Sofia")]
        telling, domain = Months(Console(file=io.StringIO())), f"{uuid.uuid4().hex[:8]}.example"
        story = LivedYear(YEARS["year"], (people[0], people[1], people[2]), telling, domain=domain)
        await story.begin()
        async with story.watching():
            await story.agree()
            await story.live(until_week=WEEKS)
            yield story


async def test_the_weeks_are_kept_in_the_ledger_as_they_are_planned(lived: LivedYear) -> None:
    planned = [
        deed
        for deed in plan.deeds(lived.year.mentor, lived.calendar)
        if deed.promise in PLANNED and deed.week <= WEEKS and deed.at and deed.at < lived.calendar.week(WEEKS + 1)
    ]
    expected = Counter((deed.party.name, deed.promise.name) for deed in planned)

    async def kept() -> list[dict[str, Any]] | None:
        found = [edge["node"] for edge in (await lived.mentorship(COMMITMENTS))["commitments"]["edges"]]
        done = [each for each in found if each["state"] == "KEPT" and Promise[each["promise"]] in PLANNED]
        return done if Counter((each["party"], each["promise"]) for each in done) == expected else None

    found = await lived.until(kept, f"a ledger with {dict(expected)}")
    assert {_hour(deed.due) for deed in planned} == {_hour(datetime.fromisoformat(each["due"])) for each in found}


async def test_the_late_signature_is_a_case_that_the_programme_manager_has_worked(lived: LivedYear) -> None:
    cases = await lived.cases("RESOLVED")
    assert [case["kind"] for case in cases] == ["AGREEMENT_OVERDUE"]
    assert cases[0]["resolution"] == "TALKED"


def _hour(moment: datetime) -> datetime:
    """To the hour: some seconds pass while people act."""
    return (
        moment.replace(minute=0, second=0, microsecond=0)
        if moment.minute < 59
        else moment.replace(minute=59, second=0, microsecond=0)
    )
