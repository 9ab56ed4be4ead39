"""Builds the identity service, in order; the only place that constructs."""

from contextlib import AsyncExitStack

from contracts.subscriptions import SUBSCRIPTIONS
from kit.audit import Trail
from kit.audit_log import audit_answers
from kit.cache import Limiter
from kit.footing import stand
from kit.outbox import Relay
from kit.process import Part
from kit.rpc import operation_routes
from kit.service import open_database, start
from services.identity.actions import Context
from services.identity.actions.importing import Importer
from services.identity.actions.provider import Providers
from services.identity.actions.sealing import Seal
from services.identity.actions.secrets import LIGHT, Passwords, TokenKeys
from services.identity.consumers import consumers
from services.identity.routes import answers, jwks_route
from services.identity.settings import Settings
from services.identity.solver import Solve, solve_beside
from services.identity.store import Store


async def build(settings: Settings, running: AsyncExitStack, *, solve: Solve = solve_beside) -> Part:
    """The service, started; what it holds is closed with `running`. `solve` works a matching out."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    database = open_database(settings, "identity", running)
    trail = Trail(database, "identity")
    relay = Relay(footing.bus, trail)
    store = Store(database, relay.wake)
    limiter = Limiter(settings.redis_url)
    running.push_async_callback(limiter.close)
    providers = Providers(strict=settings.mode == "production")
    running.push_async_callback(providers.close)
    importer = Importer(store, footing.clock, relay.hand_on)
    context = Context(
        store=store,
        trail=trail,
        clock=footing.clock,
        passwords=Passwords(LIGHT if settings.light_hashes else None),
        keys=TokenKeys(settings.token_keys_file),
        limiter=limiter,
        providers=providers,
        seal=Seal(settings.sealing_keys_file),
        open_registration=settings.open_registration,
        on_import=importer.wake,
        solve=solve,
    )
    checks = await start(footing, relay, store.aggregates, consumers(context), running)
    if settings.handles_events:
        await running.enter_async_context(importer)
    routes = [
        *operation_routes([*answers(context), *audit_answers(trail, footing.clock)], footing.verifier),
        jwks_route(context),
    ]
    return Part("identity", routes, checks, {"bus": footing.bus.is_alive})
