"""What a worker of imports stands on in tests: the store and the trail, and no broker, for imports publish nothing."""

from typing import Any

from contracts.identity import Role
from contracts.subscriptions import SUBSCRIPTIONS
from contracts.wire import Caller
from kit.audit import Trail
from kit.bus import Bus
from kit.clock import Clock
from kit.mongo import Database
from kit.outbox import Relay
from services.identity.actions import Context
from services.identity.store import Store

ADA = Caller(org_id="acme", user_id="ada", roles=(Role.ORG_ADMIN,))


def a_relay(database: Database) -> Relay:
    """A relay with its trail and a broker that is not there."""
    return Relay(Bus("amqp://127.0.0.1:9/", "identity", SUBSCRIPTIONS), Trail(database, "identity"))


def a_context(store: Store, clock: Clock) -> Context:
    """What actions need that sign nobody in and ask nobody."""
    nothing: Any = None
    rest = dict.fromkeys(("trail", "passwords", "keys", "limiter", "providers", "seal"), nothing)
    return Context(store=store, clock=clock, open_registration=False, **rest)
