"""`inzpireu demo`: plays the story on a fresh sandbox, shows what became of it and writes it to `demo.json`."""

import json
import time
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

from rich.console import Console

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from deploy.local.telling import BERLIN, Telling

_MEBI = 1 << 20
_ENDED = """phase closure phases { phase at }
  checkIns(first: 50) { edges { node { state } } }
  timeSummary { minutes person { id } }
  goals { edges { node { attainment } } }
  score { pair mentee { score coverage { settled } } mentor { score coverage { settled } } }"""


async def play(stack: Stack, console: Console) -> None:
    """Play the whole story; raises where it does not come to its end."""
    telling, began = Telling(console), time.monotonic()
    endpoint = f"{stack.gateway_url}/graphql"
    async with AsyncExitStack() as people:
        priya, maria, sofia = [
            await people.enter_async_context(Person(name, endpoint)) for name in ("Priya", "Maria", "Sofia")
        ]
        story = Story(priya, maria, sofia, telling)
        await story.play()
        ended = await story.mentorship(_ENDED)
        mails = await story.until(lambda: _sent_mails((priya, maria, sofia)), "the last mail")
    played = time.monotonic() - began
    result = _result(stack, story, ended, mails, played)
    (stack.home / "demo.json").write_text(json.dumps(result, indent=2) + "\n")
    telling.summary(_in_words(story, ended, result))


async def _sent_mails(people: tuple[Person, ...]) -> int:
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


def _result(stack: Stack, story: Story, ended: dict[str, Any], mails: int, played: float) -> dict[str, Any]:
    states = [edge["node"]["state"] for edge in ended["checkIns"]["edges"]]
    return {
        "phase": ended["phase"],
        "closure": ended["closure"].lower(),
        "checkIns": {"held": states.count("HELD"), "missed": states.count("MISSED")},
        "minutesLogged": sum(total["minutes"] for total in ended["timeSummary"]),
        "goalAttainment": ended["goals"]["edges"][0]["node"]["attainment"],
        "eventsSeen": story.events.total(),
        "mails": mails,
        "seconds": {"ready": round(stack.seconds_to_ready or 0, 1), "play": round(played, 1)},
        "rssMiB": round(stack.rss() / _MEBI),
    }


def _in_words(story: Story, ended: dict[str, Any], result: dict[str, Any]) -> dict[str, str]:
    hours = {
        person.name: sum(total["minutes"] for total in ended["timeSummary"] if total["person"]["id"] == person.id) / 60
        for person in (story.maria, story.sofia)
    }
    phases = [
        f"{change['phase'].replace('_', ' ').lower()} {datetime.fromisoformat(change['at']).astimezone(BERLIN):%d %b}"
        for change in ended["phases"]
    ]
    return {
        "Phases": " → ".join(phases),
        "Closed as": result["closure"],
        "Check-ins": f"{result['checkIns']['held']} held, {result['checkIns']['missed']} missed and followed up",
        "Hours given": ", ".join(f"{name} {given:.1f}" for name, given in hours.items()),
        "Goal reached": f"{result['goalAttainment']:.0%}",
        "Promises kept": _promises(ended["score"]),
        "Events seen": str(result["eventsSeen"]),
        "Mails sent": str(result["mails"]),
        "Seconds": f"{result['seconds']['ready']} until ready, {result['seconds']['play']} played",
        "Memory": f"{result['rssMiB']} MiB, all servers and parts together",
    }


def _promises(score: dict[str, Any]) -> str:
    """Both sides of the ledger; what rests on too little is not shown."""
    sides = (("Maria", score["mentee"]), ("Sofia", score["mentor"]))
    return ", ".join(
        f"{name} {side['score'] if side['score'] is not None else 'too little to say'}"
        f" (of {side['coverage']['settled']} settled)"
        for name, side in sides
    )
