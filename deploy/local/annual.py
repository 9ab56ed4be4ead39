"""`inzpireu demo`: plays Maria's year, compares what it came to with what it must come to, and writes both down."""

import time
import uuid
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from contracts.identity import Party
from deploy.local.comparing import differences
from deploy.local.demo import measured, sent_mails, write
from deploy.local.durations import days
from deploy.local.living import LivedYear
from deploy.local.months import Months
from deploy.local.person import Person
from deploy.local.reading import Data, read
from deploy.local.stack import Stack
from deploy.local.story import StoryStopped
from deploy.local.telling import entered
from deploy.local.year import YEARS, Year
from deploy.report.page import page


async def play_year(
    endpoint: str, home: Path, console: Console, *, name: str = "year", stack: Stack | None = None
) -> None:
    """Play one telling of the year; raises StoryStopped where it stops or comes to other figures than it must."""
    told, telling, began = YEARS[name], Months(console), time.monotonic()
    async with AsyncExitStack() as entered:
        priya, maria, sofia = [
            await entered.enter_async_context(Person(each, endpoint)) for each in ("Priya", "Maria", "Sofia")
        ]
        domain = f"{uuid.uuid4().hex[:8]}.example"
        story = LivedYear(told, (priya, maria, sofia), telling, domain=domain)
        await story.play()
        data = await _settled(story, told)
        mails = await story.until(lambda: sent_mails((priya, maria, sofia)), "the last mail")
    result = {"story": name, "eventsSeen": story.events.total(), "mails": mails} | _figures(data)
    result |= {"secondsPlayed": round(time.monotonic() - began, 1)} | measured(stack)
    write(home, result)
    telling.summary(_in_words(data, result))
    report = home / "report.html"
    report.write_text(page(data), encoding="utf-8")
    console.print(f"\nThe closing report: {report}", soft_wrap=True)
    _check(data, told, console)


async def _settled(story: LivedYear, told: Year) -> Data:
    """What it came to, once the last events have reached the ledger; what differs then differs for good."""
    latest: Data = {}

    async def look() -> bool:
        nonlocal latest
        latest = await read(story.maria, story.priya, story.mentorship_id, story.programme_id)
        return not differences(latest, told.figures)

    try:
        await story.until(look, "the figures of the golden year")
    except StoryStopped:
        return latest
    return latest


def _check(data: Data, told: Year, console: Console) -> None:
    if unlike := differences(data, told.figures):
        listed = "\n".join(f"  - {each}" for each in unlike)
        raise StoryStopped(f"the year came to other figures than the golden one:\n{listed}")
    console.print("\nEvery figure is that of the golden year: scores, counts and means of each kind, goals, cases.")


def _figures(data: Data) -> dict[str, Any]:
    score = data["score"]
    lasted = score["mentee"]["followThrough"]
    return {
        "phase": data["phase"],
        "closure": data["closure"].lower(),
        "scores": {str(party): score[str(party)]["score"] for party in Party} | {"pair": score["pair"]},
        "balance": score["balance"],
        "followThroughDays": lasted and round(days(lasted)),
        "goals": {goal["title"]: goal["attainment"] for goal in data["goals"]},
        "outcomes": [each["kind"] for each in data["outcomes"] if each["verifiedAt"]],
        "cases": sorted(case["kind"] for case in data["cases"]),
        "minutesLogged": sum(total["minutes"] for total in data["timeSummary"]),
    }


def _in_words(data: Data, result: dict[str, Any]) -> dict[str, str]:
    states = [each["state"] for each in data["checkIns"]]
    names = {data[side]["id"]: data[side]["name"] for side in ("mentee", "mentor")}
    hours = {
        name: sum(total["minutes"] for total in data["timeSummary"] if total["person"]["id"] == person_id) / 60
        for person_id, name in names.items()
    }
    projects = next(goal for goal in data["goals"] if goal["milestones"])["milestones"]
    words = {
        "Phases": " → ".join(map(entered, data["phases"])),
        "Check-ins": f"{states.count('HELD')} held, {states.count('MISSED')} missed",
        "Hours given": ", ".join(f"{name} {given:.1f}" for name, given in hours.items()),
        "Projects": f"{sum(bool(each['reachedAt']) for each in projects)} of {len(projects)}",
        "Follow-through": f"{result['followThroughDays']} days from accepting feedback to having acted on it",
        "Promises kept": f"Maria {result['scores']['mentee']}, Sofia {result['scores']['mentor']},"
        f" both together {result['scores']['pair']}, balance {result['balance']}",
        "Outcome": ", ".join(f"{each['kind']} ({each['title']})" for each in data["outcomes"]) or "none recorded",
        "Cases for Priya": str(len(result["cases"])),
        "Events and mails": f"{result['eventsSeen']} events seen, {result['mails']} mails sent",
        "Seconds": f"{result['secondsPlayed']} played",
    }
    if "rssMiB" in result:
        words["Seconds"] = f"{result['secondsToReady']} until ready, {words['Seconds']}"
        words["Memory"] = f"{result['rssMiB']} MiB, all servers and parts together"
    return words
