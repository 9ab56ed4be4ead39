"""Wrong tries of one peer: counted whomever they name, taken back where they were right, and never for ever."""

import itertools
import uuid
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request

from contracts.errors import Forbidden, Invalid, RateLimited, Unauthenticated
from contracts.identity import ACCEPT_INVITATION, REFRESH, RESET_PASSWORD, SIGN_IN
from deploy.local.backends import Backends
from gateway.door import TIERS, Door, Passage
from kit.cache import Limiter

FIRST = TIERS[0][0]


@pytest.fixture(params=["redis", "nowhere"])
async def limiter(request: pytest.FixtureRequest, backends: Backends) -> AsyncIterator[Limiter]:
    """With Redis, and while it is away."""
    limiter = Limiter(backends["redis"].url if request.param == "redis" else "redis://127.0.0.1:9/0")
    yield limiter
    await limiter.close()


@pytest.fixture
def passage(limiter: Limiter) -> Passage:
    """The way in of a peer of its own."""
    return Passage(limiter, uuid.uuid4().hex)


async def tried(passage: Passage, refusal: Exception | None, operation: str = SIGN_IN.name) -> bool:
    """Whether a try that ends so was let through."""
    try:
        async with passage.of(operation):
            if refusal:
                raise refusal
    except RateLimited as limited:
        return limited is refusal
    except (Unauthenticated, Invalid, Forbidden):
        return True
    return True


@pytest.mark.parametrize(
    "refusal", [Unauthenticated("no"), Invalid("no"), RateLimited("locked")], ids=lambda it: it.code
)
async def test_too_many_wrong_tries_close_the_door_to_right_ones_too(passage: Passage, refusal: Exception) -> None:
    names = [SIGN_IN.name, ACCEPT_INVITATION.name, RESET_PASSWORD.name]
    through = [await tried(passage, refusal, names[number % 3]) for number in range(FIRST + 1)]
    assert through == [True] * FIRST + [False]
    assert not await tried(passage, None)
    assert await tried(passage, refusal, REFRESH.name), "who is in already stays in"
    assert await tried(Passage(passage.limiter, uuid.uuid4().hex), None), "another peer is not concerned"
    assert await tried(Passage(passage.limiter, ""), refusal)


@pytest.mark.parametrize("refusal", [None, Forbidden("suspended")], ids=["right", "right and suspended"])
async def test_right_tries_are_not_counted(passage: Passage, refusal: Exception | None) -> None:
    assert all([await tried(passage, refusal) for _ in range(FIRST + 5)])
    assert await tried(passage, Unauthenticated("no"))


def test_who_goes_on_waits_longer() -> None:
    assert sorted(TIERS) == list(TIERS)
    assert all(later[1] > earlier[1] for earlier, later in itertools.pairwise(TIERS))
    assert TIERS[-1][1] <= 86_400


@pytest.mark.parametrize(
    ("seen", "header", "sent", "peer"),
    [
        ("203.0.114.7", "", "198.51.101.9", "203.0.114.7"),
        ("10.0.0.3", "", "198.51.101.9", ""),
        ("127.0.0.1", "", "", ""),
        ("2a01:4f8:1:2:3::4", "", "", "2a01:4f8:1:2::/64"),
        ("10.0.0.3", "X-Real-IP", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.3", "X-Real-IP", "made.up, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.3", "X-Real-IP", "198.51.100.9, made.up", ""),
        ("10.0.0.3", "X-Real-IP", "", ""),
        ("10.0.0.3", "X-Real-IP", "2001:db8:5:6:7::8", "2001:db8:5:6::/64"),
        ("10.0.0.3", "X-Real-IP", "::ffff:198.51.100.9", "198.51.100.9"),
    ],
)
async def test_a_peer_is_what_the_trusted_header_says_or_a_public_address(
    limiter: Limiter, seen: str, header: str, sent: str, peer: str
) -> None:
    headers = [(b"x-real-ip", sent.encode()), (b"x-forwarded-for", b"192.0.2.1")]
    request = Request({"type": "http", "headers": headers, "client": (seen, 4711)})
    assert Door(limiter, header).passage(request).peer == peer
