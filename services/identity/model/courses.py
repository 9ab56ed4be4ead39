"""How far a mentorship has come, from its beginning on. Pure."""

from contracts.identity import Mentorship, MentorshipCourse, Phase

ENDS = frozenset({Phase.DECLINED, Phase.EXPIRED, Phase.CLOSED})


def course_of(mentorship: Mentorship) -> MentorshipCourse:
    """Without a word of what the two wrote. The mentor is the first one: who came later, the cycle heard of."""
    ended_at = next((each.at for each in mentorship.phases if each.phase in ENDS), None)
    return MentorshipCourse(
        id=mentorship.id,
        org_id=mentorship.org_id,
        programme_id=mentorship.programme_id,
        mentor_id=next(iter(mentorship.former_mentor_ids), mentorship.mentor_id),
        mentee_id=mentorship.mentee_id,
        policy=mentorship.policy,
        phase=mentorship.phase,
        closure=mentorship.closure,
        created_at=mentorship.created_at,
        ended_at=ended_at,
    )
