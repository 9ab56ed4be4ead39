"""People who work on while something is done to the platform, and no client that tries again for them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import aiohttp

from deploy.local.story import Story
from tests.system.polling import until

WRITE = """mutation($input: AddActionItemInput!) {
  addActionItem(input: $input) { actionItem { id } userErrors { code message } } }"""
READ = "query($id: ID!) { mentorship(id: $id) { phase goals { edges { node { title } } } } }"
RENEW = """mutation($input: RefreshTokenInput!) {
  refreshToken(input: $input) { accessToken refreshToken userErrors { code message } } }"""
DUE = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
AT_ONCE = 4

type Tokens = Mapping[str, str]


class Load:
    """What was acknowledged and what failed while mentors of one mentorship worked, each with `tokens` of a sign-in.

    Those among them that `renew` use a new token each time.
    """

    def __init__(self, story: Story, endpoint: str) -> None:
        self.acknowledged: list[str] = []
        self.failed: list[str] = []
        self.done = Counter[str]()
        self._going_on = True
        self._story = story
        self._endpoint = endpoint

    @asynccontextmanager
    async def going_on(self, working: list[Tokens], renewing: list[Tokens] | None = None) -> AsyncIterator[None]:
        """From entering to leaving, on connections that are kept."""
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as people:
            for tokens in working:
                people.create_task(self._work(http, tokens, renews=False))
            for tokens in renewing or ():
                people.create_task(self._work(http, tokens, renews=True))
            try:
                yield
            finally:
                self._going_on = False

    async def goes_on(self) -> None:
        """Wait until everybody has had some more answers, or something has failed."""
        await until(partial(self._more, self.done["answered"] + 2 * AT_ONCE), "work that goes on")

    async def _more(self, wanted: int) -> bool:
        return self.done["answered"] >= wanted or bool(self.failed)

    async def _work(self, http: aiohttp.ClientSession, tokens: Tokens, *, renews: bool) -> None:
        mentorship = self._story.mentorship_id
        while self._going_on:
            given = {"mentorshipId": mentorship, "ownerId": self._story.sofia.id, "title": "One more", "due": DUE}
            if added := await self._ask(http, tokens, WRITE, {"input": given}):
                self.acknowledged.append(added["addActionItem"]["actionItem"]["id"])
            await self._ask(http, tokens, READ, {"id": mentorship})
            if renews:
                renewed = await self._ask(http, {}, RENEW, {"input": {"refreshToken": tokens["refreshToken"]}})
                tokens = renewed["refreshToken"] if renewed else tokens

    async def _ask(
        self, http: aiohttp.ClientSession, tokens: Tokens, query: str, variables: dict[str, Any]
    ) -> dict[str, Any] | None:
        headers = {"authorization": f"Bearer {tokens['accessToken']}"} if tokens else {}
        try:
            async with http.post(
                self._endpoint, json={"query": query, "variables": variables}, headers=headers
            ) as answer:
                body: dict[str, Any] = await answer.json()
        except (aiohttp.ClientError, OSError) as error:
            self.failed.append(repr(error))
            return None
        data: dict[str, Any] | None = body.get("data")
        refused = [each["userErrors"] for each in (data or {}).values() if each and each.get("userErrors")]
        if answer.status != 200 or body.get("errors") or refused or not data:
            self.failed.append(f"{answer.status} {body}")
            return None
        self.done["answered"] += 1
        return data
