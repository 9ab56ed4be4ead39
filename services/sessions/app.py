"""Builds the sessions service, in order; the only place that constructs."""

from contextlib import AsyncExitStack

from contracts.identity import GET_MENTORSHIP_CARDS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.footing import asking, stand
from kit.outbox import Relay
from kit.process import Part
from kit.rpc import operation_routes
from kit.service import open_database, start
from services.sessions.actions import Context
from services.sessions.consumers import consumers
from services.sessions.routes import answers
from services.sessions.settings import Settings
from services.sessions.store import Store


async def build(settings: Settings, running: AsyncExitStack) -> Part:
    """The service, started; what it holds is closed with `running`."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    relay = Relay(footing.bus)
    ask_card = asking(footing.identity, GET_MENTORSHIP_CARDS, footing.signer)
    store = Store(open_database(settings, "sessions", running), ask_card, relay.wake)
    context = Context(store, footing.clock, footing.identity, footing.signer)
    checks = await start(footing, relay, store.kept, consumers(context), running)
    return Part("sessions", operation_routes(answers(context), footing.verifier), checks, {"bus": footing.bus.is_alive})
