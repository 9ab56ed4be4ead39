"""Builds the goals service, in order; the only place that constructs."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from contracts.identity import GET_MENTORSHIP_CARDS, GET_MENTORSHIPS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.bus import Bus
from kit.footing import asking, stand
from kit.outbox import Relay
from kit.process import Part
from kit.rpc import operation_routes
from kit.service import open_database, start
from services.goals.actions import Context
from services.goals.consumers import consumers
from services.goals.routes import answers
from services.goals.settings import Settings
from services.goals.store import Store


async def build(settings: Settings, running: AsyncExitStack, *, make_relay: Callable[[Bus], Relay] = Relay) -> Part:
    """The service, started; what it holds is closed with `running`."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    relay = make_relay(footing.bus)
    ask_card = asking(footing.identity, GET_MENTORSHIP_CARDS, footing.signer)
    store = Store(open_database(settings, "goals", running), ask_card, relay.wake)
    context = Context(store, footing.clock, asking(footing.identity, GET_MENTORSHIPS, footing.signer))
    checks = await start(footing, relay, store.aggregates, consumers(context), running)
    return Part("goals", operation_routes(answers(context), footing.verifier), checks, {"bus": footing.bus.is_alive})
