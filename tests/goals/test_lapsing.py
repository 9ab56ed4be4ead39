"""What lapsed reads as missed wherever it is read, whether or not anybody has written that down."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.goals import CommitmentsOf, CommitmentState, OpenCommitment, Promise
from contracts.identity import Party
from contracts.wire import ByIds, Caller
from kit.audit import Trail
from kit.clock import Clock
from kit.mongo import Database
from services.goals.actions import Context, ledger
from services.goals.store import Store
from tests.builders import a_caller, a_card

CARD = a_card()
MARIA = a_caller()
CYCLE = Caller(org_id=CARD.org_id, part="workflows")
OPEN, MISSED = CommitmentState.OPEN, CommitmentState.MISSED
DAY = timedelta(days=1)


@pytest.fixture
async def context(database: Database, tmp_path: Path) -> Context:
    """A ledger of its own whose time may be moved: one promise is due in a day, another in a month."""
    nobody: Any = None
    context = Context(
        Store(database, nobody, lambda: None), Clock(str(tmp_path / "clock")), nobody, Trail(database, "goals")
    )
    await context.store.commitments.prepare()
    await context.store.mentorships.keep(CARD.org_id, CARD)
    for cause_id, days in (("soon", 1), ("late", 30)):
        at = context.clock.now()
        opening = OpenCommitment(
            at=at, mentorship_id=CARD.id, party=Party.MENTEE, promise=Promise.LOG_PROGRESS, cause_id=cause_id,
            due=at + days * DAY,
        )  # fmt: skip
        await ledger.open_commitment(context, CYCLE, opening)
    return context


async def _listed(context: Context, state: CommitmentState | None = None, who: Caller = MARIA) -> dict[str, Any]:
    request = CommitmentsOf(mentorship_ids=(CARD.id,), state=state)
    (page,) = await ledger.list_commitments(context, who, request)
    assert page is not None
    assert len(page.items) == len(page.cursors)
    return {each.cause_id: each for each in page.items}


async def test_a_list_and_a_single_one_say_the_same_of_what_lapsed(context: Context) -> None:
    context.clock.move(9 * DAY)
    listed = await _listed(context)
    assert {cause: each.state for cause, each in listed.items()} == {"soon": MISSED, "late": OPEN}
    alone = await ledger.get_commitments(context, MARIA, ByIds(ids=tuple(each.id for each in listed.values())))
    assert {each.cause_id: each for each in alone} == listed
    assert listed["soon"].missed_at == listed["soon"].lapses_at


@pytest.mark.parametrize(
    ("moved", "still_open", "missed"),
    [(0, {"soon", "late"}, set()), (9, {"late"}, {"soon"}), (99, set(), {"soon", "late"})],
)
async def test_only_those_of_one_state_are_those_that_are_of_it_now(
    context: Context, moved: int, still_open: set[str], missed: set[str]
) -> None:
    context.clock.move(moved * DAY)
    assert set(await _listed(context, OPEN)) == still_open
    assert set(await _listed(context, MISSED)) == missed
    assert not await _listed(context, CommitmentState.KEPT)


async def test_who_is_not_of_the_two_sees_no_list(context: Context) -> None:
    request = CommitmentsOf(mentorship_ids=(CARD.id,), state=OPEN)
    assert await ledger.list_commitments(context, a_caller("priya"), request) == (None,)
