"""Agreements: drafted and signed at the start, and renegotiated once, at mid-term, while the old one holds."""

from datetime import datetime

from msgspec.structs import replace

from contracts.errors import Conflict
from contracts.identity import (
    Agreement,
    AgreementDrafted,
    AgreementRenegotiated,
    AgreementSigned,
    DraftAgreement,
    Mentorship,
    Party,
    Phase,
    Signature,
)
from contracts.wire import Change, evolve
from services.identity.model.mentorships import card_of


def draft_agreement(mentorship: Mentorship, request: DraftAgreement, by: str, at: datetime) -> Change[Mentorship]:
    """The next version, which nobody has signed. What both have signed before holds until they sign this one."""
    card_of(mentorship).need(Phase.EXPECTATION_SETTING, Phase.ACTIVE)
    running = mentorship.phase is Phase.ACTIVE
    if running:
        _check_window(mentorship, at)
    latest = mentorship.renegotiation or mentorship.agreement
    agreement = Agreement(
        version=latest.version + 1 if latest else 1,
        challenges=request.challenges,
        mentee_expectations=request.mentee_expectations,
        mentor_expectations=request.mentor_expectations,
        drafted_by=by,
        drafted_at=at,
    )
    drafted = evolve(mentorship, **{"renegotiation" if running else "agreement": agreement})
    fact = AgreementDrafted(
        mentorship_id=mentorship.id,
        mentorship=card_of(drafted),
        party=_party(mentorship, by),
        agreement_version=agreement.version,
    )
    return Change(drafted, (fact,))


def sign(mentorship: Mentorship, agreement_version: int, by: str, at: datetime) -> Change[Mentorship]:
    """One name under exactly the version that the signer has read. The second name makes it hold."""
    card_of(mentorship).need(Phase.EXPECTATION_SETTING, Phase.ACTIVE)
    party = _party(mentorship, by)
    if mentorship.phase is Phase.ACTIVE:
        return _sign_renegotiation(mentorship, agreement_version, party, at)
    agreement = mentorship.agreement
    if agreement is None:
        raise Conflict(f"The mentorship {mentorship.id} has no agreement yet. Draft one first.")
    signed = _signed(mentorship, agreement, agreement_version, party, at)
    after = evolve(mentorship, agreement=signed)
    return Change(after, (_told(after, party, agreement_version),))


def _sign_renegotiation(
    mentorship: Mentorship, agreement_version: int, party: Party, at: datetime
) -> Change[Mentorship]:
    proposed = mentorship.renegotiation
    if proposed is None:
        raise Conflict(f"The mentorship {mentorship.id} has no new version of its agreement. Draft one first.")
    until = proposed.drafted_at + mentorship.policy.signature_deadline
    if at > until:
        raise Conflict(
            f"Version {proposed.version} was to be signed until {until.isoformat()}; the agreement from before holds."
        )
    signed = _signed(mentorship, proposed, agreement_version, party, at)
    if len(signed.signatures) < len(Party):
        after = evolve(mentorship, renegotiation=signed)
        return Change(after, (_told(after, party, agreement_version),))
    after = evolve(mentorship, agreement=signed, renegotiation=None)
    fact = AgreementRenegotiated(
        mentorship_id=mentorship.id, mentorship=card_of(after), agreement_version=agreement_version
    )
    return Change(after, (_told(after, party, agreement_version), fact))


def _signed(mentorship: Mentorship, agreement: Agreement, version: int, party: Party, at: datetime) -> Agreement:
    """The agreement with one name more. With both, it is pinned to the policy of its mentorship."""
    if agreement.version != version:
        raise Conflict(
            f"The agreement is at version {agreement.version}, not {version}. Read it again before you sign.",
            field="agreementVersion",
        )
    if any(signature.party is party for signature in agreement.signatures):
        raise Conflict(f"You have signed version {version} already.")
    user_id = card_of(mentorship).user_of(party)
    signatures = (*agreement.signatures, Signature(party=party, user_id=user_id, at=at))
    pinned = mentorship.policy.version if len(signatures) == len(Party) else None
    return replace(agreement, signatures=signatures, policy_version=pinned)


def _check_window(mentorship: Mentorship, at: datetime) -> None:
    """Refuse a new version outside the days around mid-term in which both look at it again."""
    activated_at = next(each.at for each in mentorship.phases if each.phase is Phase.ACTIVE)
    opens_at = activated_at + mentorship.policy.length / 2
    closes_at = opens_at + mentorship.policy.renegotiation_window
    if not opens_at <= at <= closes_at:
        raise Conflict(
            f"The agreement is looked at again at mid-term, from {opens_at.isoformat()} to {closes_at.isoformat()};"
            " until then it holds as both signed it."
        )


def _told(mentorship: Mentorship, party: Party, agreement_version: int) -> AgreementSigned:
    return AgreementSigned(
        mentorship_id=mentorship.id,
        mentorship=card_of(mentorship),
        party=party,
        agreement_version=agreement_version,
    )


def _party(mentorship: Mentorship, user_id: str) -> Party:
    party = card_of(mentorship).party_of(user_id)
    assert party is not None, "actions let only the two parties come here"
    return party
