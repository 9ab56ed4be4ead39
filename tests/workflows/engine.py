"""What stands in for the services, and what drives a cycle on a real engine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from msgspec.structs import replace
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper

from contracts.errors import NotFound
from contracts.identity import ChangePhase, Mentorship
from contracts.sessions import CheckIn, CheckInState, MoveCheckIn, ScheduleCheckIn, SettleAttendance, SkipCheckIn
from contracts.wire import CycleCommand, Operation
from kit.clock import Clock
from tests.workflows.play import BOTH, a_cadence, a_mentorship
from workflows.activities import Deliveries
from workflows.codec import Cipher
from workflows.cycle import MentorshipCycle
from workflows.engine import Cycles, carry
from workflows.facts import Accepted, Fact, GoalAgreed, Signed, Told
from workflows.state import Cycle
from workflows.worker import make_worker

CIPHER = Cipher("test", {"test": bytes(range(32))})


class Services:
    """The three services as a cycle sees them: they do as they are told, each key once, and keep a record."""

    def __init__(self) -> None:
        self.commands: list[CycleCommand] = []
        self.calls = 0
        self.refuse: Callable[[CycleCommand], Exception | None] = lambda _: None
        self._check_ins: dict[str, CheckIn] = {}
        self._keys: set[str] = set()

    async def call(self, operation: Operation[Any, Any], token: str, request: Any) -> Any:
        """Answer as the owner of the operation would."""
        self.calls += 1
        if (error := self.refuse(request)) is not None:
            raise error
        if request.idempotency_key not in self._keys:
            self._keys.add(request.idempotency_key)
            self.commands.append(request)
        match request:
            case ScheduleCheckIn():
                return self._scheduled(request)
            case SettleAttendance():
                return self._settled(request)
            case MoveCheckIn():
                return self._changed(request.check_in_id, starts_at=request.starts_at)
            case SkipCheckIn():
                return self._changed(request.check_in_id, state=CheckInState.CANCELLED)
        return None

    def token(self, org_id: str) -> str:
        """No token is needed here."""
        return org_id

    def of[C: CycleCommand](self, mentorship_id: str, kind: type[C]) -> list[C]:
        """The commands of one cycle and kind, in order."""
        return [one for one in self.commands if isinstance(one, kind) and _about(one) == mentorship_id]

    def _scheduled(self, request: ScheduleCheckIn) -> CheckIn:
        check_in_id = f"{request.mentorship_id}/c{request.index}"
        check_in = CheckIn(
            id=check_in_id,
            org_id="o1",
            mentorship_id=request.mentorship_id,
            index=request.index,
            starts_at=request.starts_at,
            zone="UTC",
            minutes=60,
            created_at=request.at,
        )
        return self._check_ins.setdefault(check_in_id, check_in)

    def _settled(self, request: SettleAttendance) -> CheckIn:
        if request.check_in_id not in self._check_ins:
            raise NotFound.of("check-in", request.check_in_id)
        return replace(self._check_ins[request.check_in_id], state=CheckInState.MISSED)

    def _changed(self, check_in_id: str, **fields: Any) -> CheckIn:
        before = self._check_ins[check_in_id]
        self._check_ins[check_in_id] = replace(before, version=before.version + 1, **fields)
        return self._check_ins[check_in_id]


def _about(command: CycleCommand) -> str:
    if isinstance(command, SettleAttendance | MoveCheckIn | SkipCheckIn):
        return command.check_in_id.partition("/")[0]
    return str(getattr(command, "mentorship_id", ""))


class Driven:
    """One cycle on the engine, with a hand on its clock."""

    def __init__(
        self, client: Client, services: Services, mentorship: Mentorship, *, clock: Clock | None = None
    ) -> None:
        self.id = mentorship.id
        self.services = services
        self.handle: WorkflowHandle[Any, Any] = client.get_workflow_handle_for(MentorshipCycle.run, mentorship.id)
        self._skipper = TimeSkipper(client)
        self.cycles = Cycles(lambda: client, clock or Clock())
        self.mentorship = mentorship

    async def start(self) -> None:
        """Begin."""
        assert await self.cycles.start(Cycle.of(self.mentorship))

    async def tell(self, *facts: Fact) -> None:
        """Each fact as an event of its own."""
        for fact in facts:
            assert await self.cycles.tell(self.id, Told(event_id=uuid4().hex, fact=fact))

    async def become_active(self) -> None:
        """All that ACTIVE needs; they meet every fourth week."""
        await self.tell(*(Accepted(party=party) for party in BOTH))
        await self.tell(*(Signed(party=party, version=1) for party in BOTH))
        anchor = (self.mentorship.created_at + timedelta(days=7)).replace(tzinfo=None)
        await self.tell(GoalAgreed(goal_id="g1"), a_cadence(rule="FREQ=WEEKLY;INTERVAL=4", starts_at=anchor))
        await eventually(lambda: len(self.of(ChangePhase)) > 1)

    async def wait(self, **duration: float) -> None:
        """Let this cycle's time pass, as the sandbox does."""
        async with asyncio.timeout(60):
            await carry(self._skipper, self.handle, timedelta(**duration))

    async def now(self) -> datetime:
        """The moment that this cycle lives at."""
        return (await self._skipper.get_current_time(self.handle)).astimezone(UTC)

    def of[C: CycleCommand](self, kind: type[C]) -> list[C]:
        """What it wanted, of one kind."""
        return self.services.of(self.id, kind)


async def eventually(condition: Callable[[], object], seconds: float = 5) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 -- what is waited for happens in another process
            await asyncio.sleep(0.02)


def a_new_mentorship(**changes: Any) -> Mentorship:
    """A pair proposed just now, unlike any other."""
    given: dict[str, Any] = {"id": uuid4().hex, "created_at": datetime.now(UTC).replace(microsecond=0)}
    return a_mentorship(**(given | changes))


@asynccontextmanager
async def working(client: Client, services: Services) -> AsyncIterator[None]:
    """A worker, as the part runs it."""
    deliveries = Deliveries(dict.fromkeys(("identity", "goals", "sessions", "notifications"), services), services)
    async with make_worker(client, [deliveries.deliver]):
        yield
