"""The comparison of all cycles with all records, on the engine: page by page, so that it goes on where a process died.

What differs is looked at twice, some seconds apart: news is on its way all the time. Then it is mended by what the
parts do anyway, and looked at once more. Nothing that it does harms when it is done twice.
"""

from datetime import timedelta

import msgspec
from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.differences import Difference, Kind, Outcome

NAME = "reconciliation"
COMPARE = "compare"
EXAMINE = "examine"
TALLY = "tally"
_TOGETHER = 100  # differences that are mended in one go: what one page can lead to is three times as much
_LOOKS = 6  # before a difference is said to be left
_PATIENCE = timedelta(minutes=5)  # for one page of cycles and records
_TRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
LISTED = 200  # differences that the report names; all are counted


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far the comparison is: in the records of an organisation, or in the engine's list of open cycles.

    `only`: the one organisation that it is about; "" for all of them.
    """

    only: str = ""
    org_id: str = ""
    after: str | None = None
    in_engine: bool = False
    token: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What one look brought: how many mentorships or cycles were compared, what differs, and where to go on."""

    looked: int
    differences: list[Difference]
    then: Place | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Differences to look at again, and whether to mend them."""

    differences: list[Difference]
    repair: bool = False


class Noticed(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A difference that was there twice, and what became of it."""

    difference: Difference
    outcome: Outcome


class Report(msgspec.Struct, kw_only=True, rename="camel"):
    """What was compared, what differed by kind and outcome, and the first of them one by one."""

    compared: int = 0
    counts: dict[str, dict[str, int]] = msgspec.field(default_factory=lambda: {kind: {} for kind in Kind})
    noticed: list[Noticed] = msgspec.field(default_factory=list)

    def add(self, each: Noticed) -> None:
        """One more."""
        of = self.counts[each.difference.kind]
        of[each.outcome] = of.get(each.outcome, 0) + 1
        if len(self.noticed) < LISTED:
            self.noticed.append(each)

    def count(self, outcome: Outcome) -> int:
        """How many came to that."""
        return sum(of.get(outcome, 0) for of in self.counts.values())


class Asked(msgspec.Struct, kw_only=True):
    """Whether to repair, where to begin or go on, and what was noticed so far.

    `settle`: how long news that is on its way may take before a difference counts.
    """

    repair: bool = True
    settle: timedelta = timedelta(seconds=5)
    place: Place = Place()
    report: Report = msgspec.field(default_factory=Report)


@workflow.defn(name=NAME)
class Reconciliation:
    """One comparison of everything."""

    @workflow.run
    async def run(self, asked: Asked) -> Report:
        """Go through all records, then through all open cycles."""
        place: Place | None = asked.place
        while place is not None:
            page: Page = await workflow.execute_activity(
                COMPARE,
                place,
                result_type=Page,
                start_to_close_timeout=_PATIENCE,
                retry_policy=_TRIES,
            )
            asked.report.compared += 0 if place.in_engine else page.looked
            for first in range(0, len(page.differences), _TOGETHER):
                await self._settle(asked, page.differences[first : first + _TOGETHER])
            place = page.then
            if place is not None and workflow.info().is_continue_as_new_suggested():
                asked.place = place
                workflow.continue_as_new(asked)
        await workflow.execute_activity(TALLY, asked.report, start_to_close_timeout=_PATIENCE, retry_policy=_TRIES)
        return asked.report

    async def _settle(self, asked: Asked, differences: list[Difference]) -> None:
        await workflow.sleep(asked.settle)
        there = await self._examine(differences)
        if not there:
            return
        if asked.repair:
            await self._examine(there, repair=True)
            left = await self._left(there, asked.settle)
            for each in there:
                outcome = Outcome.LEFT if each.key in left else Outcome.REPAIRED
                asked.report.add(Noticed(difference=each, outcome=outcome))
        else:
            for each in there:
                asked.report.add(Noticed(difference=each, outcome=Outcome.SEEN))

    async def _left(self, mended: list[Difference], settle: timedelta) -> set[tuple[str, ...]]:
        """Which of these still differ: what mends them travels as all news does, and takes longer when much is said."""
        left = mended
        for _ in range(_LOOKS):
            await workflow.sleep(settle)
            if not (left := await self._examine(left)):
                break
        return {each.key for each in left}

    async def _examine(self, differences: list[Difference], *, repair: bool = False) -> list[Difference]:
        there: list[Difference] = await workflow.execute_activity(
            EXAMINE,
            Work(differences=differences, repair=repair),
            result_type=list[Difference],
            start_to_close_timeout=_PATIENCE,
            retry_policy=_TRIES,
        )
        return there
