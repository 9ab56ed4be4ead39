"""Builds the workflows part, in order; the only place that constructs."""

import asyncio
from contextlib import AsyncExitStack

from contracts.identity import GET_MENTORSHIPS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.footing import asking, end, stand
from kit.process import Part
from kit.rpc import Client, http_session, operation_routes
from workflows import hindsights, simulations
from workflows.activities import Deliveries
from workflows.census import Census
from workflows.codec import Cipher, converter
from workflows.comparing import Comparison
from workflows.consumers import Hearing, consumers
from workflows.engine import Cycles
from workflows.looking_back import activities_of
from workflows.nightly import make_schedule
from workflows.routes import Counter, TimeKeeper, answers
from workflows.settings import Settings
from workflows.worker import Engine


async def build(settings: Settings, running: AsyncExitStack) -> Part:
    """The part, started; what it holds is closed with `running`. It becomes ready once bus and engine answer."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    http = await running.enter_async_context(http_session())
    services = {
        "identity": footing.identity,
        "goals": Client("goals", settings.goals_url, http),
        "sessions": Client("sessions", settings.sessions_url, http),
        "notifications": Client("notifications", settings.notifications_url, http),
    }
    deliveries = Deliveries(services, footing.signer)
    looking = activities_of(services["identity"], services["goals"], footing.signer)
    engine = Engine(settings, converter(Cipher.read(settings.payload_keys_file)), [deliveries.deliver], looking)
    cycles = Cycles(engine.client, footing.clock)
    comparison = Comparison(engine.client, footing.clock, services, footing.signer)
    engine.take_on(*comparison.activities)
    hearing = Hearing(cycles, asking(footing.identity, GET_MENTORSHIPS, footing.signer))
    footing.consume(consumers(hearing))
    await running.enter_async_context(engine)
    if settings.handles_events:
        await running.enter_async_context(Census(engine.client))
        running.push_async_callback(end, asyncio.create_task(make_schedule(engine.client)))
    await running.enter_async_context(footing.bus)  # left first: nothing is heard while the worker drains
    simulated = simulations.Simulations(engine.client, footing.clock, footing.identity, footing.signer)
    looked_back = hindsights.Hindsights(engine.client, footing.clock, footing.identity, footing.signer)
    answering = [
        *answers(TimeKeeper(cycles, footing.clock), Counter(cycles)),
        *simulations.answers(simulated),
        *hindsights.answers(looked_back),
    ]
    routes = operation_routes(answering, footing.verifier)
    return Part(
        "workflows",
        list(routes),
        {"bus": footing.bus.is_ready, "engine": engine.is_ready},
        {"bus": footing.bus.is_alive},
    )
