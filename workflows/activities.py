"""Every side effect of a cycle: its commands, given to the services in the part's own name."""

from collections.abc import Mapping
from typing import Any, Protocol

from temporalio import activity

from contracts.errors import (
    BudgetExceeded,
    IdempotencyMismatch,
    Invalid,
    RateLimited,
    Refusal,
    Unauthenticated,
    Unavailable,
)
from contracts.sessions import CheckIn, CheckInState, ScheduleCheckIn
from contracts.wire import Operation
from kit.telemetry import attached, log
from workflows.cycle import DELIVER
from workflows.facts import Fact, NotScheduled, Outcome, Scheduled, Settled
from workflows.state import OPERATIONS, Batch, Effect

_PASSING = (Unavailable, RateLimited, Unauthenticated)  # tried again without end: the token is made anew each time
_FINAL = (Invalid, IdempotencyMismatch, BudgetExceeded)  # no repeat can make these succeed
PATIENCE = 4  # tries of anything else: a service's view of the mentorship may lag behind by a moment


class Caller(Protocol):
    """Whom to call: a kit client of one service."""

    async def call(self, operation: Operation[Any, Any], token: str, request: Any) -> Any:
        """The answer, or a refusal."""


class Signer(Protocol):
    """Who calls: the part's signer."""

    def token(self, org_id: str) -> str:
        """A token for one organisation."""


class Deliveries:
    """Gives commands to the services. Each carries an idempotency key, so that a batch may be delivered again."""

    def __init__(self, services: Mapping[str, Caller], signer: Signer) -> None:
        self._services = services
        self._signer = signer

    @activity.defn(name=DELIVER)
    async def deliver(self, batch: Batch) -> list[Fact]:
        """Give all commands in order; what the answers say comes back as facts, long before any event could tell."""
        facts = [await self._give(batch, effect) for effect in batch.effects]
        return [fact for fact in facts if fact is not None]

    async def _give(self, batch: Batch, effect: Effect) -> Fact | None:
        command = effect.command
        activity.heartbeat()  # a batch whose worker died is given again as soon as that is missed
        about = {"mentorship_id": batch.mentorship_id, "operation": effect.operation, "key": command.idempotency_key}
        with attached(f"deliver {effect.operation}", effect.trace.traceparent, effect.trace.correlation_id):
            try:
                service = self._services[effect.operation.partition(".")[0]]
                answer = await service.call(OPERATIONS[effect.operation], self._signer.token(batch.org_id), command)
            except Refusal as refusal:
                if _may_pass(refusal):
                    log.warning("effect_delayed", code=refusal.code, **about)
                    raise
                log.error("effect_refused", code=refusal.code, field=refusal.field, **about)
                return NotScheduled(index=command.index) if isinstance(command, ScheduleCheckIn) else None
            log.info("effect_delivered", **about)
            return learned(answer)


def _may_pass(refusal: Refusal) -> bool:
    """Whether the same command may succeed later; a refusal for good must not wedge the cycle."""
    if isinstance(refusal, _PASSING):
        return True
    return not isinstance(refusal, _FINAL) and activity.info().attempt < PATIENCE


def learned(answer: object) -> Fact | None:
    """What an answer says about a check-in."""
    if not isinstance(answer, CheckIn):
        return None
    if answer.state is CheckInState.SCHEDULED:
        return Scheduled(
            check_in_id=answer.id,
            index=answer.index,
            starts_at=answer.starts_at,
            minutes=answer.minutes,
            sequence=answer.version,
        )
    return Settled(check_in_id=answer.id, index=answer.index, outcome=Outcome(answer.state.value))
