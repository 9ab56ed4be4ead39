"""Who tries to come in too often: wrong tries are counted by the peer that they come from, whomever they name.

Identity counts by mail address, which slows down whoever guesses at one person. Here it is who guesses at many.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from starlette.requests import Request

from contracts.errors import Invalid, RateLimited, Unauthenticated
from contracts.identity import ACCEPT_INVITATION, RESET_PASSWORD, SIGN_IN
from kit.cache import Limiter

GUARDED = frozenset(operation.name for operation in (SIGN_IN, ACCEPT_INVITATION, RESET_PASSWORD))
# wrong tries and the seconds in which so many are let through: the longer it goes on, the longer is the wait. An office
# behind one address may mistype now and then; a right try is not counted.
TIERS = ((30, 300), (60, 3_600), (120, 21_600))
IPV6_HOME = 64  # bits: one subscriber has at least all addresses behind them


@dataclass(frozen=True, slots=True)
class Passage:
    """The way in for one request, of one peer: a network address, or home network; empty where nobody can tell."""

    limiter: Limiter
    peer: str

    @asynccontextmanager
    async def of(self, operation: str) -> AsyncIterator[None]:
        """Count a try before it is made, and take it back unless it is wrong. Raises RateLimited."""
        if not self.peer or operation not in GUARDED:
            yield
            return
        for limit, seconds in TIERS:
            await self.limiter.count(self._counted(seconds), limit=limit, seconds=seconds)
        try:
            yield
        except (Unauthenticated, Invalid, RateLimited):
            raise
        except BaseException:
            await self._take_back()
            raise
        await self._take_back()

    async def _take_back(self) -> None:
        for _, seconds in TIERS:
            await self.limiter.take_back(self._counted(seconds), seconds=seconds)

    def _counted(self, seconds: int) -> str:
        return f"door:{self.peer}:{seconds}"


class Door:
    """Knows where requests come from. `header` is set by a proxy in front of us, which lets nobody else set it."""

    def __init__(self, limiter: Limiter, header: str = "") -> None:
        self._limiter = limiter
        self._header = header

    def passage(self, request: Request) -> Passage:
        """The way in for this request."""
        return Passage(self._limiter, self._peer(request))

    def _peer(self, request: Request) -> str:
        """What the nearest proxy saw. Without its word, an address that is not public may be a proxy's own."""
        if self._header:
            return _network(request.headers.get(self._header, "").rpartition(",")[2].strip())
        peer = request.client.host if request.client else ""
        with suppress(ValueError):
            return _network(peer) if ip_address(peer).is_global else ""
        return ""


def _network(address: str) -> str:
    """The address, or the home network of an IPv6 one; empty for what is none."""
    with suppress(ValueError):
        found = ip_address(address)
        if found.version == 6 and found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((found, IPV6_HOME), strict=False)) if found.version == 6 else str(found)
    return ""
