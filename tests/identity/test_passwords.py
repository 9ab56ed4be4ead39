"""Hashes of passwords: strong enough, and made anew at a sign-in where they were made with less."""

import asyncio
import json
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher, Type, extract_parameters
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contracts.identity import SignIn
from contracts.wire import Caller
from deploy.local.secrets import Secrets
from kit.auth import ALGORITHM
from kit.clock import Clock
from kit.command import Stamp
from kit.mongo import Database
from services.identity.actions import Context
from services.identity.actions.secrets import Passwords, TokenKeys
from services.identity.actions.sign_in import sign_in
from services.identity.model import people
from services.identity.model.people import Person
from services.identity.store import Store
from tests.builders import NOW
from tests.parts import PASSWORD

EARLIER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


async def a_context(database: Database, folder: Path) -> Context:
    secrets = Secrets(folder / "secrets")
    secrets.make(["identity"])
    store = Store(database, lambda: None)
    for each in store.aggregates:
        await each.prepare()
    unused: Any = None
    return Context(
        store=store,
        trail=unused,
        clock=Clock(),
        passwords=Passwords(),
        keys=TokenKeys(str(secrets.token_keys)),
        limiter=unused,
        providers=unused,
        seal=unused,
        open_registration=False,
    )


async def test_keys_rotate_in_three_steps_while_tokens_of_both_pass(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets")
    secrets.make(["identity"])
    keys = TokenKeys(str(secrets.token_keys))
    person = Person(name="Maria", email="maria@example.com", zone="UTC", roles=(), password_hash="")
    account = people.open_account("maria", "acme", person, NOW).state

    def seen() -> tuple[str, set[str], bool]:
        """Which key signs, which are published, and whether a token of now passes."""
        published_now: Any = keys.published
        token, published = keys.access_token(account, "family"), KeySet.import_key_set(published_now)
        kid = str(jwt.decode(token, published, algorithms=[ALGORITHM]).header["kid"])
        assert '"d"' not in json.dumps(published_now)
        return kid, {str(each.kid) for each in published.keys}, passes(old, published)

    old = keys.access_token(account, "family")
    first, at_first, _ = seen()
    assert at_first == {first}
    secrets.rotate_token_keys()
    signs, published, _ = seen()
    assert signs == first
    assert len(published) == 2
    secrets.rotate_token_keys()
    signs, published, old_passes = seen()
    assert (signs != first, len(published), old_passes) == (True, 2, True)
    secrets.rotate_token_keys()
    assert seen() == (signs, {signs}, False)


def passes(token: str, keys: KeySet) -> bool:
    """Whether a token is believed with these keys."""
    try:
        jwt.decode(token, keys, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


async def test_a_password_takes_memory_and_time_to_guess() -> None:
    found = extract_parameters(await Passwords().hash(PASSWORD))
    assert found.type is Type.ID
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2
    assert found.parallelism >= 1


async def test_a_sign_in_hashes_the_password_as_it_is_done_by_now(database: Database, tmp_path: Path) -> None:
    context = await a_context(database, tmp_path)
    person = Person(name="Maria", email="maria@example.com", zone="UTC", roles=(), password_hash=EARLIER.hash(PASSWORD))
    by = Stamp(org_id="acme", actor_id="ada", at=NOW)
    account = await context.store.accounts.create(by, lambda new_id: people.open_account(new_id, "acme", person, NOW))
    assert context.passwords.is_outdated(account)
    both = await asyncio.gather(
        *(sign_in(context, Caller(), SignIn(email=account.email, password=PASSWORD)) for _ in range(2))
    )
    assert len(both) == 2
    now = await context.store.accounts.get("acme", account.id)
    assert not context.passwords.is_outdated(now)
    assert await context.passwords.fits(PASSWORD, now)
    assert now.version == 2
