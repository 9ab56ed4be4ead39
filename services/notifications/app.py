"""Builds the notifications service, in order; the only place that constructs."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from contracts.identity import GET_MENTORSHIP_CARDS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.audit import Trail
from kit.audit_log import audit_answers
from kit.bus import Consumer
from kit.footing import asking, stand
from kit.outbox import Relay
from kit.process import Part
from kit.rpc import operation_routes
from kit.service import open_database, start
from services.notifications.actions import Context
from services.notifications.channels.email import Mailbox
from services.notifications.channels.mailer import Mailer
from services.notifications.channels.wording import Wording
from services.notifications.consumers import consumers
from services.notifications.routes import answers
from services.notifications.settings import Settings
from services.notifications.store import Store


async def build(
    settings: Settings,
    running: AsyncExitStack,
    *,
    around: Callable[[list[Consumer[Any]]], list[Consumer[Any]]] = lambda consumers: consumers,
) -> Part:
    """The service, started; what it holds is closed with `running`. `around` may wrap what handles events."""
    footing = await stand(settings, running, SUBSCRIPTIONS)
    ask_card = asking(footing.identity, GET_MENTORSHIP_CARDS, footing.signer)
    database = open_database(settings, "notifications", running)
    trail = Trail(database, "notifications")
    relay = Relay(footing.bus, trail)

    def on_saved() -> None:
        relay.wake()
        mailer.wake()

    store = Store(database, ask_card, on_saved)
    wording = Wording()
    context = Context(store, footing.clock, wording, footing.identity, footing.signer)
    mailer = Mailer(
        store=store,
        wording=wording,
        clock=footing.clock,
        identity=footing.identity,
        signer=footing.signer,
        open_mailbox=lambda: Mailbox(settings.smtp_url, settings.mail_from),
        app_url=settings.app_url.rstrip("/"),
    )
    checks = await start(footing, relay, store.aggregates, around(consumers(context)), running)
    if settings.handles_events:
        await running.enter_async_context(mailer)
    routes = operation_routes([*answers(context), *audit_answers(trail, footing.clock)], footing.verifier)
    return Part("notifications", routes, checks, {"bus": footing.bus.is_alive})
