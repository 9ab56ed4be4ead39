"""Sign-in through a provider: with a real one in a process of its own, and with one that lies about a single thing."""

import asyncio
import json
import secrets
import socket
import sys
import time
import uuid
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import aiohttp
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.kit.serving import serving
from tests.system.polling import until

PASSWORD, CLIENT, SECRET = "a long phrase for the story", "inzpireu", "a client's secret: 100% of it"
DOMAIN = f"{uuid.uuid4().hex[:8]}.example"
CONFIGURED = "oidcProvider { issuer clientId provisioning allowedDomains startPath }"


def claims_of(name: str, *, domain: str = DOMAIN, **more: Any) -> dict[str, Any]:
    """What the provider knows of somebody."""
    return {"sub": name, "email": f"{name}@{domain}", "email_verified": True, "name": name.title(), **more}


PEOPLE = [
    claims_of("nina"),
    claims_of("sam"),
    claims_of("ivy"),
    claims_of("eve", domain="elsewhere.example"),
    claims_of("tim", email_verified=False),
    claims_of("ron"),
]


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that keeps no cookies by itself."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture(scope="module")
async def issuer(http: aiohttp.ClientSession) -> AsyncIterator[str]:
    """A real provider, in a process of its own."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    people = [part for each in PEOPLE for part in ("--user-claims", json.dumps(each))]
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "--require-nonce", "true", *people]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        assert process.returncode is None, "the provider ended"
        try:
            async with http.get(f"{url}/.well-known/openid-configuration") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    try:
        await until(answers, "the provider to answer")
        yield url
    finally:
        process.kill()
        await process.wait()


@dataclass
class Tenant:
    """An organisation with a provider, and a browser before it."""

    gateway: str
    http: aiohttp.ClientSession
    ada: Person
    id: str

    async def start(self) -> tuple[str, str]:
        """Begin to sign in: the address at the provider, and the cookie."""
        async with self.http.get(f"{self.gateway}/oidc/{self.id}/start", allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
            cookie = answer.cookies["inzpireu_oidc"]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/oidc/callback")
            return answer.headers["location"], cookie.value

    async def authorize(self, url: str, name: str) -> str:
        """Say at the provider who one is: the address that it sends the browser back to."""
        async with self.http.post(url, data={"sub": name}, allow_redirects=False) as answer:
            assert answer.status in {302, 303}, await answer.text()
            return answer.headers["location"]

    async def finish(self, back: str, cookie: str) -> tuple[int, dict[str, Any]]:
        """Come back."""
        headers = {"cookie": f"inzpireu_oidc={cookie}"} if cookie else {}
        async with self.http.get(back, headers=headers, allow_redirects=False) as answer:
            assert answer.headers["cache-control"] == "no-store"
            return answer.status, await answer.json()

    async def sign_in(self, name: str) -> tuple[int, dict[str, Any]]:
        """All of it."""
        url, cookie = await self.start()
        return await self.finish(await self.authorize(url, name), cookie)


def code_of(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    """Status and code of a refusal."""
    status, body = answer
    assert set(body) == {"errors"}, body
    return status, body["errors"][0]["code"]


def altered(url: str, **changes: str) -> str:
    """An address with other parameters."""
    parts = urlsplit(url)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return urlunsplit(parts._replace(query=urlencode(given)))


def parameter(url: str, name: str) -> str:
    """One parameter of an address."""
    return parse_qs(urlsplit(url).query)[name][0]


async def a_tenant(stack: Stack, http: aiohttp.ClientSession, people: AsyncExitStack, issuer: str) -> Tenant:
    """An organisation that signs in at this issuer."""
    ada = await people.enter_async_context(Person("Ada", f"{stack.gateway_url}/graphql"))
    email = f"ada@{uuid.uuid4().hex[:8]}.example"
    made = await ada.do(
        "registerOrganisation", "organisation { id }", name="Acme", adminName="Ada", adminEmail=email,
        password=PASSWORD,
    )  # fmt: skip
    await ada.sign_in(email, PASSWORD)
    await ada.do("configureOidc", CONFIGURED, **provider_at(issuer))
    org_id = b64decode(made["organisation"]["id"]).decode().partition(":")[2]
    return Tenant(stack.gateway_url, http, ada, org_id)


def provider_at(issuer: str, **fields: Any) -> dict[str, Any]:
    """What an administrator says of the provider."""
    given = {"issuer": issuer, "clientId": CLIENT, "clientSecret": SECRET, "allowedDomains": [DOMAIN]}
    return {**given, "provisioning": "JUST_IN_TIME", **fields}


@pytest.fixture(scope="module")
async def tenant(stack: Stack, http: aiohttp.ClientSession, issuer: str) -> AsyncIterator[Tenant]:
    """An organisation that takes everybody of its domain from the provider."""
    async with AsyncExitStack() as people:
        yield await a_tenant(stack, http, people, issuer)


async def refusal(attempt: Awaitable[Any]) -> tuple[str, str | None]:
    """Code and field of a refusal."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


