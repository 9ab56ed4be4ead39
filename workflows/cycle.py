"""The workflow: a thin shell that lets the machine live in durable time. Decides nothing itself.

One entity workflow per mentorship. Handlers only change the machine; the loop delivers what it wants, continues as new
where history would grow, arms one timer for the next deadline and waits. https://docs.temporal.io/workflows
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from workflows import machine
    from workflows.facts import Fact, Told
    from workflows.state import EDITION, Batch, Cycle

NAME = "mentorship"
DELIVER = "deliver"
ORG = SearchAttributeKey.for_keyword("Org")
PROGRAMME = SearchAttributeKey.for_keyword("Programme")
PHASE = SearchAttributeKey.for_keyword("Phase")
NEXT_CHECK_IN = SearchAttributeKey.for_datetime("NextCheckIn")
MISSED_STREAK = SearchAttributeKey.for_int("MissedStreak")

_EVENTS = 2_000  # of history: replaying that many costs about a second
_BLINK = timedelta(milliseconds=1)
_SIGN_OF_LIFE = timedelta(seconds=20)  # from a worker that delivers: each command takes a few at most
_TRIES = RetryPolicy(initial_interval=timedelta(seconds=0.5), maximum_interval=timedelta(seconds=30))  # without end


@workflow.defn(name=NAME)
class MentorshipCycle:
    """The life of one mentorship; its id is the mentorship's."""

    @workflow.init
    def __init__(self, cycle: Cycle) -> None:
        self._cycle = cycle
        self._began_in = cycle.phase
        self._timer: asyncio.Task[None] | None = None
        self._armed: datetime | None = None
        machine.begin(cycle)

    @workflow.run
    async def run(self, _: Cycle) -> None:
        """Live until the mentorship is over."""
        machine.step(self._cycle, [], self._now())
        while True:
            await self._deliver()
            self._show()
            if self._cycle.is_over:
                return
            if self._is_worn():
                machine.upgrade(self._cycle, EDITION)
                workflow.continue_as_new(self._cycle)
            await self._wait()

    @workflow.signal
    def tell(self, told: Told) -> None:
        """Something happened."""
        machine.hear(self._cycle, told, self._now())

    def _now(self) -> datetime:
        """The moment the installation lives at: a sandbox may have been ahead already when this cycle started."""
        return workflow.now() + self._cycle.offset

    async def _deliver(self) -> None:
        while self._cycle.pending:
            effects, self._cycle.pending = self._cycle.pending, []
            facts: list[Fact] = await workflow.execute_activity(
                DELIVER,
                Batch(org_id=self._cycle.org_id, mentorship_id=self._cycle.mentorship_id, effects=effects),
                result_type=list[Fact],
                start_to_close_timeout=timedelta(minutes=1),
                heartbeat_timeout=_SIGN_OF_LIFE,
                retry_policy=_TRIES,
            )
            machine.step(self._cycle, facts, self._now())

    async def _wait(self) -> None:
        """Until the next deadline, or until something told has changed what is wanted or awaited."""
        self._arm(self._cycle.next_due)
        await workflow.wait_condition(
            lambda: self._fired() or bool(self._cycle.pending) or self._cycle.next_due != self._armed
        )
        if self._fired() and self._armed is not None:
            # a timer that fired is the authority: after an update of the time zones `now` alone could disagree
            machine.step(self._cycle, [], max(self._now(), self._armed))
            self._timer = self._armed = None

    def _arm(self, due: datetime | None) -> None:
        if due == self._armed:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._armed = due
        self._timer = asyncio.create_task(workflow.sleep(max(due - self._now(), _BLINK))) if due else None

    def _fired(self) -> bool:
        return self._timer is not None and self._timer.done()

    def _is_worn(self) -> bool:
        info = workflow.info()
        return (
            self._cycle.phase is not self._began_in
            or info.get_current_history_length() > _EVENTS
            or info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
        )

    def _show(self) -> None:
        """Let the cycle be found by where it stands: opaque ids only, for these are never encrypted."""
        cycle, shown = self._cycle, workflow.info().typed_search_attributes
        values: dict[SearchAttributeKey[Any], Any] = {
            ORG: cycle.org_id,
            PROGRAMME: cycle.programme_id,
            PHASE: str(cycle.phase),
            NEXT_CHECK_IN: cycle.next_check_in,
            MISSED_STREAK: cycle.missed_streak,
        }
        updates: list[SearchAttributeUpdate[Any]] = [
            key.value_unset() if value is None else key.value_set(value)
            for key, value in values.items()
            if shown.get(key) != value
        ]
        if updates:
            workflow.upsert_search_attributes(updates)
