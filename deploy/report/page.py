"""The page itself: facts and drawings put into the template, every word of people escaped."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from deploy.report import charts, facts
from deploy.report.facts import Data, Kept

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_WIDE = 9.0  # inches: the timeline where there is room


def page(data: Data, zone: str = "Europe/Berlin") -> str:
    """The whole report as one self-contained page."""
    place = ZoneInfo(zone)
    return _TEMPLATES.get_template("report.html.j2").render(
        data=data,
        names={"MENTEE": data["mentee"]["name"], "MENTOR": data["mentor"]["name"]},
        day=lambda at: f"{_moment(at).astimezone(place):%d %B %Y}".lstrip("0"),
        words=facts.words,
        resolutions=facts.RESOLUTIONS,
        cases=[(each, facts.CASES.get(each["kind"], facts.words(each["kind"]).capitalize())) for each in data["cases"]],
        gaps=[facts.GAPS[gap] for gap in data["gaps"]],
        span=facts.span(data),
        tiles=_tiles(data),
        sides=[_side(data, party, place) for party in facts.PARTIES],
        charts=_drawn(data),
        pair_exact=_points(data["score"]["pairExact"]),
        follow_days=_whole(facts.in_days(data["score"]["mentee"]["followThrough"])),
    )


def _moment(at: str | datetime) -> datetime:
    return facts.moment(at) if isinstance(at, str) else at


def _tiles(data: Data) -> list[tuple[str, str]]:
    """What is read first."""
    told = [each["state"] for each in data["checkIns"] if each["state"] in {"HELD", "MISSED"}]
    milestones = [each for goal in data["goals"] for each in goal["milestones"]]
    together = sum(facts.hours_of(data, side) for side in ("mentee", "mentor"))
    tiles = [
        (f"{told.count('HELD')} of {len(told)}", "check-ins held"),
        (f"{len(data['feedback'])}", "times feedback was given"),
        (f"{together:.0f} h", "given by both"),
    ]
    if milestones:
        reached = sum(bool(each["reachedAt"]) for each in milestones)
        tiles.append((f"{reached} of {len(milestones)}", "milestones reached"))
    return tiles


def _side(data: Data, party: str, place: ZoneInfo) -> dict[str, Any]:
    """One person's half of the ledger."""
    score = data["score"][party.lower()]
    lines = facts.terms(data, party, place)
    return {
        "name": data[party.lower()]["name"],
        "score": score["score"],
        "exact": _points(score["exact"]),
        "kinds": [
            {**each, "name": facts.words(each["kind"]), "percent": f"{float(Fraction(each['mean'])):.1%}"}
            for each in score["kinds"]
        ],
        "coverage": score["coverage"],
        "lines": lines,
        "short": facts.short_of_full(lines),
    }


def _drawn(data: Data) -> Mapping[str, Markup]:
    """Every drawing of the page. They are made of numbers and of words that were escaped as they were drawn."""
    phases, rows, series = facts.phases(data), facts.rows(data), facts.goal_series(data)
    months, given = facts.hours(data)
    said = "; ".join(f"{phase} from {start:%d %B %Y} to {end:%d %B %Y}" for phase, start, end in phases)
    reached = "; ".join(f"{title}: {points[-1][1] if points else 0:.0%} at the end" for title, points in series.items())
    hours = "; ".join(f"{label} {sum(values):.1f} hours" for label, values in given.items())
    acted, median = facts.acted(data), facts.in_days(data["score"]["mentee"]["followThrough"])
    done = sum(is_done for _, is_done in acted)
    drawn = {
        "narrow": charts.timeline(phases, rows, name="narrow", said=said),
        "wide": charts.timeline(phases, rows, name="wide", said=said, width=_WIDE),
        "goals": charts.goals(series, facts.span(data), reached),
        "hours": charts.hours(months, given, hours),
        "follow": charts.follow_through(acted, median, f"{done} of {len(acted)} accepted were acted on"),
    }
    for party in facts.PARTIES:
        kept, name = facts.kept(data, party), data[party.lower()]["name"]
        counts = {promise: each.counts for promise, each in kept.items()}
        drawn[party] = charts.promises(counts, party.lower(), f"Promises of {name}", _in_words(kept))
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - escaped where they were drawn


def _in_words(kept: Mapping[str, Kept]) -> str:
    return "; ".join(
        f"{promise}: {each.in_time} in time, {each.late} late, {each.missed} not kept" for promise, each in kept.items()
    )


def _points(exact: str | None) -> str:
    """An exact score with two digits."""
    return "" if exact is None else f"{float(Fraction(exact)):.2f}"


def _whole(number: float | None) -> str | None:
    return None if number is None else f"{number:.0f}"