async def test_somebody_new_signs_in_and_is_the_same_person_the_next_time(tenant: Tenant) -> None:
    status, tokens = await tenant.sign_in("nina")
    assert (status, set(tokens)) == (200, {"accessToken", "refreshToken", "expiresIn"})
    async with Person("Nina", f"{tenant.gateway}/graphql") as nina:
        nina.use(tokens["accessToken"], tokens["refreshToken"])
        me = (await nina.ask("{ me { id name email state roles } }"))["me"]
        assert (me["name"], me["email"], me["state"], me["roles"]) == ("Nina", f"nina@{DOMAIN}", "ACTIVE", [])
        await nina.renew()
        again = (await tenant.sign_in("nina"))[1]
        nina.use(again["accessToken"])
        assert (await nina.ask("{ me { id } }"))["me"]["id"] == me["id"]


async def test_a_person_who_was_added_or_invited_keeps_the_account(tenant: Tenant) -> None:
    added = await tenant.ada.do("addUser", "user { id }", name="Sam", email=f"sam@{DOMAIN}", password=PASSWORD)
    invited = await tenant.ada.do("inviteUser", "user { id state }", email=f"ivy@{DOMAIN}", roles=["AUDITOR"])
    for name, known in (("sam", added), ("ivy", invited)):
        tokens = (await tenant.sign_in(name))[1]
        async with Person(name, f"{tenant.gateway}/graphql") as person:
            person.use(tokens["accessToken"])
            me = (await person.ask("{ me { id state } }"))["me"]
            assert me == {"id": known["user"]["id"], "state": "ACTIVE"}


@pytest.mark.parametrize("name", ["eve", "tim"])
async def test_an_address_elsewhere_or_unverified_opens_nothing(tenant: Tenant, name: str) -> None:
    assert code_of(await tenant.sign_in(name)) == (403, "FORBIDDEN")


async def test_a_suspended_person_stays_out(tenant: Tenant) -> None:
    added = await tenant.ada.do("addUser", "user { id }", name="Ron", email=f"ron@{DOMAIN}", password=PASSWORD)
    await tenant.ada.do("suspendUser", "user { id }", userId=added["user"]["id"])
    assert code_of(await tenant.sign_in("ron")) == (403, "FORBIDDEN")


async def test_nobody_joins_where_only_known_people_may(stack: Stack, http: aiohttp.ClientSession, issuer: str) -> None:
    async with AsyncExitStack() as people:
        tenant = await a_tenant(stack, http, people, issuer)
        domain = "known.example"
        known = provider_at(issuer, provisioning="KNOWN", allowedDomains=["Elsewhere.Example", f"@{domain}"])
        configured = await tenant.ada.do("configureOidc", CONFIGURED, **known)
        assert configured["oidcProvider"]["allowedDomains"] == ["elsewhere.example", domain]
        assert code_of(await tenant.sign_in("eve")) == (403, "FORBIDDEN")


async def test_the_code_flow_is_bound_by_state_nonce_and_pkce(tenant: Tenant) -> None:
    (one, _), (other, _) = await tenant.start(), await tenant.start()
    for name in ("state", "nonce", "code_challenge"):
        assert len(parameter(one, name)) >= 32
        assert parameter(one, name) != parameter(other, name)
    assert (parameter(one, "code_challenge_method"), parameter(one, "response_type")) == ("S256", "code")
    assert "openid" in parameter(one, "scope").split()


