"""A cycle that was ended from outside goes on where it was, on the real engine."""

import pytest
from temporalio.client import Client

from contracts.identity import ChangePhase, Closure, Phase
from tests.system.polling import until
from tests.workflows.engine import Driven, Services, a_new_mentorship, eventually, working
from tests.workflows.play import PATIENT
from workflows.differences import Life, Seen
from workflows.facts import EndAsked
from workflows.surgery import Surgery


async def looks(surgery: Surgery, driven: Driven, seen: Seen) -> None:
    """Return once the engine has the cycle like that."""

    async def found() -> bool:
        return await surgery.look(driven.id) == seen

    await until(found, f"{seen}")


@pytest.mark.parametrize("how", ["terminate", "cancel"])
async def test_it_goes_on_with_all_it_knew(client: Client, how: str) -> None:
    services, surgery = Services(), Surgery(lambda: client)
    driven = Driven(client, services, a_new_mentorship(policy=PATIENT))
    async with working(client, services):
        await driven.start()
        await driven.become_active()
        await looks(surgery, driven, Seen(life=Life.RUNNING, phase="active"))
        await getattr(driven.handle, how)()
        await looks(surgery, driven, Seen(life=Life.BROKEN, phase="active"))
        assert await surgery.revive(driven.id)
        await looks(surgery, driven, Seen(life=Life.RUNNING, phase="active"))
        await driven.tell(EndAsked(closure=Closure.BY_PROGRAMME))
        await eventually(lambda: driven.of(ChangePhase)[-1].phase is Phase.CLOSING)
        assert [each.phase_version for each in driven.of(ChangePhase)] == [1, 2, 3]
        await driven.wait(days=60)
        await eventually(lambda: driven.of(ChangePhase)[-1].phase is Phase.CLOSED)


async def test_a_run_that_was_ended_before_its_first_step_goes_on_from_the_one_before(client: Client) -> None:
    services, surgery = Services(), Surgery(lambda: client)
    driven = Driven(client, services, a_new_mentorship(policy=PATIENT))
    async with working(client, services):
        await driven.start()
        await driven.become_active()
        await looks(surgery, driven, Seen(life=Life.RUNNING, phase="active"))
        before = (await driven.handle.describe()).run_id
        await driven.tell(EndAsked(closure=Closure.BY_PROGRAMME))

        async def next_run() -> bool:
            return (await driven.handle.describe()).run_id != before

        await until(next_run, "the run of the next phase")
        await driven.handle.terminate()
        assert await surgery.revive(driven.id)
        await looks(surgery, driven, Seen(life=Life.RUNNING, phase="closing"))


async def test_what_never_was_is_not_brought_to_life(client: Client) -> None:
    surgery = Surgery(lambda: client)
    assert await surgery.look("nobody") is None
    assert not await surgery.revive("nobody")
