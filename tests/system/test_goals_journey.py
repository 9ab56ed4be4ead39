"""Goals at the endpoint: what a machine says of them, their life, milestones, metrics and tables; and who may not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story

SMART = {
    "specific": "Present my team's work to people outside the team",
    "measurable": "Three presentations, each with written feedback",
    "achievable": "One a month; the first is on the calendar",
    "relevant": "I want to be heard",
    "timeBound": "Within the next three months",
}
METRIC = {"name": "Presentations", "unit": "presentations", "kind": "COUNT", "baseline": 0, "target": 3}


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for all of this file; each test drafts the goals that it needs."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def _refused(attempt: Any, code: str, field: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    assert (refused.value.code, refused.value.field) == (code, field or refused.value.field)
    return refused.value.message


async def _today(story: Story) -> date:
    return (await story.now()).date()


async def _draft(story: Story, **fields: Any) -> str:
    due = await _today(story) + timedelta(days=90)
    given = {"mentorshipId": story.mentorship_id, "title": "Deliver three presentations in the next three months",
             "smart": SMART, "metric": METRIC, "due": due.isoformat(), **fields}  # fmt: skip
    return str((await story.maria.do("draftGoal", "goal { id }", **given))["goal"]["id"])


async def _agreed(story: Story, **fields: Any) -> str:
    goal_id = await _draft(story, **fields)
    await story.maria.do("proposeGoal", "goal { id }", goalId=goal_id)
    await story.sofia.do("approveGoal", "goal { id }", goalId=goal_id)
    return goal_id


async def _goal(person: Person, goal_id: str, fields: str) -> dict[str, Any]:
    answer = await person.ask(f"query($id: ID!) {{ goal(id: $id) {{ {fields} }} }}", id=goal_id)
    goal: dict[str, Any] = answer["goal"]
    return goal


async def test_a_machine_says_what_is_missing_and_how_to_mend_it(story: Story, stranger: Person) -> None:
    found = await story.maria.do(
        "lintGoal", "lint { letter passed why suggestion }", title="Improve my presentation skills"
    )
    missed = [each for each in found["lint"] if not each["passed"]]
    assert [each["letter"] for each in missed] == ["M", "T"]
    assert all(each["why"] and each["suggestion"] for each in missed)

    title = "Deliver three presentations in the next three months and receive feedback on each"
    better = await story.sofia.do(
        "lintGoal", "lint { letter passed }", title=title, smart=SMART, metric=METRIC, mentorshipId=story.mentorship_id
    )
    assert all(each["passed"] for each in better["lint"])
    await _refused(stranger.do("lintGoal", "lint { why }", title=title, mentorshipId=story.mentorship_id), "NOT_FOUND")
    await _refused(story.maria.do("lintGoal", "lint { why }", title=" "), "INVALID", "title")


async def test_a_goal_names_a_challenge_of_the_agreement_and_shows_its_lint(story: Story) -> None:
    goal_id = await _draft(story, challenge=1, category="PERSONAL")
    goal = await _goal(story.sofia, goal_id, "challenge category lint { letter passed why }")
    assert (goal["challenge"], goal["category"]) == (1, "PERSONAL")
    assert "Being heard" in goal["lint"][3]["why"]
    assert all(each["passed"] for each in goal["lint"])
    await _refused(_draft(story, challenge=2), "INVALID", "challenge")
    await story.maria.do("abandonGoal", "goal { id }", goalId=goal_id, reason="Only a try")
    asked = "query($id: ID!) { mentorship(id: $id) { unaddressedChallenges { place text } } }"
    for person in (story.maria, story.sofia):
        (open_one,) = (await person.ask(asked, id=story.mentorship_id))["mentorship"]["unaddressedChallenges"]
        assert (open_one["place"], open_one["text"][:11]) == (1, "Being heard")
    await _refused(story.priya.ask(asked, id=story.mentorship_id), "NOT_FOUND")
    await _draft(story, challenge=1)
    assert await story.mentorship("unaddressedChallenges { place }") == {"unaddressedChallenges": []}


async def test_the_mentor_asks_for_a_change_and_the_mentee_revises(story: Story) -> None:
    goal_id = await _draft(story)
    ask = {"goalId": goal_id, "text": "How will you know that they heard you?"}
    await _refused(story.sofia.do("requestGoalChange", "goal { id }", **ask), "CONFLICT")
    await story.maria.do("proposeGoal", "goal { id }", goalId=goal_id)
    await _refused(story.maria.do("requestGoalChange", "goal { id }", **ask), "FORBIDDEN")
    asked = await story.sofia.do("requestGoalChange", "goal { state changeRequests { text by { name } } }", **ask)
    assert asked["goal"] == {"state": "DRAFT", "changeRequests": [{"text": ask["text"], "by": {"name": "Sofia"}}]}

    revise = {"goalId": goal_id, "reason": "Sofia asked how I would know", "title": "Three talks in three months"}
    await _refused(story.sofia.do("reviseGoal", "goal { id }", **revise), "FORBIDDEN")
    returning = (
        "goal { state title revisions { number reason changed by { name } before { state title smart { specific } } } }"
    )
    revised = await story.maria.do("reviseGoal", returning, **revise)
    (revision,) = revised["goal"]["revisions"]
    assert (revised["goal"]["state"], revised["goal"]["title"]) == ("DRAFT", "Three talks in three months")
    assert revision == {
        "number": 1, "reason": revise["reason"], "changed": ["title"], "by": {"name": "Maria"},
        "before": {"state": "DRAFT", "title": "Deliver three presentations in the next three months", "smart": None},
    }  # fmt: skip
    await _refused(story.maria.do("reviseGoal", "goal { id }", **revise), "INVALID")


async def test_an_agreed_goal_that_is_revised_is_proposed_again_and_keeps_its_entries(story: Story) -> None:
    goal_id = await _agreed(story)
    today = (await _today(story)).isoformat()
    await story.maria.do("logProgress", "goal { id }", goalId=goal_id, value=1, on=today)
    fewer = {**METRIC, "target": 1}
    revised = await story.maria.do(
        "reviseGoal", "goal { state attainment entries { value } }", goalId=goal_id, reason="One will do", metric=fewer
    )
    assert revised["goal"] == {"state": "PROPOSED", "attainment": 1, "entries": [{"value": 1}]}
    await _refused(story.maria.do("logProgress", "goal { id }", goalId=goal_id, value=1, on=today), "CONFLICT")
    agreed = await story.sofia.do("approveGoal", "goal { state achievedAt }", goalId=goal_id)
    assert agreed["goal"]["state"] == "ACHIEVED"


async def test_a_goal_is_let_go_with_a_reason_and_by_its_owner_only(story: Story, stranger: Person) -> None:
    goal_id = await _draft(story)
    gone = {"goalId": goal_id, "reason": "My new role has no audience"}
    await _refused(story.sofia.do("abandonGoal", "goal { id }", **gone), "FORBIDDEN")
    await _refused(stranger.do("abandonGoal", "goal { id }", **gone), "NOT_FOUND")
    await _refused(story.maria.do("abandonGoal", "goal { id }", goalId=goal_id, reason=" "), "INVALID", "reason")
    left = await story.maria.do("abandonGoal", "goal { state abandonedBecause abandonedAt }", **gone)
    assert (left["goal"]["state"], left["goal"]["abandonedBecause"]) == ("ABANDONED", gone["reason"])
    await _refused(story.maria.do("proposeGoal", "goal { id }", goalId=goal_id), "CONFLICT")
    await story.until_seen("goals.goal_abandoned.v1", 1)


async def test_milestones_stand_in_the_order_of_their_days_and_are_reached_once(story: Story) -> None:
    goal_id, today = await _agreed(story), await _today(story)
    for title, days in (("Second talk", 60), ("First talk", 30)):
        due = (today + timedelta(days=days)).isoformat()
        added = await story.maria.do(
            "addMilestone", "goal { milestones { id title } }", goalId=goal_id, title=title, due=due
        )
    first, second = added["goal"]["milestones"]
    assert (first["title"], second["title"]) == ("First talk", "Second talk")
    book = await story.sofia.do(
        "addActionItem", "actionItem { id }", mentorshipId=story.mentorship_id, ownerId=story.maria.id,
        title="Book a room", due=today.isoformat(), goalId=goal_id, milestoneId=first["id"],
    )  # fmt: skip
    tree = await _goal(story.maria, goal_id, "actions { edges { node { id milestoneId } } }")
    assert tree["actions"]["edges"] == [{"node": {"id": book["actionItem"]["id"], "milestoneId": first["id"]}}]
    reach = {"goalId": goal_id, "milestoneId": first["id"]}
    await _refused(story.sofia.do("reachMilestone", "goal { id }", **reach), "FORBIDDEN")
    reached = await story.maria.do("reachMilestone", "goal { milestones { reachedAt } }", **reach)
    assert [bool(each["reachedAt"]) for each in reached["goal"]["milestones"]] == [True, False]
    await _refused(story.maria.do("reachMilestone", "goal { id }", **reach), "CONFLICT")
    await _refused(
        story.maria.do("reachMilestone", "goal { id }", goalId=goal_id, milestoneId="x"), "INVALID", "milestoneId"
    )
    late = (today + timedelta(days=91)).isoformat()
    await _refused(
        story.maria.do("addMilestone", "goal { id }", goalId=goal_id, title="Late", due=late), "INVALID", "due"
    )
    await story.until_seen("goals.milestone_reached.v1", 1)


async def _feedback(giver: Person, story: Story) -> str:
    given = await giver.do(
        "giveFeedback", "feedback { id }", mentorshipId=story.mentorship_id, kind="STRENGTH", situation="The talk",
        behaviour="You paused", impact="We followed",
    )  # fmt: skip
    return str(given["feedback"]["id"])


async def test_an_entry_that_needs_feedback_counts_once_it_has_it(story: Story) -> None:
    goal_id = await _agreed(story, metric={**METRIC, "target": 2, "needsFeedback": True})
    today = (await _today(story)).isoformat()
    given, another, hers = [
        await _feedback(*each) for each in ((story.sofia, story), (story.sofia, story), (story.maria, story))
    ]
    log = {"goalId": goal_id, "value": 1, "on": today}
    logged = await story.maria.do("logProgress", "goal { current entries { id feedbackId } }", **log)
    assert (logged["goal"]["current"], logged["goal"]["entries"][0]["feedbackId"]) == (0, None)
    attach = {"goalId": goal_id, "entryId": logged["goal"]["entries"][0]["id"]}
    await _refused(story.maria.do("attachFeedback", "goal { id }", **attach, feedbackId=hers), "INVALID", "feedbackId")
    await _refused(story.sofia.do("attachFeedback", "goal { id }", **attach, feedbackId=given), "FORBIDDEN")
    counted = await story.maria.do(
        "attachFeedback", "goal { current entries { feedbackId } }", **attach, feedbackId=given
    )
    assert counted["goal"] == {"current": 1, "entries": [{"feedbackId": given}]}
    await _refused(story.maria.do("attachFeedback", "goal { id }", **attach, feedbackId=another), "CONFLICT")
    await _refused(story.maria.do("logProgress", "goal { id }", **log, feedbackId=given), "INVALID", "feedbackId")
    done = await story.maria.do("logProgress", "goal { state }", **log, feedbackId=another)
    assert done["goal"]["state"] == "ACHIEVED"


async def test_a_goal_has_several_metrics_each_with_a_series_ready_to_plot(story: Story) -> None:
    goal_id, today = await _agreed(story), await _today(story)
    metric = {"name": "Team feedback", "unit": "points", "kind": "LAST", "baseline": 3.4, "target": 4.2}
    await _refused(story.sofia.do("addMetric", "goal { id }", goalId=goal_id, metric=metric), "FORBIDDEN")
    added = await story.maria.do("addMetric", "goal { metrics { metricId } }", goalId=goal_id, metric=metric)
    metric_id = added["goal"]["metrics"][1]["metricId"]
    await _refused(story.maria.do("addMetric", "goal { id }", goalId=goal_id, metric=metric), "INVALID", "name")
    for days, value in ((2, 3.6), (1, 3.9)):
        on = (today - timedelta(days=days)).isoformat()
        await story.maria.do("logProgress", "goal { id }", goalId=goal_id, value=value, on=on, metricId=metric_id)
        await story.maria.do("logProgress", "goal { id }", goalId=goal_id, value=1, on=on)
    fields = "current metrics { metric { name } current attainment onTrack elapsed series { on value } }"
    main, points = (await _goal(story.sofia, goal_id, fields))["metrics"]
    assert [point["value"] for point in main["series"]] == [1, 2]
    assert (main["current"], main["onTrack"], main["elapsed"]) == (2, True, 0)
    assert ([point["value"] for point in points["series"]], points["current"]) == ([3.6, 3.9], 3.9)
    assert points["attainment"] == pytest.approx(0.625)


async def test_a_table_is_taken_whole_or_not_at_all_unless_asked(story: Story, stranger: Person) -> None:
    goal_id = await _agreed(story, metric={**METRIC, "kind": "SUM", "target": 100})
    today = (await _today(story)).isoformat()
    table = f'on,value,note\n{today},2,"first, with a comma"\n2027-13-01,1,\n{today},many,\n'
    returning = "stored goal { current } rows { row stored field problem }"
    await _refused(story.sofia.do("importProgress", "stored", goalId=goal_id, csv=table), "FORBIDDEN")
    await _refused(stranger.do("importProgress", "stored", goalId=goal_id, csv=table), "NOT_FOUND")
    await _refused(story.maria.do("importProgress", "stored", goalId=goal_id, csv="date,amount\n"), "INVALID", "csv")
    whole = await story.maria.do("importProgress", returning, goalId=goal_id, csv=table)
    assert (whole["stored"], whole["goal"]["current"]) == (0, 0)
    assert [(row["row"], row["stored"], row["field"]) for row in whole["rows"]] == [
        (2, False, None), (3, False, "on"), (4, False, "value"),
    ]  # fmt: skip
    partly = {"goalId": goal_id, "csv": table, "partly": True, "idempotencyKey": f"table of {goal_id}"}
    first, again = [await story.maria.do("importProgress", returning, **partly) for _ in range(2)]
    assert first == again
    assert (first["stored"], first["goal"]["current"]) == (1, 2)
    export = "query($id: ID!) { exportProgress(goalId: $id) }"
    assert (await story.sofia.ask(export, id=goal_id))["exportProgress"] == (
        f'"on","value","note","metric"\r\n"{today}","2","first, with a comma","Presentations"\r\n'
    )
    for outsider in (stranger, story.priya):
        await _refused(outsider.ask(export, id=goal_id), "NOT_FOUND")


async def test_a_hundred_entries_at_once_are_all_counted(story: Story) -> None:
    goal_id = await _agreed(story, metric={**METRIC, "kind": "SUM", "target": 1_000})
    today = (await _today(story)).isoformat()
    log = {"goalId": goal_id, "value": 1, "on": today}
    await asyncio.gather(*(story.maria.do("logProgress", "goal { id }", **log) for _ in range(100)))
    goal = await _goal(story.maria, goal_id, "current entries { id }")
    assert (goal["current"], len({entry["id"] for entry in goal["entries"]})) == (100, 100)


async def test_a_whole_table_of_five_hundred_rows_is_taken_at_once(story: Story) -> None:
    goal_id = await _agreed(story, metric={**METRIC, "kind": "SUM", "target": 1_000})
    today = (await _today(story)).isoformat()
    table = "on,value\n" + f"{today},1\n" * 500
    taken = await story.maria.do("importProgress", "stored goal { current }", goalId=goal_id, csv=table)
    assert taken == {"stored": 500, "goal": {"current": 500}, "userErrors": []}
