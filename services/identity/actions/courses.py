"""The mentorships of a cohort, for the part that lives them again."""

from contracts.identity import ListCourses, ListEnrolments, Mentorship, MentorshipCourse, Party
from contracts.policy import Act
from contracts.wire import Caller, Page
from services.identity.actions import Context
from services.identity.model import enrolments
from services.identity.model.courses import course_of
from services.identity.model.policy import Kind, need

_MOST = 20  # mentorships of one mentee in one programme; more are no story of a person any more


async def list_courses(context: Context, caller: Caller, request: ListCourses) -> Page[MentorshipCourse]:
    """Those of one page of the cohort's mentees, whether or not these still take part."""
    need(caller, Act.READ, Kind.COURSE)
    cohort = await context.store.cohorts.get(caller.org_id, request.cohort_id)
    wanted = ListEnrolments(cohort_id=cohort.id, party=Party.MENTEE)
    where = {"keys": enrolments.list_key(cohort.programme_id, wanted)}
    enrolled = await context.store.enrolments.page(caller.org_id, where, first=request.first, after=request.after)
    mentees = tuple(each.user_id for each in enrolled.items)
    theirs: tuple[Mentorship, ...] = ()
    if mentees:
        of = {"partyIds": mentees, "programmeId": cohort.programme_id}
        theirs = await context.store.mentorships.all(caller.org_id, of, limit=_MOST * len(mentees))
    items = tuple(course_of(each) for each in theirs if each.mentee_id in mentees)
    return Page(items=items, end_cursor=enrolled.end_cursor, has_next=enrolled.has_next)
