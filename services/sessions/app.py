"""Builds the sessions service, in order; the only place that constructs."""

from contextlib import AsyncExitStack

from contracts.goals import GET_ACTION_CARDS
from contracts.identity import GET_MENTORSHIP_CARDS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.audit import Trail
from kit.audit_log import audit_answers
from kit.footing import asking, stand
from kit.outbox import Relay
from kit.process import Part
from kit.rpc import Client, http_session, operation_routes
from kit.service import open_database, start
from services.sessions.actions import Context
from services.sessions.consumers import consumers
from services.sessions.routes import answers
from services.sessions.settings import Settings
from services.sessions.store import Store


async def build(settings: Settings, running: AsyncExitStack) -> Part:
    """The service, started; what it holds is closed with `running`."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    database = open_database(settings, "sessions", running)
    trail = Trail(database, "sessions")
    relay = Relay(footing.bus, trail)
    ask_card = asking(footing.identity, GET_MENTORSHIP_CARDS, footing.signer)
    store = Store(database, ask_card, relay.wake)
    goals = Client("goals", settings.goals_url, await running.enter_async_context(http_session()))
    ask_action = asking(goals, GET_ACTION_CARDS, footing.signer)
    context = Context(store, footing.clock, footing.identity, footing.signer, trail, ask_action)
    checks = await start(footing, relay, store.kept, consumers(context), running)
    routes = operation_routes([*answers(context), *audit_answers(trail, footing.clock)], footing.verifier)
    return Part("sessions", routes, checks, {"bus": footing.bus.is_alive})
