"""Builds the goals service, in order; the only place that constructs."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from contracts.identity import GET_MENTORSHIP_CARDS, GET_MENTORSHIPS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.audit import Trail
from kit.audit_log import audit_answers
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


async def build(
    settings: Settings, running: AsyncExitStack, *, make_relay: Callable[[Bus, Trail], Relay] = Relay
) -> Part:
    """The service, started; what it holds is closed with `running`."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    database = open_database(settings, "goals", running)
    trail = Trail(database, "goals")
    relay = make_relay(footing.bus, trail)
    ask_card = asking(footing.identity, GET_MENTORSHIP_CARDS, footing.signer)
    store = Store(database, ask_card, relay.wake)
    context = Context(store, footing.clock, asking(footing.identity, GET_MENTORSHIPS, footing.signer), trail)
    checks = await start(footing, relay, store.kept, consumers(context), running)
    routes = operation_routes([*answers(context), *audit_answers(trail, footing.clock)], footing.verifier)
    return Part("goals", routes, checks, {"bus": footing.bus.is_alive})
