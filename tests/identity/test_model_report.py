"""A programme's numbers: sums of the records, and nothing about few people for anybody but the manager."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from contracts.cells import FEWEST
from contracts.identity import Availability, Enrolment, EnrolmentState, MentorProfile, Party, Phase
from services.identity.model.report import hidden, report
from tests.builders import NOW
from tests.identity.test_model_mentorships import a_pair


def an_enrolment(user_id: str, party: Party, state: EnrolmentState) -> Enrolment:
    return Enrolment(
        id=f"{user_id}-{party}", org_id="acme", programme_id="programme-1", user_id=user_id, party=party, state=state,
        consented_at=NOW, created_at=NOW,
    )  # fmt: skip


def a_profile(**fields: Any) -> MentorProfile:
    return MentorProfile(**{"id": "sofia", "org_id": "acme", "created_at": NOW, **fields})


def approved(count: int, party: Party) -> list[Enrolment]:
    return [an_enrolment(f"{party}{number}", party, EnrolmentState.APPROVED) for number in range(count)]


MENTORS = st.lists(
    st.builds(
        a_profile,
        capacity=st.integers(0, 5),
        seats_taken=st.integers(0, 5),
        hours_per_month=st.integers(1, 20),
        availability=st.sampled_from(Availability),
    ),
    max_size=12,
)


@given(mentors=MENTORS)
def test_unused_capacity_is_the_sum_of_the_profiles(mentors: list[MentorProfile]) -> None:
    unused = report("programme-1", [], [], mentors).unused
    assert unused.unused_minutes == sum(each.unused_minutes for each in mentors)
    assert unused.seats_free == sum(each.seats_free for each in mentors)
    assert 0 <= (unused.unused_minutes or 0) <= (unused.minutes or 0)


def test_the_funnel_tells_those_with_a_partner_from_those_without() -> None:
    enrolled = [*approved(3, Party.MENTEE), an_enrolment("late", Party.MENTEE, EnrolmentState.SUBMITTED)]
    pairs = [
        a_pair(mentee_id="mentee0", phase=Phase.ACTIVE),
        a_pair(mentee_id="mentee1", phase=Phase.DECLINED),
        a_pair(mentee_id="stranger", phase=Phase.ACTIVE),
    ]
    side = report("programme-1", enrolled, pairs, []).mentees
    assert (side.submitted, side.approved, side.matched, side.unmatched) == (1, 3, 1, 2)


def test_who_pauses_or_has_no_room_wastes_nothing() -> None:
    assert a_profile(availability=Availability.PAUSED).unused_minutes == 0
    assert a_profile(capacity=0).unused_minutes == 0
    assert a_profile(capacity=4, seats_taken=1, hours_per_month=8).unused_minutes == 6 * 60


@given(mentees=st.integers(0, 12), paired=st.integers(0, 12), mentors=MENTORS)
def test_nothing_about_fewer_than_five_people_can_be_read_or_worked_out(
    mentees: int, paired: int, mentors: list[MentorProfile]
) -> None:
    pairs = [a_pair(mentee_id=f"mentee{number}", phase=Phase.ACTIVE) for number in range(paired)]
    whole = report("programme-1", approved(mentees, Party.MENTEE), pairs, mentors)
    shown = hidden(whole)
    for value in asdict(shown.mentees).values():
        assert value is None or value >= FEWEST
    side, unused = shown.mentees, shown.unused
    assert (side.matched is None) == (side.unmatched is None)
    if len(mentors) < FEWEST:
        assert set(asdict(unused).values()) == {None}
    elif unused.idle_mentors is not None:
        assert unused.idle_mentors >= FEWEST
        assert (unused.mentors or 0) - unused.idle_mentors >= FEWEST
