"""Programmes, mentorships and agreements: what they are, and what cannot happen to them."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.errors import Conflict, Invalid, NotFound
from contracts.identity import (
    AgreementDrafted,
    AgreementSigned,
    ChangePhase,
    Closure,
    DraftAgreement,
    MatchAccepted,
    MatchDeclined,
    MatchProposed,
    Mentorship,
    MentorshipPhaseChanged,
    MentorshipRetold,
    Party,
    Phase,
    PhaseChange,
    Programme,
    ProgrammePolicy,
    ProposeMentorship,
)
from services.identity.model import agreements, lifecycle
from services.identity.model import mentorships as model
from tests.builders import NOW, a_caller, a_card

DAY = timedelta(days=1)


def a_programme(**fields: Any) -> Programme:
    defaults = {
        "id": "programme-1",
        "org_id": "acme",
        "name": "Leaders",
        "policy": ProgrammePolicy(),
        "created_at": NOW,
    }
    return Programme(**{**defaults, **fields})


def a_pair(**fields: Any) -> Mentorship:
    request = ProposeMentorship(programme_id="programme-1", mentor_id="sofia", mentee_id="maria")
    proposed = model.propose("mentorship-1", a_programme(), request, NOW).state
    return msgspec.structs.replace(proposed, **fields)


def a_draft(challenge: str = "Speak up in large meetings") -> DraftAgreement:
    return DraftAgreement(
        mentorship_id="mentorship-1",
        challenges=(challenge,),
        mentee_expectations="Honest words",
        mentor_expectations="Preparation",
    )


def agreeing() -> Mentorship:
    return agreements.draft_agreement(a_pair(phase=Phase.EXPECTATION_SETTING), a_draft(), "maria", NOW).state


def test_a_proposed_pair_keeps_the_policy_of_its_programme() -> None:
    policy = ProgrammePolicy(length=timedelta(days=91), version=3)
    request = ProposeMentorship(programme_id="programme-1", mentor_id="sofia", mentee_id="maria")
    change = model.propose("mentorship-1", a_programme(policy=policy), request, NOW)
    assert (change.state.phase, change.state.policy, change.state.phase_version) == (Phase.PROPOSED, policy, 0)
    assert change.state.party_ids == ("sofia", "maria")
    assert change.events == (
        MatchProposed(mentorship_id="mentorship-1", mentorship=a_card(phase=Phase.PROPOSED, policy_version=3)),
    )


def test_nobody_is_their_own_mentor() -> None:
    request = ProposeMentorship(programme_id="programme-1", mentor_id="maria", mentee_id="maria")
    with pytest.raises(Invalid) as refused:
        model.propose("mentorship-1", a_programme(), request, NOW)
    assert refused.value.field == "menteeId"


@pytest.mark.parametrize("party", Party)
def test_a_party_accepts_once(party: Party) -> None:
    change = model.accept(a_pair(), party)
    assert change.state.accepted == (party,)
    (fact,) = change.events
    assert isinstance(fact, MatchAccepted)
    assert (fact.party, fact.mentorship.version) == (party, 2)
    with pytest.raises(Conflict):
        model.accept(change.state, party)


def test_a_party_declines_and_the_cycle_does_the_rest() -> None:
    change = model.decline(a_pair(), Party.MENTOR)
    assert change.state.phase is Phase.PROPOSED
    assert [type(event) for event in change.events] == [MatchDeclined]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.PROPOSED])
def test_a_match_is_answered_in_its_own_phase_only(phase: Phase) -> None:
    with pytest.raises(Conflict):
        model.accept(a_pair(phase=phase), Party.MENTOR)
    with pytest.raises(Conflict):
        model.decline(a_pair(phase=phase), Party.MENTOR)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in {Phase.EXPECTATION_SETTING, Phase.ACTIVE}])
def test_an_agreement_is_drafted_and_signed_in_its_own_phase_only(phase: Phase) -> None:
    with pytest.raises(Conflict):
        agreements.draft_agreement(a_pair(phase=phase), a_draft(), "maria", NOW)
    with pytest.raises(Conflict):
        agreements.sign(msgspec.structs.replace(agreeing(), phase=phase), 1, "maria", NOW)


def test_both_sign_the_same_version() -> None:
    once = agreements.sign(agreeing(), 1, "maria", NOW)
    twice = agreements.sign(once.state, 1, "sofia", NOW)
    assert twice.state.agreement is not None
    signatures = twice.state.agreement.signatures
    assert [(signature.party, signature.user_id) for signature in signatures] == [
        (Party.MENTEE, "maria"),
        (Party.MENTOR, "sofia"),
    ]
    (fact,) = twice.events
    assert isinstance(fact, AgreementSigned)
    assert (fact.party, fact.agreement_version) == (Party.MENTOR, 1)


@pytest.mark.parametrize("version", [0, 2, -1])
def test_signing_another_version_than_the_present_one_is_refused(version: int) -> None:
    with pytest.raises(Conflict) as refused:
        agreements.sign(agreeing(), version, "maria", NOW)
    assert refused.value.field == "agreementVersion"


def test_signing_before_there_is_an_agreement_is_refused() -> None:
    with pytest.raises(Conflict):
        agreements.sign(a_pair(phase=Phase.EXPECTATION_SETTING), 1, "maria", NOW)


def test_signing_twice_is_refused() -> None:
    with pytest.raises(Conflict):
        agreements.sign(agreements.sign(agreeing(), 1, "maria", NOW).state, 1, "maria", NOW)


def test_a_new_draft_clears_the_signatures() -> None:
    signed = agreements.sign(agreements.sign(agreeing(), 1, "maria", NOW).state, 1, "sofia", NOW).state
    change = agreements.draft_agreement(signed, a_draft("Delegate"), "sofia", NOW)
    assert change.state.agreement is not None
    assert (change.state.agreement.version, change.state.agreement.signatures) == (2, ())
    (fact,) = change.events
    assert isinstance(fact, AgreementDrafted)
    assert (fact.party, fact.agreement_version) == (Party.MENTOR, 2)
    with pytest.raises(Conflict):
        agreements.sign(change.state, 1, "maria", NOW)


def a_step(phase: Phase, phase_version: int, **fields: Any) -> ChangePhase:
    return ChangePhase(mentorship_id="mentorship-1", phase=phase, phase_version=phase_version, at=NOW, **fields)


def test_a_phase_follows_the_one_before() -> None:
    change = lifecycle.change_phase(a_pair(), a_step(Phase.EXPECTATION_SETTING, 1))
    assert (change.state.phase, change.state.phase_version) == (Phase.EXPECTATION_SETTING, 1)
    assert [step.phase for step in change.state.phases] == [Phase.PROPOSED, Phase.EXPECTATION_SETTING]
    (fact,) = change.events
    assert isinstance(fact, MentorshipPhaseChanged)
    assert fact.mentorship.phase is Phase.EXPECTATION_SETTING


def test_the_phase_that_waits_for_signatures_says_by_when_the_policy_wants_them() -> None:
    policy = ProgrammePolicy(signature_deadline=timedelta(days=5))
    told = lifecycle.change_phase(a_pair(policy=policy), a_step(Phase.EXPECTATION_SETTING, 1)).events[0]
    assert isinstance(told, MentorshipPhaseChanged)
    assert told.due_at == NOW + timedelta(days=5)
    later = lifecycle.change_phase(
        a_pair(phase=Phase.EXPECTATION_SETTING, phase_version=1), a_step(Phase.ACTIVE, 2)
    ).events[0]
    assert isinstance(later, MentorshipPhaseChanged)
    assert later.due_at is None


def test_the_closure_is_kept_with_the_last_phase() -> None:
    closing = a_pair(phase=Phase.CLOSING, phase_version=3)
    change = lifecycle.change_phase(closing, a_step(Phase.CLOSED, 4, closure=Closure.COMPLETED))
    assert change.state.closure is Closure.COMPLETED


def test_repeating_the_last_phase_changes_nothing() -> None:
    active = lifecycle.change_phase(a_pair(), a_step(Phase.EXPECTATION_SETTING, 1)).state
    again = lifecycle.change_phase(active, a_step(Phase.EXPECTATION_SETTING, 1))
    assert (again.state, again.events) == (active, ())


@given(phase_version=st.integers(-5, 10), phase=st.sampled_from(Phase))
def test_a_phase_version_is_never_skipped_or_used_for_two_phases(phase_version: int, phase: Phase) -> None:
    before = a_pair(phase=Phase.ACTIVE, phase_version=2)
    step = a_step(phase, phase_version)
    if phase_version == 3 or (phase_version, phase) == (2, Phase.ACTIVE):
        after = lifecycle.change_phase(before, step).state
        assert after.version - before.version == after.phase_version - before.phase_version == phase_version - 2
    else:
        with pytest.raises(Conflict):
            lifecycle.change_phase(before, step)


def test_a_cycle_that_says_again_where_it_stands_is_believed_unless_it_is_older() -> None:
    record = a_pair(phase=Phase.CLOSING, phase_version=4, phases=(PhaseChange(phase=Phase.ACTIVE, at=NOW),))
    back = lifecycle.change_phase(record, a_step(Phase.ACTIVE, 4, again=True))
    assert (back.state.phase, back.state.phases) == (Phase.ACTIVE, record.phases)
    assert [type(fact) for fact in back.events] == [MentorshipRetold]  # nobody is told of the phase a second time
    ahead = lifecycle.change_phase(record, a_step(Phase.CLOSED, 7, again=True, closure=Closure.COMPLETED))
    assert (ahead.state.phase_version, ahead.state.closure) == (7, Closure.COMPLETED)
    assert [type(fact) for fact in ahead.events] == [MentorshipPhaseChanged]
    with pytest.raises(Conflict):
        lifecycle.change_phase(record, a_step(Phase.ACTIVE, 3, again=True))


@pytest.mark.parametrize(("above", "version"), [(0, 2), (1, 2), (9, 10)])
def test_what_is_told_anew_is_newer_than_what_anybody_believes_in(above: int, version: int) -> None:
    change = lifecycle.retell(a_pair(), above)
    assert change.state == replace(a_pair(), version=version)
    (fact,) = change.events
    assert isinstance(fact, MentorshipRetold)
    assert fact.mentorship.version == version


def test_the_default_policy_can_be_lived() -> None:
    model.check_policy(ProgrammePolicy())


DURATIONS = [
    field.name for field in msgspec.structs.fields(ProgrammePolicy) if field.type in (timedelta, tuple[timedelta, ...])
]


@pytest.mark.parametrize("span", [timedelta(), -DAY, timedelta(days=4_000)])
@pytest.mark.parametrize("name", DURATIONS)
def test_a_duration_of_nothing_or_of_ages_is_refused(name: str, span: timedelta) -> None:
    value: Any = (span,) if name.endswith("nudges") else span
    with pytest.raises(Invalid) as refused:
        model.check_policy(ProgrammePolicy(**{name: value}))
    assert refused.value.field == name


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closing_lead": 182 * DAY}, "closingLead"),
        ({"signature_deadline": 29 * DAY}, "notStartedAfter"),
        ({"preparation_due": 73 * DAY / 24}, "preparationDue"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        model.check_policy(ProgrammePolicy(**fields))
    assert refused.value.field == field


@pytest.mark.parametrize(("user_id", "party"), [("maria", Party.MENTEE), ("sofia", Party.MENTOR)])
def test_a_card_knows_who_sits_where(user_id: str, party: Party) -> None:
    card = a_card()
    assert card.side_of(a_caller(user_id)) is party
    assert card.user_of(party) == user_id


@pytest.mark.parametrize(
    "caller", [a_caller("stranger"), a_caller("maria", org_id="other"), a_caller("", part="workflows"), a_caller("")]
)
def test_everybody_else_is_told_that_there_is_no_such_mentorship(caller: Any) -> None:
    with pytest.raises(NotFound) as refused:
        a_card().side_of(caller)
    assert str(refused.value) == str(NotFound.of("mentorship", "mentorship-1"))
