"""What the table allows is done: each mutation again, by everybody with a D, with no version in the way of it.

Each answer is read as far as two steps go; the asker fails where it holds words that are not the reader's.
"""

import json
import uuid
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from tests.system.rights import asking
from tests.system.rights.asking import PASSED, SCHEMA, Asker
from tests.system.rights.everything import PRINCIPALS, Everything
from tests.system.rights.table import BY_A_SECRET, MUTATIONS, rows
from tests.system.rights.walking import packed, walks

DEPTH = 2

# What the story is past, or has not come to; the journeys do it. Everything else is done here by somebody.
NOT_NOW = {
    "acknowledgeFeedback", "addMetric", "answerPulse", "answerReplacement", "approveGoal", "assessSkill",
    "attestAttendance", "clearBlocked", "closeCheckIn", "configureOidc", "declineEnrolment", "declineFeedback",
    "draftAgreement", "endMentorship", "enrol", "excuseCommitment", "flagBlocked", "handOver", "inviteUser",
    "logTime", "moveTime", "proposeGoal", "proposeRenegotiation", "publishPolicy", "reorderAgenda",
    "replaceMentor", "requestGoalChange", "requestMentor", "resolveAttendance", "respondToMatch",
    "respondToRenegotiation", "reviseGoal", "signAgreement", "submitReview", "submitThirdPartyFeedback",
    "withdrawRequest",
}  # fmt: skip
# The other one of the two is who may, as things are: the table speaks of either.
NOT_ONES_OWN = {
    "answerPause": "mentee", "respondToReschedule": "mentee", "withdrawTime": "mentor", "approveTime": "mentee",
    "disputeTime": "mentee", "removeTimeOff": "mentor", "completeActionItem": "mentor", "flagBlocked": "mentor",
    "acknowledgeFeedback": "mentor", "askClarification": "mentor", "answerClarification": "mentee",
    "acceptFeedback": "mentor", "declineFeedback": "mentor", "answerHelp": "mentee", "verifyOutcome": "mentee",
    "excuseCommitment": "mentee",
}  # fmt: skip
# Gone by then, by the one who was asked before.
GONE = {"removeAgendaPoint": "mentor"}
# In this order after everything else, because they end what the others need.
AT_LAST = (
    "withdrawEnrolment", "abandonGoal", "withdrawTime", "deleteNote", "removeAgendaPoint", "cancelCheckIn",
    "removeTimeOff", "revokeCalendarFeed", "createCalendarFeed", "revokeApiToken", "revokeRole", "requestMentorChange",
    "requestEarlyClosure", "endMentorship", "closeMentorship",
)  # fmt: skip


async def test_everybody_may_do_what_the_table_allows(everything: Everything, asker: Asker) -> None:
    calls = {name: call for name, call in asking.mutations(everything).items() if name not in BY_A_SECRET}
    names = [*(name for name in calls if name not in AT_LAST), *AT_LAST]
    refused, done = [], set()
    for name in names:
        for principal in PRINCIPALS:
            if rows(MUTATIONS)[name][principal] != "D":
                continue
            codes = {_code(each) for each in await _asked(asker, everything, principal, name)}
            done |= {name} if codes == {""} else set()
            expected = {"FORBIDDEN"} if NOT_ONES_OWN.get(name) == principal else {"", *PASSED}
            expected |= {"NOT_FOUND"} if GONE.get(name) == principal else set()
            if not codes <= expected:
                refused.append(f"{name} for {principal}: {codes}")
    assert not refused, "\n".join(refused)
    assert set(names) - done <= NOT_NOW, " ".join(sorted(set(names) - done - NOT_NOW))


def _code(answer: dict[str, Any]) -> str:
    """What the mutation itself was refused with; empty where it was done."""
    payload = (answer.get("data") or {}).get("x")
    if payload is None:
        return str(next(each["extensions"]["code"] for each in answer["errors"]))
    return str(next((each["code"] for each in payload["userErrors"]), ""))


async def _asked(asker: Asker, everything: Everything, principal: str, name: str) -> list[dict[str, Any]]:
    """The same key each time, so that it is done once and read in parts; a refusal is read once."""
    assert SCHEMA.mutation_type
    field = SCHEMA.mutation_type.fields[name]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    call = asking.without_version(f"{name}{asking.arguments(name, field, everything)}", uuid.uuid4().hex)
    selections = packed(list(walks(payload, DEPTH, everything)))
    documents = [f"mutation {{ x: {call} {{ userErrors {{ code message field }} {each} }} }}" for each in selections]
    answers: list[dict[str, Any]] = []
    for each in documents:
        answers.append(json.loads(await asker.post(principal, each)))
        if _code(answers[0]):
            break
    return answers
