"""What the tests of calls and tokens stand on: real keys and a real server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import uvicorn
from joserfc.jwk import KeySet, OKPKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from deploy.local.secrets import Secrets
from kit.auth import PartSigner, Verifier, signed
from kit.footing import JWKS_PATH
from tests.system.polling import until


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(routes: Sequence[BaseRoute], *, port: int = 0) -> AsyncIterator[str]:
    """Serve these routes; gives their address."""
    app = Starlette(routes=list(routes))
    server = _Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
    )
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started or task.done()

    await until(started, "the server to listen")
    (listening,) = server.servers[0].sockets
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class Keys:
    """The keys of one installation: of its parts, in files, and of its people, at an address."""

    def __init__(self, folder: Path) -> None:
        self.secrets = Secrets(folder)
        self.secrets.make(["identity", "goals", "sessions", "notifications", "workflows"])
        self.people = [OKPKey.generate_key("Ed25519", {"kid": "people-1"})]
        self.fetched = 0

    def signer(self, part: str) -> PartSigner:
        """The signer of one part."""
        return PartSigner(str(self.secrets.part_key(part)))

    def part_key(self, part: str) -> OKPKey:
        """The private key of one part."""
        return OKPKey.import_key(msgspec.json.decode(self.secrets.part_key(part).read_bytes()))

    def token(
        self, user_id: str = "maria", *, org_id: str = "acme", roles: Sequence[str] = (), lives: float = 60
    ) -> str:
        """The token of a signed-in person."""
        return signed({"sub": user_id, "org": org_id, "roles": list(roles)}, self.people[0], lives)

    def verifier(self, url: str, http: aiohttp.ClientSession, **options: Any) -> Verifier:
        """Verifies both kinds of tokens; people's keys are fetched from the address that `jwks_route` is served at."""
        return Verifier(str(self.secrets.parts_jwks), url + JWKS_PATH, http, **options)

    def jwks_route(self) -> Route:
        """Publishes what is among the people's keys at that moment."""

        async def jwks(_request: Request) -> JSONResponse:
            self.fetched += 1
            return JSONResponse(KeySet(list(self.people)).as_dict(private=False))

        return Route(JWKS_PATH, jwks)
