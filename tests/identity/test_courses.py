"""The mentorships of a cohort: those of its mentees, page by page and without a word, for the part that asks."""

from typing import Any

import pytest

from contracts.errors import Forbidden, NotFound
from contracts.identity import (
    Agreement,
    Closure,
    EnrolmentState,
    ListCourses,
    ListEnrolments,
    Mentorship,
    MentorshipCourse,
    Party,
    Phase,
    PhaseChange,
    ProgrammePolicy,
)
from contracts.wire import Caller, Change, Record
from kit.clock import Clock
from kit.command import Stamp
from kit.mongo import Aggregates, Database
from services.identity.actions import Context
from services.identity.actions.courses import list_courses
from services.identity.model.courses import course_of
from services.identity.model.enrolments import Enrolled, Group, list_key
from services.identity.store import Store
from tests.builders import NOW, a_caller

WORKFLOWS = Caller(org_id="acme", part="workflows")
BY = Stamp("acme", "priya", NOW)


def a_mentorship(number: int, mentee: str, mentor: str = "sofia", **fields: Any) -> Mentorship:
    words = Agreement(
        version=1, challenges=("Speak up",), mentee_expectations="Honest words", mentor_expectations="Preparation",
        drafted_by="maria", drafted_at=NOW,
    )  # fmt: skip
    given: dict[str, Any] = {"programme_id": "leaders", "agreement": words, **fields}
    return Mentorship(
        id=f"mentorship-{number}", org_id="acme", mentor_id=mentor, mentee_id=mentee, party_ids=(mentor, mentee),
        policy=ProgrammePolicy(version=3), created_at=NOW, **given,
    )  # fmt: skip


@pytest.fixture
async def context(database: Database) -> Context:
    """A cohort of three mentees, one of whom has left, and one beside it."""
    nothing: Any = None
    rest = dict.fromkeys(("passwords", "keys", "limiter", "providers", "seal", "trail"), nothing)
    store = Store(database, lambda: None)
    for kept in (store.cohorts, store.enrolments, store.mentorships):
        await kept.prepare()
    group = Group(id="spring", org_id="acme", programme_id="leaders", name="Spring", created_at=NOW)
    await _keep(store.cohorts, group)
    for user_id, cohort_id in (("maria", "spring"), ("nina", "spring"), ("olga", "spring"), ("rosa", None)):
        wanted = ListEnrolments(cohort_id=cohort_id, party=Party.MENTEE)
        enrolled = Enrolled(
            id=f"of-{user_id}", org_id="acme", programme_id="leaders", cohort_id=cohort_id, user_id=user_id,
            party=Party.MENTEE, state=EnrolmentState.WITHDRAWN if user_id == "olga" else EnrolmentState.APPROVED,
            consented_at=NOW, created_at=NOW, keys=(list_key("leaders", wanted),),
        )  # fmt: skip
        await _keep(store.enrolments, enrolled)
    for number, (mentee, mentor, programme_id) in enumerate(
        (
            ("maria", "sofia", "leaders"),
            ("maria", "tom", "leaders"),
            ("maria", "sofia", "other"),
            ("nina", "sofia", "leaders"),
            ("olga", "maria", "leaders"),
            ("rosa", "nina", "leaders"),
        )
    ):
        await _keep(store.mentorships, a_mentorship(number, mentee, mentor, programme_id=programme_id))
    return Context(store=store, clock=Clock(), open_registration=False, **rest)


async def _keep[R: Record](kept: Aggregates[R], record: R) -> None:
    await kept.create(BY, lambda _: Change(record), new_id=record.id)  # type: ignore[attr-defined]


async def read(context: Context, first: int = 50) -> list[MentorshipCourse]:
    found: list[MentorshipCourse] = []
    after: str | None = None
    while True:
        page = await list_courses(context, WORKFLOWS, ListCourses(cohort_id="spring", first=first, after=after))
        found += page.items
        after = page.end_cursor
        if not page.has_next:
            return found


@pytest.mark.parametrize("first", [1, 2, 50])
async def test_the_mentorships_of_its_mentees_come_once_however_they_are_paged(context: Context, first: int) -> None:
    found = await read(context, first)
    assert sorted(each.id for each in found) == [f"mentorship-{number}" for number in (0, 1, 3, 4)]


async def test_nobody_else_is_answered_and_a_foreign_cohort_is_an_unknown_one(context: Context) -> None:
    asked = ListCourses(cohort_id="spring")
    for caller in (a_caller("priya", roles=("programme_manager",)), Caller(org_id="acme", part="goals")):
        with pytest.raises(Forbidden):
            await list_courses(context, caller, asked)
    refused = []
    for caller, cohort_id in ((WORKFLOWS, "nowhere"), (Caller(org_id="other", part="workflows"), "spring")):
        with pytest.raises(NotFound) as refusal:
            await list_courses(context, caller, ListCourses(cohort_id=cohort_id))
        refused.append(str(refusal.value).replace(cohort_id, "it"))
    assert refused[0] == refused[1]


def test_a_course_begins_with_its_first_mentor_and_ends_when_it_ended() -> None:
    phases = (Phase.PROPOSED, Phase.EXPECTATION_SETTING, Phase.CLOSED, Phase.ALUMNI)
    changes = tuple(PhaseChange(phase=phase, at=NOW.replace(month=month)) for month, phase in enumerate(phases, 1))
    over = a_mentorship(
        1, "maria", "nina", former_mentor_ids=("sofia", "tom"), phases=changes, phase=Phase.ALUMNI,
        closure=Closure.COMPLETED,
    )  # fmt: skip
    course = course_of(over)
    assert (course.mentor_id, course.ended_at, course.closure) == ("sofia", NOW.replace(month=3), Closure.COMPLETED)
    assert course.policy.version == 3
    assert "Honest" not in str(course)
    assert course_of(a_mentorship(1, "maria", phases=changes[:2])).ended_at is None
