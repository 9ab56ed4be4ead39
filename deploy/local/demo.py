"""`inzpireu demo --story short`: plays three months, shows what became of them and writes it to `demo.json`."""

import json
import time
import uuid
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from deploy.local.telling import Telling, entered

_MEBI = 1 << 20
_ENDED = """phase closure phases { phase at }
  checkIns(first: 50) { edges { node { state } } }
  timeSummary { minutes person { id } }
  goals { edges { node { attainment } } }
  score { pair mentee { score coverage { settled } } mentor { score coverage { settled } } }"""


async def play(endpoint: str, home: Path, console: Console, *, stack: Stack | None = None) -> None:
    """Play the whole story and write `demo.json` into `home`; raises where it does not come to its end.

    A `stack` of this machine is measured too.
    """
    telling, began = Telling(console), time.monotonic()
    async with AsyncExitStack() as people:
        priya, maria, sofia = [
            await people.enter_async_context(Person(name, endpoint)) for name in ("Priya", "Maria", "Sofia")
        ]
        story = Story(priya, maria, sofia, telling, domain=f"{uuid.uuid4().hex[:8]}.example")
        await story.play()
        ended = await story.mentorship(_ENDED)
        mails = await story.until(lambda: sent_mails((priya, maria, sofia)), "the last mail")
    result = _result(story, ended, mails) | {"secondsPlayed": round(time.monotonic() - began, 1)} | measured(stack)
    write(home, result)
    telling.summary(_in_words(story, ended, result))


def write(home: Path, result: dict[str, Any]) -> None:
    """Keep the result where programs find it."""
    home.mkdir(exist_ok=True)
    (home / "demo.json").write_text(json.dumps(result, indent=2) + "\n")


async def sent_mails(people: tuple[Person, ...]) -> int:
    """How many mails went out, once none is under way any more; 0 before."""
    document = """query($after: String) { notifications(first: 100, after: $after) {
      edges { node { mail } } pageInfo { hasNextPage endCursor } } }"""
    states: list[str] = []
    for person in people:
        after, more = None, True
        while more:
            page = (await person.ask(document, after=after))["notifications"]
            states += [edge["node"]["mail"] for edge in page["edges"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return 0 if {"PENDING", "SENDING"} & set(states) else states.count("SENT")


def measured(stack: Stack | None) -> dict[str, Any]:
    """What a stack of this machine took."""
    if stack is None:
        return {}
    return {"secondsToReady": round(stack.seconds_to_ready or 0, 1), "rssMiB": round(stack.rss() / _MEBI)}


def _result(story: Story, ended: dict[str, Any], mails: int) -> dict[str, Any]:
    states = [edge["node"]["state"] for edge in ended["checkIns"]["edges"]]
    return {
        "phase": ended["phase"],
        "closure": ended["closure"].lower(),
        "checkIns": {"held": states.count("HELD"), "missed": states.count("MISSED")},
        "minutesLogged": sum(total["minutes"] for total in ended["timeSummary"]),
        "goalAttainment": ended["goals"]["edges"][0]["node"]["attainment"],
        "eventsSeen": story.events.total(),
        "mails": mails,
    }


def _in_words(story: Story, ended: dict[str, Any], result: dict[str, Any]) -> dict[str, str]:
    hours = {
        person.name: sum(total["minutes"] for total in ended["timeSummary"] if total["person"]["id"] == person.id) / 60
        for person in (story.maria, story.sofia)
    }
    words = {
        "Phases": " → ".join(map(entered, ended["phases"])),
        "Closed as": result["closure"],
        "Check-ins": f"{result['checkIns']['held']} held, {result['checkIns']['missed']} missed and followed up",
        "Hours given": ", ".join(f"{name} {given:.1f}" for name, given in hours.items()),
        "Goal reached": f"{result['goalAttainment']:.0%}",
        "Promises kept": _promises(ended["score"]),
        "Events seen": str(result["eventsSeen"]),
        "Mails sent": str(result["mails"]),
        "Seconds": f"{result['secondsPlayed']} played",
    }
    if "rssMiB" in result:
        words["Seconds"] = f"{result['secondsToReady']} until ready, {words['Seconds']}"
        words["Memory"] = f"{result['rssMiB']} MiB, all servers and parts together"
    return words


def _promises(score: dict[str, Any]) -> str:
    """Both sides of the ledger; what rests on too little is not shown."""
    sides = (("Maria", score["mentee"]), ("Sofia", score["mentor"]))
    return ", ".join(
        f"{name} {side['score'] if side['score'] is not None else 'too little to say'}"
        f" (of {side['coverage']['settled']} settled)"
        for name, side in sides
    )
