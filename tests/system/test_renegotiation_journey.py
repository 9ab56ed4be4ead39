"""An agreement looked at again at mid-term: the old one holds until both have signed the new one."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.story import Story
from tests.system.polling import until

AGREEMENTS = """agreement { version challenges policyVersion signatures { party } }
  renegotiation { version challenges signatures { party } }"""


def _draft(story: Story) -> dict[str, Any]:
    return {
        "mentorshipId": story.mentorship_id, "challenges": ["Delegating"], "menteeExpectations": "Room to try",
        "mentorExpectations": "News before it is late",
    }  # fmt: skip


async def _refused(attempt: Any, code: str) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    assert refused.value.code == code
    return refused.value.message


async def test_at_mid_term_both_sign_a_new_version_and_until_then_the_old_one_holds(
    active: Story, stranger: Person
) -> None:
    maria, sofia = active.maria, active.sofia
    early = maria.do("draftAgreement", "mentorship { id }", **_draft(active))
    assert "mid-term" in await _refused(early, "CONFLICT")
    activated_at = datetime.fromisoformat(await active.entered("ACTIVE"))
    await active.live_until(activated_at + timedelta(days=46))

    made = await maria.do("draftAgreement", f"mentorship {{ {AGREEMENTS} }}", **_draft(active))
    before, proposed = made["mentorship"]["agreement"], made["mentorship"]["renegotiation"]
    assert (proposed["version"], proposed["challenges"], proposed["signatures"]) == (
        before["version"] + 1, ["Delegating"], [],
    )  # fmt: skip
    sign = {"mentorshipId": active.mentorship_id, "agreementVersion": proposed["version"]}
    await _refused(stranger.do("signAgreement", "mentorship { id }", **sign), "NOT_FOUND")
    await _refused(active.priya.do("signAgreement", "mentorship { id }", **sign), "NOT_FOUND")
    old = {**sign, "agreementVersion": before["version"]}
    await _refused(maria.do("signAgreement", "mentorship { id }", **old), "CONFLICT")

    await maria.do("signAgreement", "mentorship { id }", **sign)
    assert (await active.mentorship(AGREEMENTS))["agreement"] == before
    await sofia.do("signAgreement", "mentorship { id }", **sign)
    after = await active.mentorship(AGREEMENTS)
    assert (after["agreement"]["version"], after["agreement"]["challenges"]) == (proposed["version"], ["Delegating"])
    assert after["agreement"]["policyVersion"] == before["policyVersion"] == 1
    assert after["renegotiation"] is None

    async def was_told() -> bool:
        return active.events["identity.agreement_renegotiated.v1"] == 1

    await until(was_told, "the news that it was renegotiated")
    assert (await active.mentorship("phase"))["phase"] == "ACTIVE"
