"""The closing report and the comparison of a year, from what a real one was recorded as."""

import copy
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from deploy.local.comparing import differences
from deploy.local.year import YEARS
from deploy.report import facts
from deploy.report.page import page

RECORDED = json.loads(Path(__file__).with_name("recorded_year.json").read_text())
FIGURES = YEARS["year"].figures


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(RECORDED)


@pytest.fixture(scope="module")
def html() -> str:
    """The page of the recorded year."""
    return page(RECORDED)


class Outline(HTMLParser):
    """The headings of a page in their order, and every address that it would load something from."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.addresses += [value for name, value in attrs if value and (name == "src" or name.endswith("href"))]


def test_the_recorded_year_is_the_golden_one(data: dict[str, Any]) -> None:
    assert differences(data, FIGURES) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["score"].update(pair=93), "the pair's score: 93 and should be 94"),
        (
            lambda data: data["score"]["mentor"]["kinds"][3].update(settled=51),
            "promises of feedback: 51 and should be 50",
        ),
        (lambda data: data["score"]["mentor"]["kinds"][3].update(mean="1"), "mean of feedback is 1.0000"),
        (lambda data: data["score"]["mentee"]["kinds"].pop(), "promises of review: 0 and should be 5"),
        (lambda data: data["score"]["mentee"].update(followThrough=None), "follow-through in days: None"),
        (lambda data: data["outcomes"].clear(), "verified outcomes: ()"),
        (lambda data: data["goals"][0].update(attainment=0.625), "0.625 and should be 1.0"),
        (lambda data: data["cases"].clear(), "cases for the programme manager: {}"),
    ],
)
def test_every_figure_that_differs_is_named(data: dict[str, Any], change: Any, said: str) -> None:
    change(data)
    assert said in "\n".join(differences(data, FIGURES))


def test_the_page_shows_what_the_year_came_to(html: str) -> None:
    for figure in ("Maria: 96", "Sofia: 92", "<strong>94</strong>", "balance 0.961", "4 of 4", "23 of 25", "Promotion"):
        assert figure in html
    assert "within 6 days" in html


def test_everything_is_in_the_page_and_nothing_is_loaded(html: str) -> None:
    outline = Outline(html)
    assert [each for each in outline.addresses if not each.startswith("#")] == []
    assert 'name="viewport"' in html


def test_the_headings_are_an_outline_without_gaps(html: str) -> None:
    levels = Outline(html).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_each_drawing_says_in_words_what_it_shows(html: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(drawings) == 7
    for drawing in drawings:
        parsed = ElementTree.fromstring(drawing)
        assert parsed.get("role") == "img"
        assert all(parsed.findtext(f"{{http://www.w3.org/2000/svg}}{name}") for name in ("title", "desc"))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_words_of_people_are_words_and_never_markup(data: dict[str, Any]) -> None:
    bad = "<script>alert('$\\nothing{$ & more')</script>"
    data["mentor"]["name"] = data["programme"]["name"] = bad
    for goal in data["goals"]:
        goal["title"] = bad + goal["title"]
        for milestone in goal["milestones"]:
            milestone["title"] = bad
    data["outcomes"][0].update(title=bad, evidence=bad)
    html = page(data)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_it_ranks_nobody_and_claims_no_cause(html: str) -> None:
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).lower()
    assert not re.search(r"\b(best|worst|rank|top \d|better than|65 ?%|thanks to|because of the mentorship)\b", text)


def test_a_year_of_which_nothing_is_known_yet_still_makes_a_page(data: dict[str, Any]) -> None:
    for name in ("checkIns", "reviews", "goals", "outcomes", "timeSummary", "timeByMonth", "feedback", "cases"):
        data[name] = []
    score = data["score"]
    score.update(pair=None, pairExact=None, balance=None, explain=[])
    for side in (score["mentee"], score["mentor"]):
        side.update(score=None, exact=None, kinds=[], followThrough=None)
    html = page(data)
    assert "0 of 0" in html
    assert "Too little was accepted" in html


def test_it_counts_late_and_missed_promises_of_each_side(data: dict[str, Any]) -> None:
    assert facts.kept(data, "MENTOR")["Give feedback each week"].counts == (46, 3, 1)
    assert facts.kept(data, "MENTEE")["Act on accepted feedback"].counts == (10, 1, 1)
