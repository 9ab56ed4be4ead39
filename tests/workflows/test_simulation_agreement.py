"""What is simulated is what the engine does: the same pairs, the same seed, on both."""

import pytest
from temporalio.client import Client

from tests.workflows.agreement import WITHIN, a_plan, compared, walked
from workflows.simulation.life import play


async def test_a_simulation_comes_to_what_the_same_pairs_come_to_on_the_engine(client: Client) -> None:
    plan = a_plan(pairs=3, months=1)
    engine = compared(await walked(client, plan))
    assert engine["notifications"] > 30, "there is something to compare"
    for name, simulated in compared(play(plan)).items():
        assert engine[name] == pytest.approx(simulated, rel=WITHIN), name
