"""How often somebody tried to sign in with an address, and how long to wait after too many."""

from datetime import datetime, timedelta

from contracts.errors import RateLimited
from contracts.wire import Change, Record, evolve

TRIES = 10  # for one address
WINDOW = timedelta(minutes=15)  # in which they count
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)  # so that nobody can keep the owner out for ever
REMEMBERED = timedelta(days=1)  # since the last try; then it is as if there had been none


class SignInTries(Record, frozen=True, kw_only=True):
    """The tries for one address, whether anybody has it or not. `id` is the address's hash."""

    id: str
    org_id: str = ""  # an address belongs to no organisation before it is known whose it is
    tries: tuple[datetime, ...] = ()
    locks: int = 0
    locked_until: datetime | None = None
    forget_at: datetime
    version: int = 1


def no_tries(tries_id: str, at: datetime) -> SignInTries:
    """Nobody tried before."""
    return SignInTries(id=tries_id, forget_at=at + REMEMBERED, version=0)


def count_try(tries: SignInTries, at: datetime) -> Change[SignInTries]:
    """Count one more, before it is known how it ends. Too many lock the address, each time for twice as long."""
    check_lock(tries, at)
    locks = tries.locks if at <= tries.forget_at else 0
    recent = tuple(each for each in tries.tries if at - each <= WINDOW)
    if len(recent) < TRIES:
        return Change(evolve(tries, tries=(*recent, at), locks=locks, locked_until=None, forget_at=at + REMEMBERED))
    wait = min(FIRST_WAIT * 2 ** min(locks, 10), LONGEST_WAIT)
    return Change(evolve(tries, tries=(), locks=locks + 1, locked_until=at + wait, forget_at=at + REMEMBERED))


def check_lock(tries: SignInTries, at: datetime) -> None:
    """Raises RateLimited while the address is locked."""
    if tries.locked_until and at < tries.locked_until:
        minutes = (tries.locked_until - at) // timedelta(minutes=1) + 1
        raise RateLimited(
            f"Too many tries. Wait {minutes} minute{'s' * (minutes > 1)} and try again, or ask for a new password."
        )


def forget(tries: SignInTries) -> Change[SignInTries]:
    """The right password came, or a new one was chosen: the tries before do not count."""
    if not (tries.tries or tries.locks):
        return Change(tries)
    return Change(evolve(tries, tries=(), locks=0, locked_until=None))