async def test_what_comes_back_wrong_is_refused(tenant: Tenant) -> None:
    (url, cookie), (other_url, other_cookie) = await tenant.start(), await tenant.start()
    back, other = await tenant.authorize(url, "nina"), await tenant.authorize(other_url, "nina")
    refused = (401, "UNAUTHENTICATED")
    assert code_of(await tenant.finish(altered(back, state="a.b"), cookie)) == refused
    assert code_of(await tenant.finish(back, "")) == refused
    assert code_of(await tenant.finish(back, other_cookie)) == refused
    assert code_of(await tenant.finish(back.partition("?")[0] + "?error=access_denied", cookie)) == refused
    foreign_nonce = altered(back, code=parameter(other, "code"))  # what another sign-in was answered
    assert code_of(await tenant.finish(foreign_nonce, cookie)) == refused
    assert code_of(await tenant.finish(back, cookie)) == refused  # used up by the try before


async def test_a_sign_in_ends_once(tenant: Tenant) -> None:
    url, cookie = await tenant.start()
    back = await tenant.authorize(url, "nina")
    answers = await asyncio.gather(*(tenant.finish(back, cookie) for _ in range(5)))
    assert sorted(status for status, _ in answers) == [200, 401, 401, 401, 401]


async def test_an_organisation_without_a_provider_says_so(tenant: Tenant, stranger: Person) -> None:
    unknown = f"{tenant.gateway}/oidc/{uuid.uuid4()}/start"
    async with tenant.http.get(unknown, allow_redirects=False) as answer:
        assert code_of((answer.status, await answer.json())) == (404, "NOT_FOUND")
    assert (await refusal(stranger.ask("{ oidcProvider { issuer } }")))[0] == "NOT_FOUND"


async def test_only_an_administrator_names_a_provider_and_nobody_sees_its_secret(tenant: Tenant, issuer: str) -> None:
    seen = await tenant.ada.ask("{ oidcProvider { issuer clientId startPath } }")
    assert seen["oidcProvider"] == {"issuer": issuer, "clientId": CLIENT, "startPath": f"/oidc/{tenant.id}/start"}
    email = f"max-{uuid.uuid4().hex[:6]}@{DOMAIN}"
    await tenant.ada.do("addUser", "user { id }", name="Max", email=email, password=PASSWORD)
    async with Person("Max", f"{tenant.gateway}/graphql") as max_:
        await max_.sign_in(email, PASSWORD)
        assert await refusal(max_.do("configureOidc", CONFIGURED, **provider_at(issuer))) == ("FORBIDDEN", None)
        assert (await refusal(max_.ask("{ oidcProvider { issuer } }")))[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"issuer": "ftp://example.org"}, ("INVALID", "issuer")),
        ({"issuer": "https://user:password@example.org"}, ("INVALID", "issuer")),
        ({"issuer": "not an address"}, ("INVALID", "issuer")),
        ({"issuer": "http://[::1"}, ("INVALID", "issuer")),
        ({"allowedDomains": []}, ("INVALID", "allowedDomains")),
        ({"clientSecret": ""}, ("INVALID", "clientSecret")),
    ],
)
async def test_a_provider_that_cannot_be_is_refused(tenant: Tenant, fields: dict[str, Any], told: Any) -> None:
    given = {**provider_at("https://example.org"), **fields}
    assert await refusal(tenant.ada.do("configureOidc", CONFIGURED, **given)) == told


class Liar:
    """A provider that answers with what it is told to."""

    def __init__(self) -> None:
        self.url = ""
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims: dict[str, Any] = {}
        self.lie: dict[str, Any] = {}
        self.signing: Any = self.key
        self.header = {"alg": "RS256", "kid": "one"}
        self.forms: list[dict[str, str]] = []
        self.credentials: list[str] = []

    def routes(self) -> list[Route]:
        """What a provider answers."""
        return [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/keys", self._keys),
            Route("/token", self._token, methods=["POST"]),
        ]

    async def _metadata(self, _request: Request) -> Response:
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return JSONResponse({"issuer": self.url, **{name: self.url + path for name, path in places.items()}})

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        self.forms.append({name: values[0] for name, values in form.items()})
        self.credentials.append(request.headers["authorization"])
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims, **self.lie}
        given = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            return JSONResponse({"id_token": _unsigned(self.header, given), "access_token": "x"})
        token = jwt.encode(self.header, given, self.signing, algorithms=[self.header["alg"]])
        return JSONResponse({"id_token": token, "access_token": "x", "token_type": "Bearer"})


