"""Passwords and tokens: hashing in threads, signing with the installation's keys. Knows no storage."""

import asyncio
import hashlib
import secrets
from pathlib import Path
from typing import Any

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from joserfc.jwk import KeySet, OKPKey

from contracts.identity import ACTS_AS
from kit.auth import signed
from services.identity.model.api_tokens import KeptToken
from services.identity.model.people import Account

ACCESS_SECONDS = 600
EXCHANGED_SECONDS = 60
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the least there is, where nobody is to be kept out


class Passwords:
    """argon2id as RFC 9106 recommends where memory is short (64 MiB, t=3), in at most two threads at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(2)  # each takes 64 MiB and a core
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """A salted hash to keep."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, account: Account | None) -> bool:
        """Whether it is this account's password. Takes as long where there is no account."""
        async with self._turns:
            kept = (account.password_hash if account else "") or self._nobody
            return await asyncio.to_thread(self._verify, kept, password)

    def is_outdated(self, account: Account) -> bool:
        """Whether the hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(account.password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False


class TokenKeys:
    """The keys that people's tokens are signed with: the first signs, all are published.

    A file that changes is read again, so that keys rotate while the part runs.
    """

    def __init__(self, keys_file: str) -> None:
        self._file = Path(keys_file)
        self._read_at = (0, 0)
        self._read = self._decoded()

    @property
    def published(self) -> dict[str, Any]:
        """The public half of all keys (RFC 7517)."""
        return dict(self._current().as_dict(private=False))

    @property
    def _signing(self) -> OKPKey:
        first = self._current().keys[0]
        assert isinstance(first, OKPKey), "people's tokens are signed with Ed25519"
        return first

    def _current(self) -> KeySet:
        found = self._file.stat()
        if (found.st_mtime_ns, found.st_ino) != self._read_at:
            self._read = self._decoded()
        return self._read

    def _decoded(self) -> KeySet:
        found = self._file.stat()
        keys = KeySet.import_key_set(msgspec.json.decode(self._file.read_bytes()))
        self._read_at = (found.st_mtime_ns, found.st_ino)
        return keys

    def access_token(self, account: Account, family_id: str) -> str:
        """Ten minutes of being this person, signed in once."""
        claims: dict[str, Any] = {"sub": account.id, "org": account.org_id, "roles": list(account.roles)}
        claims |= {"sid": family_id}
        if account.managed_programme_ids:
            claims["programmes"] = list(account.managed_programme_ids)
        return signed(claims, self._signing, ACCESS_SECONDS)

    def program_token(self, token: KeptToken) -> str:
        """A minute of being this program."""
        roles = sorted({ACTS_AS[scope] for scope in token.scopes})
        claims = {"sub": token.id, "org": token.org_id, "roles": roles, "scopes": list(token.scopes)}
        return signed(claims, self._signing, EXCHANGED_SECONDS)


def new_mark() -> str:
    """What all tokens of one family carry, so that each is known to have been one of them."""
    return secrets.token_urlsafe(16)


def new_refresh_token(org_id: str, family_id: str, mark: str) -> str:
    """An opaque token that says which family it belongs to."""
    return f"{org_id}.{family_id}.{mark}.{secrets.token_urlsafe(32)}"


def mark_of(token: str) -> str:
    """The mark that a refresh token carries; empty where it has none."""
    parts = token.split(".")
    return parts[2] if len(parts) == 4 else ""


def new_api_token(org_id: str, token_id: str) -> str:
    """An opaque token that says what it is: whoever finds one somewhere knows where to report it."""
    return f"inzpireu.{org_id}.{token_id}.{secrets.token_urlsafe(32)}"


def new_mailed_token(org_id: str, user_id: str) -> str:
    """An opaque token that says whose it is."""
    return f"{org_id}.{user_id}.{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """What is kept of an opaque token: it has 256 bits of its own, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
