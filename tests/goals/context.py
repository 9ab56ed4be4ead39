"""What the actions of the service work with, on a database of a test's own."""

from contracts.identity import Mentorship, MentorshipCard
from kit.audit import Trail
from kit.clock import Clock
from kit.mongo import Database
from services.goals.actions import Context
from services.goals.store import Store
from tests.goals.events import CARD


async def a_context(database: Database) -> Context:
    """Knows one mentorship, by its card."""

    async def ask_card(_org_id: str, _mentorship_id: str) -> MentorshipCard:
        return CARD

    async def ask_mentorship(_org_id: str, _mentorship_id: str) -> Mentorship | None:
        return None

    store = Store(database, ask_card, lambda: None)
    for each in store.aggregates:
        await each.prepare()
    return Context(store, Clock(), ask_mentorship, Trail(database, "goals"))
