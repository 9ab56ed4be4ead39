"""What became of a mentorship, read through the endpoint as its people see it: all that the closing report knows."""

from typing import Any

from deploy.local.person import Person

type Data = dict[str, Any]

_ALL = """query($id: ID!) { clock { now } mentorship(id: $id) {
  phase closure gaps phases { phase at } programme { name } mentor { id name } mentee { id name }
  pause { startedAt endedAt until }
  checkIns(first: 100) { edges { node { index startsAt state attendance } } }
  reviews(first: 20) { edges { node { kind index dueAt answers { party rating submittedAt attribution } } } }
  goals { edges { node { title state due agreedAt attainment current
    milestones { title due reachedAt }
    metrics { metric { name unit kind baseline target } current attainment elapsed series { on value } } } } }
  outcomes { edges { node { kind title on evidence attribution verifiedAt recordedBy { name } verifiedBy { name } } } }
  timeSummary { kind minutes person { id } } timeByMonth { kind month minutes person { id } }
  score { at policyVersion pair pairExact balance band mentee { ...side } mentor { ...side }
    explain { party promise kind state size due doneAt fulfilment weight contribution } } } }
fragment side on PartyScore { party score exact band followThrough
  kinds { kind weight settled mean score } coverage { settled overdue excused disputed ratio }
  initiative { earlyRate medianLead helpRequests } }"""
_FEEDBACK = """query($id: ID!, $after: String) { mentorship(id: $id) { feedback(first: 50, after: $after) {
  edges { node { state givenAt decidedAt actionItem { completedAt } } } pageInfo { hasNextPage endCursor } } } }"""
_CASES = """query($id: ID!, $state: CaseState!) { escalations(programmeId: $id, state: $state, first: 50) {
  edges { node { id kind openedAt resolvedAt resolution mentorship { id } } } } }"""


async def read(mentee: Person, manager: Person, mentorship_id: str, programme_id: str) -> Data:
    """All of it: the mentorship as its mentee sees it, and its cases as the programme manager does."""
    answer = await mentee.ask(_ALL, id=mentorship_id)
    found = {name: _nodes(value) for name, value in answer["mentorship"].items()}
    found["feedback"] = await _feedback(mentee, mentorship_id)
    found["cases"] = [
        case
        for state in ("OPEN", "WORKING", "RESOLVED")
        for case in _nodes((await manager.ask(_CASES, id=programme_id, state=state))["escalations"])
        if case["mentorship"]["id"] == mentorship_id
    ]
    return found | {"now": answer["clock"]["now"]}


def _nodes(value: Any) -> Any:
    """A connection as the list of its nodes; anything else as it is."""
    return [edge["node"] for edge in value["edges"]] if isinstance(value, dict) and "edges" in value else value


async def _feedback(person: Person, mentorship_id: str) -> list[Data]:
    found: list[Data] = []
    after, more = None, True
    while more:
        page = (await person.ask(_FEEDBACK, id=mentorship_id, after=after))["mentorship"]["feedback"]
        found += _nodes(page)
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found
