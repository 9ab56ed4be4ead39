"""No sequence of facts, duplicates, reorderings and waits breaks an invariant that the machine answers for."""

from hypothesis import HealthCheck, given, settings

from contracts.identity import ProgrammePolicy
from services.identity.model.mentorships import check_policy
from tests.workflows.invariants import Mentorships
from tests.workflows.policies import policies
from tests.workflows.rearranging import Rearranged

FREELY = settings(max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestMentorships = Mentorships.TestCase
TestMentorships.settings = FREELY
TestRearranged = Rearranged.TestCase
TestRearranged.settings = FREELY


@given(policies())
def test_every_policy_that_is_tried_is_one_that_the_product_accepts(policy: ProgrammePolicy) -> None:
    check_policy(policy)
