"""An OpenID Connect provider as a client of it sees it: discovery, keys, exchange of a code, ID token.

The protocol's arithmetic is authlib's and joserfc's. Here stands what we fetch, and how carefully: an administrator of
one organisation chooses the address, so it may lead anywhere.
"""

import ipaddress
import socket
import time
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contracts.errors import Invalid, Unauthenticated, Unavailable
from kit.telemetry import log
from services.identity.model.oidc import AGAIN, Provider

ALGORITHMS = [
    "RS256",
    "PS256",
    "ES256",
    "ES384",
    "RS512",
    "Ed25519",
    "EdDSA",
]  # with a key pair: never `none`, never HS*
TIMEOUT = aiohttp.ClientTimeout(total=4)
LARGEST = 200_000  # bytes of an answer
KEPT_SECONDS = 300.0  # what a provider publishes
LEEWAY = 60  # seconds that two hosts' clocks may differ
SILENT = "Your provider does not answer as it should. Try again in a moment."


class PublicResolver(AbstractResolver):
    """Resolves to public addresses alone, and what was checked is what is connected to."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError where any address is not public."""
        found = await self._inner.resolve(host, port, family)
        if not found or not all(is_public(each["host"]) for each in found):
            raise OSError(None, "not a public address")
        return found

    async def close(self) -> None:
        """Give back what resolves."""
        await self._inner.close()


def is_public(host: str) -> bool:
    """Whether an address may be fetched from: no loopback, private, link-local, metadata or mapped one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


class Metadata(msgspec.Struct, frozen=True):
    """What discovery says (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""


class Providers:
    """Talks to providers. `strict` (production): by https and with public addresses only."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        resolver = PublicResolver() if strict else None
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=20, resolver=resolver), timeout=TIMEOUT, trust_env=False
        )
        self._kept: dict[str, tuple[float, bytes]] = {}

    async def close(self) -> None:
        """Hang up."""
        await self._http.close()

    async def discover(self, issuer: str) -> Metadata:
        """What the provider says of itself, if it is the provider it is asked for."""
        content = await self._published(f"{issuer}/.well-known/openid-configuration")
        try:
            metadata = msgspec.json.decode(content, type=Metadata)
        except msgspec.MsgspecError as error:
            raise Unavailable(SILENT) from error
        if metadata.issuer.rstrip("/") != issuer:
            raise Invalid("The provider at this address calls itself by another name.", field="issuer")
        return metadata

    async def authorization_url(
        self, provider: Provider, *, redirect_uri: str, state: str, nonce: str, verifier: str
    ) -> str:
        """Where the browser goes: the code flow with PKCE (RFC 7636, S256)."""
        metadata = await self.discover(provider.issuer)
        self.check_url(metadata.authorization_endpoint)
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                client_id=provider.client_id,
                response_type="code",
                redirect_uri=redirect_uri,
                scope="openid email profile",
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def claims(
        self, provider: Provider, secret: str, *, code: str, redirect_uri: str, nonce: str, verifier: str
    ) -> dict[str, Any]:
        """Exchange the code and believe the ID token, or raise Unauthenticated."""
        metadata = await self.discover(provider.issuer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, section 2.3.1
        headers = {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        status, body = await self._send("POST", metadata.token_endpoint, data=form, headers=headers)
        try:
            tokens = msgspec.json.decode(body, type=_Tokens) if status == 200 else None
        except msgspec.MsgspecError:
            tokens = None
        if tokens is None:
            log.info("oidc_code_refused", status=status)
            raise Unauthenticated(AGAIN)
        claims = await self._believed(provider, metadata, tokens, nonce)
        return claims if claims.get("email") else {**await self._user_info(metadata, tokens, claims), **claims}

    async def _believed(self, provider: Provider, metadata: Metadata, tokens: _Tokens, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""
        for again in (False, True):  # a key that is not known may be a new one
            keys = await self._keys(metadata.jwks_uri, fresh=again)
            try:
                token = jwt.decode(tokens.id_token, keys, algorithms=ALGORITHMS)
                options: Any = {
                    "iss": {"essential": True, "value": metadata.issuer},
                    "aud": {"essential": True, "value": provider.client_id},
                }
                params = {"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.access_token}
                claims = CodeIDToken(token.claims, token.header, options, params)
                claims.validate(leeway=LEEWAY)
                return dict(claims)
            except (JoseError, ValueError, TypeError) as error:
                refused = error
        log.info("oidc_token_refused", why=type(refused).__name__)
        raise Unauthenticated(AGAIN) from refused

    async def _user_info(self, metadata: Metadata, tokens: _Tokens, claims: dict[str, Any]) -> dict[str, Any]:
        """Claims that the ID token lacks; of the same person or of nobody."""
        if not metadata.userinfo_endpoint:
            return {}
        headers = {"authorization": f"Bearer {tokens.access_token}"}
        status, body = await self._send("GET", metadata.userinfo_endpoint, headers=headers)
        try:
            found = msgspec.json.decode(body, type=dict[str, Any]) if status == 200 else {}
        except msgspec.MsgspecError:
            return {}
        return found if found.get("sub") == claims["sub"] else {}

    async def _keys(self, url: str, *, fresh: bool) -> KeySet:
        try:
            return KeySet.import_key_set(msgspec.json.decode(await self._published(url, fresh=fresh)))
        except (JoseError, ValueError, TypeError, KeyError, msgspec.MsgspecError) as error:
            raise Unavailable(SILENT) from error

    async def _published(self, url: str, *, fresh: bool = False) -> bytes:
        until, content = self._kept.get(url, (0.0, b""))
        if time.monotonic() < until and not fresh:
            return content
        status, content = await self._send("GET", url)
        if status != 200:
            raise Unavailable(SILENT)
        if len(self._kept) > 500:  # organisations come and go
            self._kept.clear()
        self._kept[url] = (time.monotonic() + KEPT_SECONDS, content)
        return content

    async def _send(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        """One exchange, without redirects: where they lead was not checked."""
        self.check_url(url)
        try:
            async with self._http.request(method, url, allow_redirects=False, **more) as answer:
                content = await answer.content.read(LARGEST + 1)
                while len(content) <= LARGEST and (chunk := await answer.content.read(LARGEST)):
                    content += chunk
                if len(content) > LARGEST:
                    raise Unavailable(SILENT)
                return answer.status, content
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("oidc_provider_silent", why=type(error).__name__)
            raise Unavailable(SILENT) from error

    def check_url(self, url: str) -> None:
        """Raises Invalid for an address that is never asked."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Invalid("This is not an address of a provider.", field="issuer") from error
        if parts.scheme not in ({"https"} if self._strict else {"https", "http"}) or not parts.hostname:
            raise Invalid("Give the https address of a provider, as in https://login.example.org.", field="issuer")
        if parts.username or parts.password or parts.fragment or (parts.query and self._strict):
            raise Invalid("Give the address of a provider without user, query or fragment.", field="issuer")
        if self._strict and (port not in {None, 443, 8443} or _is_private_literal(parts.hostname)):
            raise Invalid("This address is not reachable from here on purpose: give a public one.", field="issuer")


def _is_private_literal(host: str) -> bool:
    """A literal address skips the resolver, so it is looked at here; other ways to write one are no host names."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit() or host.lower().startswith("0x") or host.lower() == "localhost"
    return not is_public(host)
