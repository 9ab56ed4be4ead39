"""The mentorships of a cohort, as somebody needs to know them who lives them again."""

from datetime import datetime

from contracts.identity.mentorship import Closure, Phase
from contracts.identity.programme import ProgrammePolicy
from contracts.wire import Operation, Page, Record


class MentorshipCourse(Record, frozen=True, kw_only=True):
    """Who the two were at first, what they were held to, and how far they have come; `ended_at` once it is over."""

    id: str
    org_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    policy: ProgrammePolicy
    phase: Phase
    closure: Closure | None = None
    created_at: datetime
    ended_at: datetime | None = None


class ListCourses(Record, frozen=True, kw_only=True):
    """The mentorships of those who are or were mentees of a cohort: of `first` of them at a time."""

    cohort_id: str
    first: int = 50
    after: str | None = None


LIST_COURSES = Operation("identity.list_courses", ListCourses, Page[MentorshipCourse], safe=True)
