"""Says who it is, and dies when told."""

import os
from contextlib import AsyncExitStack

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kit.process import Part
from tests.deploy.stub_part.settings import Settings


async def build(settings: Settings, running: AsyncExitStack) -> Part:
    """Build it."""

    async def environment(_request: Request) -> JSONResponse:
        ours = {name: value for name, value in os.environ.items() if name.startswith("INZPIREU_")}
        return JSONResponse({"pid": os.getpid(), "port": settings.port, "environment": ours})

    async def die(_request: Request) -> JSONResponse:
        os._exit(3)

    return Part(name="stub", routes=[Route("/environment", environment), Route("/die", die, methods=["POST"])])
