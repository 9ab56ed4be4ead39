"""Sign-in through an organisation's OpenID Connect provider: two addresses for browsers, which end in tokens.

`/oidc/<organisation>/start` sends the browser to the provider, `/oidc/callback` takes it back. A cookie binds the two:
what is started in one browser cannot be ended in another.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from contracts.errors import Refusal, Unauthenticated, Unavailable
from contracts.identity import FINISH_OIDC, START_OIDC, FinishOidc, StartOidc
from gateway.context import Calls
from gateway.settings import Settings
from kit.rpc import STATUS

CALLBACK = "/oidc/callback"
COOKIE = "inzpireu_oidc"
COOKIE_SECONDS = 600
PATIENCE = 12.0  # seconds: the provider is asked three times
LONGEST = 4_000  # letters of a parameter
NO_STORE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
REFUSED_THERE = "The provider did not sign you in. Start again."
NO_ADDRESS = "This installation does not say where browsers reach it. Its operators have to set INZPIREU_PUBLIC_URL."


def oidc_routes(settings: Settings, identity: Calls) -> list[BaseRoute]:
    """Both addresses."""

    async def start(request: Request) -> Response:
        try:
            here = _here(settings, request)
            asked = StartOidc(org_id=request.path_params["org"][:LONGEST], redirect_uri=here + CALLBACK)
            begun = await identity.call(START_OIDC, "", asked)
        except Refusal as refusal:
            return _refusal(refusal)
        answer = RedirectResponse(begun.url, 303, headers=NO_STORE)
        answer.set_cookie(
            COOKIE, begun.binding, max_age=COOKIE_SECONDS, path=CALLBACK, httponly=True, samesite="lax",
            secure=here.startswith("https:"),
        )  # fmt: skip
        return answer

    async def callback(request: Request) -> Response:
        given = {name: value[:LONGEST] for name, value in request.query_params.items()}
        try:
            if not given.get("code") or not given.get("state"):
                raise Unauthenticated(REFUSED_THERE)
            asked = FinishOidc(state=given["state"], code=given["code"], binding=request.cookies.get(COOKIE, ""))
            tokens = await identity.call(FINISH_OIDC, "", asked)
        except Refusal as refusal:
            return _refusal(refusal)
        shown = {
            "accessToken": tokens.access_token,
            "refreshToken": tokens.refresh_token,
            "expiresIn": tokens.expires_in,
        }
        answer = _json(shown, 200)
        answer.delete_cookie(COOKIE, path=CALLBACK)
        return answer

    return [Route("/oidc/{org}/start", start), Route(CALLBACK, callback)]


def _here(settings: Settings, request: Request) -> str:
    if settings.public_url:
        return settings.public_url.rstrip("/")
    if settings.mode == "production":  # a Host header is what anybody says it is
        raise Unavailable(NO_ADDRESS)
    return str(request.base_url).rstrip("/")


def _refusal(refusal: Refusal) -> Response:
    return _json({"errors": [{"code": refusal.code, "message": refusal.message}]}, STATUS[refusal.code])


def _json(content: object, status: int) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json", headers=NO_STORE)
