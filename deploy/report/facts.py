"""What the closing report says, worked out from what the endpoint told. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec

type Data = dict[str, Any]

PARTIES = ("MENTEE", "MENTOR")
PROMISES = {
    "SIGN_AGREEMENT": "Sign the agreement in time",
    "ATTEND": "Be at the check-in",
    "PREPARE": "Prepare a day ahead",
    "READ_BRIEF": "Read the brief before",
    "GIVE_FEEDBACK": "Give feedback each week",
    "ACKNOWLEDGE_FEEDBACK": "Take feedback in",
    "ACT_ON_FEEDBACK": "Act on accepted feedback",
    "LOG_PROGRESS": "Say how the week went",
    "ANSWER_HELP": "Answer a question",
    "COMPLETE_ACTION": "Complete an item",
    "SUBMIT_REVIEW": "Look back in a review",
}
CASES = {
    "AGREEMENT_OVERDUE": "The agreement was not signed by its day",
    "FIRST_MEETING": "There was no first meeting yet",
    "MISSED_CHECK_INS": "Check-ins were missed in a row",
    "AT_RISK": "The mentorship needed care",
    "INACTIVITY": "It had been quiet for long",
    "HELP_OVERDUE": "A question waited for its answer",
    "BLOCKED_ITEM": "Something was in the way for long",
}
RESOLUTIONS = {
    "TALKED": "talked through",
    "REMATCHED": "another mentor found",
    "CLOSED": "closed",
    "NO_ACTION": "looked at",
}
GAPS = {
    "MENTEE_REVIEW": "the mentee's closing review",
    "MENTOR_REVIEW": "the mentor's closing review",
    "GOALS_OPEN": "goals that are still open",
}


@dataclass(frozen=True)
class Kept:
    """The promises of one person and kind: kept in time, late, and not kept."""

    in_time: int
    late: int
    missed: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """As a drawing takes them."""
        return self.in_time, self.late, self.missed


def moment(at: str) -> datetime:
    """A moment as the endpoint says it."""
    return datetime.fromisoformat(at)


def words(name: str) -> str:
    """A name of an enumeration as words."""
    return name.replace("_", " ").lower()


def in_days(duration: str | None) -> float | None:
    """An ISO 8601 duration as days."""
    return None if duration is None else msgspec.convert(duration, timedelta) / timedelta(days=1)


def phases(data: Data) -> list[tuple[str, datetime, datetime]]:
    """Each phase with its beginning and end, without those that were over at once."""
    changes = [(words(each["phase"]), moment(each["at"])) for each in data["phases"]]
    ends = [at for _, at in changes[1:]]
    spans = [(phase, at, end) for (phase, at), end in zip(changes, ends, strict=False)]
    return [span for span in spans if span[2] - span[1] > timedelta(hours=12)]


def span(data: Data) -> tuple[datetime, datetime]:
    """From the first day of mentoring to the last."""
    active = [moment(each["at"]) for each in data["phases"] if each["phase"] == "ACTIVE"]
    closed = [moment(each["at"]) for each in data["phases"] if each["phase"] == "CLOSED"]
    return active[0], closed[0] if closed else moment(data["now"])


def rows(data: Data) -> dict[str, list[tuple[datetime, bool]]]:
    """What the timeline shows below the phases."""
    told = [each for each in data["checkIns"] if each["state"] in {"HELD", "MISSED"}]
    milestones = [each for goal in data["goals"] for each in goal["milestones"]]
    found = {
        "check-ins": [(moment(each["startsAt"]), each["state"] == "HELD") for each in told],
        "reviews": [(moment(each["dueAt"]), len(each["answers"]) == len(PARTIES)) for each in data["reviews"]],
        "milestones": [
            (moment(each["reachedAt"] or f"{each['due']}T12:00:00+00:00"), bool(each["reachedAt"]))
            for each in milestones
        ],
        "asked for care": [(moment(each["openedAt"]), True) for each in data["cases"]],
        "outcomes": [(moment(f"{each['on']}T12:00:00+00:00"), True) for each in data["outcomes"]],
    }
    return {name: moments for name, moments in found.items() if moments}


def goal_series(data: Data) -> dict[str, list[tuple[datetime, float]]]:
    """How much of each goal's own metric was reached by when."""
    found = {}
    for goal in sorted(data["goals"], key=lambda each: str(each["title"])):
        first = goal["metrics"][0]
        low, high = (Fraction(str(first["metric"][name])) for name in ("baseline", "target"))
        found[goal["title"]] = [
            (
                moment(f"{point['on']}T12:00:00+00:00"),
                float(min(Fraction(1), max(Fraction(0), (Fraction(str(point["value"])) - low) / (high - low)))),
            )
            for point in first["series"]
        ]
    return found