def _unsigned(header: dict[str, str], claims: dict[str, Any]) -> str:
    from joserfc.util import urlsafe_b64encode

    head, body = (urlsafe_b64encode(json.dumps(each).encode()).decode() for each in (header, claims))
    return f"{head}.{body}."


@pytest.fixture(scope="module")
async def liar_and_tenant(stack: Stack, http: aiohttp.ClientSession) -> AsyncIterator[tuple[Liar, Tenant]]:
    """A provider that can be told to lie, and an organisation that trusts it."""
    liar = Liar()
    async with serving(liar.routes()) as url, AsyncExitStack() as people:
        liar.url = url
        yield liar, await a_tenant(stack, http, people, url)


async def answered(liar: Liar, tenant: Tenant) -> tuple[int, dict[str, Any]]:
    """Sign in where the provider would send the browser back at once."""
    url, cookie = await tenant.start()
    liar.claims = {**claims_of("lia"), "nonce": parameter(url, "nonce")}
    back = f"{parameter(url, 'redirect_uri')}?" + urlencode({"code": "c", "state": parameter(url, "state")})
    answer = await tenant.finish(back, cookie)
    assert create_s256_code_challenge(liar.forms[-1]["code_verifier"]) == parameter(url, "code_challenge")
    return answer


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"lie": {"nonce": "another"}},
    "no nonce": {"lie": {"nonce": None}},
    "another audience": {"lie": {"aud": "another"}},
    "several audiences, for another": {"lie": {"aud": [CLIENT, "another"], "azp": "another"}},
    "no audience": {"lie": {"aud": None}},
    "another issuer": {"lie": {"iss": "https://another.example"}},
    "no person": {"lie": {"sub": None}},
    "expired": {"lie": {"exp": int(time.time()) - 3_600}},
    "issued in the future": {"lie": {"iat": int(time.time()) + 3_600}},
    "another key": {"signing": RSAKey.generate_key(2048, {"kid": "one"})},
    "an unknown kid": {"header": {"alg": "RS256", "kid": "two"}},
    "no signature": {"header": {"alg": "none", "kid": "one"}},
    "HS256 with the client's secret": {
        "header": {"alg": "HS256", "kid": "one"}, "signing": OctKey.import_key(SECRET.encode()),
    },
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_a_lie_of_the_provider_is_found(liar_and_tenant: tuple[Liar, Tenant], lie: dict[str, Any]) -> None:
    liar, tenant = liar_and_tenant
    truth = {name: getattr(liar, name) for name in lie}
    try:
        vars(liar).update(lie)
        assert code_of(await answered(liar, tenant)) == (401, "UNAUTHENTICATED")
    finally:
        vars(liar).update(truth)


async def test_a_provider_that_tells_the_truth_is_believed_and_told_the_secret(
    liar_and_tenant: tuple[Liar, Tenant],
) -> None:
    liar, tenant = liar_and_tenant
    assert (await answered(liar, tenant))[0] == 200
    given = b64decode(liar.credentials[-1].removeprefix("Basic ")).decode()
    assert given == f"{CLIENT}:a%20client%27s%20secret%3A%20100%25%20of%20it"


async def test_a_new_key_of_the_provider_is_found(liar_and_tenant: tuple[Liar, Tenant]) -> None:
    liar, tenant = liar_and_tenant
    assert (await answered(liar, tenant))[0] == 200
    kid = secrets.token_hex(4)
    liar.key = liar.signing = RSAKey.generate_key(2048, {"kid": kid})
    liar.header = {"alg": "RS256", "kid": kid}
    assert (await answered(liar, tenant))[0] == 200
