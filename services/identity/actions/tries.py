"""Counting tries to sign in, known address or not, in the database: a lock survives whatever else is lost."""

from contracts.errors import Unauthenticated
from kit.command import Stamp, natural_id, until_fresh
from services.identity.actions import Context
from services.identity.actions.secrets import token_hash
from services.identity.model import tries
from services.identity.model.people import Account

WRONG = "Mail address and password do not fit together."


async def check_password(context: Context, email: str, account: Account | None, password: str) -> Account:
    """The account, if this is its password. The same refusal, after the same work, whatever is wrong."""
    await _count(context, email)
    if not await context.passwords.fits(password, account) or account is None:
        raise Unauthenticated(WRONG)
    await forget_tries(context, email)
    return account


async def forget_tries(context: Context, email: str) -> None:
    """Whoever has the address has shown it."""

    async def forget() -> None:
        stored = await context.store.tries.load("", _id_of(email))
        await context.store.tries.amend(stored, _stamp(context), tries.forget)

    if await context.store.tries.find("", _id_of(email)):
        await until_fresh(forget)


async def _count(context: Context, email: str) -> None:
    """Count first and judge then: tries that are made at once are as many as those made in turn."""

    async def count() -> None:
        at, by, tries_id = context.clock.real_now(), _stamp(context), _id_of(email)
        counted = await context.store.tries.put(
            tries_id, by, lambda known: tries.count_try(known or tries.no_tries(tries_id, at), at)
        )
        tries.check_lock(counted, at)

    await until_fresh(count)


def _id_of(email: str) -> str:
    return natural_id("tries", token_hash(email))


def _stamp(context: Context) -> Stamp:
    return Stamp(org_id="", actor_id="nobody", at=context.clock.real_now())