def kept(data: Data, party: str) -> dict[str, Kept]:
    """What one side promised and kept, in the order of the ledger's kinds."""
    counted: dict[str, list[int]] = {}
    for term in data["score"]["explain"]:
        if term["party"] == party and term["state"] in {"KEPT", "MISSED"}:
            place = 2 if term["state"] == "MISSED" else int(Fraction(term["fulfilment"]) < 1)
            counted.setdefault(term["promise"], [0, 0, 0])[place] += 1
    return {PROMISES[name]: Kept(*counted[name]) for name in PROMISES if name in counted}


def hours(data: Data) -> tuple[list[str], dict[str, list[float]]]:
    """Months, and for each person and kind the hours given in each."""
    names = {data[side]["id"]: data[side]["name"] for side in ("mentee", "mentor")}
    months = sorted({each["month"] for each in data["timeByMonth"]})
    given: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in data["timeByMonth"]:
        label = f"{names.get(each['person']['id'], 'earlier mentor')}: {TIMES[each['kind']]}"
        given[label][each["month"]] += each["minutes"] / 60
    shown = [f"{datetime.strptime(month, '%Y-%m'):%b}" for month in months]
    return shown, {label: [given[label][month] for month in months] for label in sorted(given)}


TIMES = {"MEETING": "meeting", "PREPARATION": "preparing", "ASYNC": "between meetings"}


def hours_of(data: Data, side: str) -> float:
    """All the hours of one person."""
    person_id = data[side]["id"]
    minutes: int = sum(each["minutes"] for each in data["timeSummary"] if each["person"]["id"] == person_id)
    return minutes / 60


def acted(data: Data) -> list[tuple[float, bool]]:
    """For each accepted feedback the days until it was acted on, or that it has been open for."""
    now = moment(data["now"])
    accepted = [each for each in data["feedback"] if each["actionItem"] and each["decidedAt"]]
    return [
        (
            (moment(each["actionItem"]["completedAt"] or now.isoformat()) - moment(each["decidedAt"]))
            / timedelta(days=1),
            bool(each["actionItem"]["completedAt"]),
        )
        for each in accepted
    ]


@dataclass(frozen=True)
class Line:
    """One term of the score as the page shows it."""

    promise: str
    due: str
    done: str
    counts: str
    size: int


def terms(data: Data, party: str, zone: Any) -> list[Line]:
    """Everything that counts on one side, in the order of time."""
    of_party = [each for each in data["score"]["explain"] if each["party"] == party and each["fulfilment"] is not None]
    return [
        Line(
            promise=PROMISES[each["promise"]],
            due=_day(each["due"], zone),
            done=_day(each["doneAt"], zone) if each["doneAt"] else "not done",
            counts=f"{float(Fraction(each['fulfilment'])):.2f}".rstrip("0").rstrip("."),
            size=each["size"],
        )
        for each in sorted(of_party, key=lambda each: str(each["due"]))
    ]


def short_of_full(lines: Sequence[Line]) -> list[Line]:
    """The terms that do not count in full."""
    return [line for line in lines if line.counts != "1"]


def _day(at: str, zone: Any) -> str:
    return f"{moment(at).astimezone(zone):%d %b %y %H:%M}"
