"""Renegotiation: at mid-term only, signed by both, and until then the old agreement holds."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict
from contracts.identity import (
    Agreement,
    AgreementDrafted,
    AgreementRenegotiated,
    AgreementSigned,
    Mentorship,
    Phase,
    PhaseChange,
    ProgrammePolicy,
)
from contracts.wire import Record, evolve
from services.identity.model import agreements as model
from tests.builders import NOW
from tests.identity.test_model_mentorships import a_draft, agreeing

DAY = timedelta(days=1)
MID = NOW + ProgrammePolicy().length / 2


def running(**fields: Record) -> Mentorship:
    """Both signed the first version, and they are under way since NOW."""
    signed = model.sign(model.sign(agreeing(), 1, "maria", NOW).state, 1, "sofia", NOW).state
    phases = (*signed.phases, PhaseChange(phase=Phase.ACTIVE, at=NOW))
    return evolve(signed, phase=Phase.ACTIVE, phases=phases, **fields)


def drafted(at: datetime = MID) -> Mentorship:
    return model.draft_agreement(running(), a_draft("Delegate"), "maria", at).state


def held(mentorship: Mentorship) -> Agreement:
    assert mentorship.agreement is not None
    return mentorship.agreement


def test_an_agreement_is_pinned_to_the_policy_when_both_have_signed() -> None:
    once = model.sign(agreeing(), 1, "maria", NOW).state
    assert held(once).policy_version is None
    assert held(running()).policy_version == ProgrammePolicy().version


def test_a_new_version_waits_beside_the_one_that_holds() -> None:
    change = model.draft_agreement(running(), a_draft("Delegate"), "maria", MID)
    assert (held(change.state).version, held(change.state).challenges) == (1, ("Speak up in large meetings",))
    assert change.state.renegotiation is not None
    assert (change.state.renegotiation.version, change.state.renegotiation.signatures) == (2, ())
    assert [type(event) for event in change.events] == [AgreementDrafted]


def test_it_holds_once_both_have_signed_it() -> None:
    once = model.sign(drafted(), 2, "maria", MID)
    assert held(once.state).version == 1
    assert [type(event) for event in once.events] == [AgreementSigned]
    twice = model.sign(once.state, 2, "sofia", MID)
    assert (held(twice.state).version, held(twice.state).challenges) == (2, ("Delegate",))
    assert twice.state.renegotiation is None
    assert [type(event) for event in twice.events] == [AgreementSigned, AgreementRenegotiated]


def test_a_second_draft_clears_the_signatures_of_the_first() -> None:
    signed = model.sign(drafted(), 2, "maria", MID).state
    again = model.draft_agreement(signed, a_draft("Listen"), "sofia", MID).state
    assert again.renegotiation is not None
    assert (again.renegotiation.version, again.renegotiation.signatures) == (3, ())
    with pytest.raises(Conflict):
        model.sign(again, 2, "sofia", MID)


@pytest.mark.parametrize("at", [NOW, MID - timedelta(seconds=1), MID + 7 * DAY + timedelta(seconds=1)])
def test_a_new_version_outside_mid_term_is_refused(at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        drafted(at)
    assert "mid-term" in refused.value.message


@pytest.mark.parametrize("at", [MID, MID + 7 * DAY])
def test_mid_term_has_both_its_ends(at: datetime) -> None:
    assert drafted(at).renegotiation is not None


def test_what_nobody_signs_in_time_leaves_the_old_one() -> None:
    late = MID + ProgrammePolicy().signature_deadline + timedelta(seconds=1)
    with pytest.raises(Conflict) as refused:
        model.sign(drafted(), 2, "maria", late)
    assert "from before holds" in refused.value.message


def test_signing_where_nothing_is_renegotiated_is_refused() -> None:
    with pytest.raises(Conflict):
        model.sign(running(), 1, "maria", MID)


@given(steps=st.lists(st.tuples(st.sampled_from(["draft", "sign"]), st.sampled_from(["maria", "sofia"])), max_size=12))
def test_whatever_the_two_do_an_agreement_that_both_signed_holds(steps: list[tuple[str, str]]) -> None:
    mentorship = running()
    for what, who in steps:
        latest = mentorship.renegotiation or held(mentorship)
        try:
            if what == "draft":
                mentorship = model.draft_agreement(mentorship, a_draft(), who, MID).state
            else:
                mentorship = model.sign(mentorship, latest.version, who, MID).state
        except Conflict:
            continue
        assert len(held(mentorship).signatures) == 2
        assert mentorship.renegotiation is None or mentorship.renegotiation.version > held(mentorship).version
