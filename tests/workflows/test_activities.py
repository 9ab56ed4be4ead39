"""What becomes of a command that a service will not take."""

from datetime import UTC, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from contracts.errors import Conflict, Forbidden, IdempotencyMismatch, Invalid, NotFound, Refusal, Unavailable
from contracts.identity import CHANGE_PHASE, ChangePhase, Phase
from contracts.sessions import SCHEDULE_CHECK_IN, SETTLE_ATTENDANCE, ScheduleCheckIn, SettleAttendance
from kit.telemetry import correlation_id, current_traceparent
from tests.workflows.engine import Services
from workflows.activities import PATIENCE, Deliveries
from workflows.facts import Fact, NotScheduled, Outcome, Scheduled, Settled, Trace
from workflows.state import Batch, Effect

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
TRACE = Trace(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", correlation_id="request-1")
ENTER = Effect.of(
    CHANGE_PHASE,
    ChangePhase(idempotency_key="m1:1", at=NOW, mentorship_id="m1", phase=Phase.ACTIVE, phase_version=2),
    TRACE,
)
SCHEDULE = Effect.of(
    SCHEDULE_CHECK_IN,
    ScheduleCheckIn(idempotency_key="m1:2", at=NOW, mentorship_id="m1", index=1, starts_at=NOW, cadence_version=1),
    TRACE,
)
SETTLE = Effect.of(SETTLE_ATTENDANCE, SettleAttendance(idempotency_key="m1:3", at=NOW, check_in_id="m1/c1"), TRACE)


async def deliver(services: Services, *effects: Effect, attempt: int = 1) -> list[Fact]:
    """Run the activity as the engine would on its n-th try."""
    environment = ActivityEnvironment()
    environment.info = ActivityEnvironment.default_info().__class__(
        **{**vars(ActivityEnvironment.default_info()), "attempt": attempt}
    )
    deliveries = Deliveries(dict.fromkeys(("identity", "goals", "sessions", "notifications"), services), services)
    return await environment.run(deliveries.deliver, Batch(org_id="o1", mentorship_id="m1", effects=list(effects)))


async def test_what_the_answers_say_comes_back_as_facts() -> None:
    facts = await deliver(Services(), ENTER, SCHEDULE, SETTLE)
    assert facts == [
        Scheduled(check_in_id="m1/c1", index=1, starts_at=NOW, minutes=60, sequence=1),
        Settled(check_in_id="m1/c1", index=1, outcome=Outcome.MISSED),
    ]


async def test_each_call_carries_the_trace_of_what_caused_it() -> None:
    seen = []

    def look(_: object) -> None:
        seen.append((correlation_id(), current_traceparent()[:35]))

    services = Services()
    services.refuse = look
    await deliver(services, ENTER)
    assert seen == [("request-1", TRACE.traceparent[:35])]


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("a defect")])
async def test_what_may_pass_is_tried_without_end(error: Exception) -> None:
    services = Services()
    services.refuse = lambda _: error
    with pytest.raises(type(error)):
        await deliver(services, ENTER, attempt=10_000)


@pytest.mark.parametrize("error", [Invalid("no"), IdempotencyMismatch("no")])
async def test_what_can_never_succeed_is_left_at_once(error: Refusal) -> None:
    services = Services()
    services.refuse = lambda command: error if isinstance(command, ScheduleCheckIn) else None
    assert await deliver(services, SCHEDULE, ENTER) == [NotScheduled(index=1)]
    assert len(services.commands) == 1


@pytest.mark.parametrize("error", [Conflict("no"), NotFound("no"), Forbidden("no")])
async def test_a_service_that_lags_gets_a_few_tries(error: Refusal) -> None:
    services = Services()
    services.refuse = lambda _: error
    with pytest.raises(type(error)):
        await deliver(services, ENTER, attempt=PATIENCE - 1)
    assert await deliver(services, ENTER, attempt=PATIENCE) == []
