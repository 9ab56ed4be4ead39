"""The part outlives its engine: it starts before it, waits for it, and goes on after it was killed."""

from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Unavailable
from contracts.identity import ChangePhase, Party
from deploy.local.backends import Backends
from kit.clock import Clock
from tests.workflows.engine import CIPHER, Services, a_new_mentorship, eventually
from workflows.activities import Deliveries
from workflows.codec import converter
from workflows.engine import Cycles
from workflows.facts import Declined, Told
from workflows.settings import Settings
from workflows.state import Cycle
from workflows.worker import Engine


def settings(address: str) -> Settings:
    return Settings(
        part_key_file="",
        parts_jwks_file="",
        identity_url="",
        amqp_url="",
        goals_url="",
        sessions_url="",
        notifications_url="",
        payload_keys_file="",
        temporal_address=address,
    )


async def test_a_worker_waits_for_its_server_and_survives_its_death(tmp_path: Path) -> None:
    services = Services()
    deliveries = Deliveries(dict.fromkeys(("identity", "goals", "sessions", "notifications"), services), services)
    backends = Backends(state=tmp_path, only={"temporal"}, disposable=True)
    backends.prepare()
    engine = Engine(settings(backends["temporal"].url), converter(CIPHER), [deliveries.deliver])
    cycles, mentorship = Cycles(engine.client, Clock()), a_new_mentorship()
    async with engine:
        with pytest.raises(Unavailable):
            await cycles.move(timedelta(days=1))
        assert not engine.is_ready()
        async with backends:
            await eventually(engine.is_ready, seconds=10)
            assert await cycles.start(Cycle.of(mentorship))
            backends["temporal"].kill()
            await eventually(lambda: not engine.is_ready(), seconds=10)
            await backends["temporal"].restart()
            await eventually(engine.is_ready, seconds=10)
            assert await cycles.tell(mentorship.id, Told(event_id="e1", fact=Declined(party=Party.MENTEE)))
            await eventually(lambda: services.of(mentorship.id, ChangePhase), seconds=20)
