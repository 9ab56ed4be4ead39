"""Drawings of the closing report as SVG: few colours that can be told apart, words as text, nothing in red."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from textwrap import shorten
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import matplotlib.dates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

INK, SOFT, GRID = "#22303c", "#5b6b79", "#dde4ea"
TEAL, AMBER, BLUE, SAND = "#0f766e", "#b45309", "#1d4ed8", "#cbd5e1"
_DATES: Any = matplotlib.dates  # it has no types
WIDTH = 4.3  # inches; as wide as a phone shows it without making words small
_STYLE: Any = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 9.5,
    "text.color": INK, "axes.labelcolor": SOFT, "axes.edgecolor": GRID, "xtick.color": SOFT, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "axes.grid": False,
    "xtick.major.size": 0, "ytick.major.size": 0, "legend.frameon": False, "svg.hashsalt": "report",
    "text.parse_math": False,
}  # fmt: skip


@contextmanager
def _drawing(height: float, width: float = WIDTH) -> Iterator[tuple[Figure, Axes]]:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.add_subplot()


def _svg(figure: Figure, name: str, title: str, said: str) -> str:
    """The drawing as an element of the page, with a title and a description for those who do not see it."""
    out = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", drawn)  # many drawings share the page
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r' (width|height)="[\d.]+pt"', "", drawn, count=2)
    labelled = f'<svg role="img" aria-labelledby="{name}-title {name}-said"'
    inside = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-said">{escape(said)}</desc>'
    head, _, rest = drawn.replace("<svg", labelled, 1).partition(">")
    return f"{head}>{inside}{rest}"


def _at(moment: datetime) -> float:
    """A moment as a place on an axis of time: days since 1970."""
    return moment.timestamp() / 86_400


def _months(axes: Axes, *, every: int = 2) -> None:
    axes.xaxis.set_major_locator(_DATES.MonthLocator(interval=every))
    axes.xaxis.set_major_formatter(_DATES.DateFormatter("%b"))


def _legend(figure: Figure, axes: Axes, columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper left", ncols=columns, handlelength=1, columnspacing=1.2, borderaxespad=0
    )


def timeline(
    phases: Sequence[tuple[str, datetime, datetime]], rows: Mapping[str, Sequence[tuple[datetime, bool]]],
    *, name: str, said: str, width: float = WIDTH,
) -> str:  # fmt: skip
    """Phases as a band, and below it a row of dots for each kind of thing; hollow where it did not come about."""
    colours = {"active": TEAL, "paused": AMBER, "closing": BLUE}
    with _drawing(2.5, width) as (figure, axes):
        for phase, start, end in phases:
            axes.barh(0, _at(end) - _at(start), left=_at(start), height=0.55, color=colours.get(phase, SAND))
        seen = dict.fromkeys(phase for phase, _, _ in phases)
        for phase in seen:
            axes.barh(0, 0, left=_at(phases[0][1]), color=colours.get(phase, SAND), label=phase)
        for row, moments in enumerate(rows.values(), start=1):
            for was_done, face in ((True, INK), (False, "white")):
                at = [_at(moment) for moment, done in moments if done is was_done]
                axes.plot(at, [row] * len(at), "o", ms=4.5, mfc=face, mec=INK, mew=0.9, clip_on=False)
        axes.set_yticks(range(len(rows) + 1), ["phase", *rows])
        axes.invert_yaxis()
        _months(axes, every=1 if width > WIDTH else 2)
        _legend(figure, axes, 3 if width == WIDTH else 6)
        return _svg(figure, name, "Timeline of the year", said)


def goals(series: Mapping[str, Sequence[tuple[datetime, float]]], span: tuple[datetime, datetime], said: str) -> str:
    """How much of each goal was reached by when, against the time that had gone by."""
    with _drawing(2.9) as (figure, axes):
        axes.plot([_at(each) for each in span], (0, 1), "--", color=SOFT, lw=1.2, label="time gone by")
        for (title, points), colour, dash in zip(
            series.items(), (TEAL, BLUE, AMBER) * 4, ("-", "-.", ":") * 4, strict=False
        ):
            at = [_at(each) for each in (span[0], *(moment for moment, _ in points), span[1])]
            shares = [0.0, *(share for _, share in points), points[-1][1] if points else 0.0]
            axes.step(at, shares, dash, where="post", color=colour, lw=2, label=shorten(title, 46, placeholder="…"))
        axes.set_ylim(-0.03, 1.05)
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.grid(axis="y", color=GRID)
        _months(axes)
        _legend(figure, axes, 1)
        return _svg(figure, "goals", "Goals against time", said)


def promises(counts: Mapping[str, tuple[int, int, int]], name: str, title: str, said: str) -> str:
    """For each kind of promise how many were kept in time, kept late, and not kept."""
    shades = (("in time", TEAL, ""), ("late", AMBER, "///"), ("not kept", SAND, ""))
    with _drawing(0.75 + 0.3 * len(counts)) as (figure, axes):
        kinds, starts = list(counts), [0] * len(counts)
        for place, (label, colour, hatch) in enumerate(shades):
            values = [count[place] for count in counts.values()]
            axes.barh(
                kinds, values, left=starts, color=colour, label=label, height=0.62, hatch=hatch, edgecolor="white", lw=0
            )
            starts = [start + value for start, value in zip(starts, values, strict=True)]
        for row, (in_time, late, missed) in enumerate(counts.values()):
            total = in_time + late + missed
            axes.text(total + 0.8, row, f"{in_time + late} of {total}", va="center", color=INK, fontsize=8.5)
        axes.set_xlim(0, max(starts, default=1) * 1.2)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.invert_yaxis()
        _legend(figure, axes, 3)
        return _svg(figure, name, title, said)


def hours(months: Sequence[str], given: Mapping[str, Sequence[float]], said: str) -> str:
    """Hours a month, stacked by person and kind."""
    colours, hatches = (TEAL, "#5eaaa3", BLUE, "#8aa7f0", AMBER, SAND), ("", "", "", "", "", "")
    with _drawing(2.9) as (figure, axes):
        base = [0.0] * len(months)
        for (label, values), colour, hatch in zip(given.items(), colours, hatches, strict=False):
            axes.bar(range(len(months)), values, bottom=base, color=colour, label=label, hatch=hatch, width=0.72)
            base = [low + value for low, value in zip(base, values, strict=True)]
        axes.set_ylabel("hours")
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)
        shown = range(0, len(months), 2)
        axes.set_xticks(list(shown), [months[each] for each in shown])
        _legend(figure, axes, 2)
        return _svg(figure, "hours", "Hours given each month", said)


def follow_through(days: Sequence[tuple[float, bool]], median: float | None, said: str) -> str:
    """A line for each piece of accepted feedback: how long it took until it was acted on."""
    with _drawing(0.9 + 0.19 * max(len(days), 3)) as (figure, axes):
        for row, (lasted, done) in enumerate(sorted(days)):
            axes.plot((0, lasted), (row, row), color=TEAL if done else SAND, lw=2)
            axes.plot(lasted, row, "o", ms=5, mfc=TEAL if done else "white", mec=TEAL if done else SOFT)
        axes.axvline(14, color=SOFT, ls="--", lw=1, label="promised: 14 days")
        if median is not None:
            axes.axvline(median, color=AMBER, lw=1.5, label=f"median: {median:.0f} days")
        axes.set_yticks([])
        axes.set_xlim(left=0)
        axes.set_xlabel("days since the feedback was accepted")
        axes.invert_yaxis()
        _legend(figure, axes, 2)
        return _svg(figure, "follow", "From accepted feedback to having acted on it", said)
