"""Guessing at many people from one place, at the endpoint: it is slowed down, and nobody learns who is known here."""

import uuid
from typing import Any

import aiohttp

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD
from gateway.door import TIERS

SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code message } } }"


async def test_guessing_at_many_people_from_one_place_is_slowed_down(stack: Stack, stranger: Person) -> None:
    known = f"known@{uuid.uuid4().hex[:8]}.example"
    await stranger.do("addUser", "user { id }", name="Known", email=known, password=PASSWORD)
    number = uuid.uuid4().int
    here, there = (f"198.51.{number % 200}.{number // 200 % 200}", f"198.52.{number % 200}.1")

    async with aiohttp.ClientSession() as http:

        async def told(email: str, password: str, peer: str) -> tuple[str, str]:
            body = {"query": SIGN_IN, "variables": {"input": {"email": email, "password": password}}}
            headers = {"X-Forwarded-For": f"192.0.2.1, {peer}"}
            async with http.post(f"{stack.gateway_url}/graphql", json=body, headers=headers) as answer:
                payload: dict[str, Any] = (await answer.json())["data"]["signIn"]
            errors = payload["userErrors"]
            return (errors[0]["code"], errors[0]["message"]) if errors else ("", "")

        for _ in range(TIERS[0][0]):
            code, _ = await told(f"{uuid.uuid4().hex}@never.example", "a wrong phrase", here)
            assert code == "UNAUTHENTICATED"
        right = await told(known, PASSWORD, here)
        assert right[0] == "RATE_LIMITED"
        assert right == await told(known, "a wrong phrase", here) == await told("x@never.example", PASSWORD, here)
        assert await told(known, PASSWORD, there) == ("", ""), "everybody else comes in"
