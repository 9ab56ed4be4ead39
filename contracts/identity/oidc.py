"""Sign-in through an organisation's own OpenID Connect provider."""

from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity.sign_in import Tokens
from contracts.wire import Command, Line, Operation, Record

Domains = Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=20)]


class Provisioning(StrEnum):
    """Whom the provider lets in: only people who are known or invited, or everybody of the allowed domains."""

    KNOWN = "known"
    JUST_IN_TIME = "just_in_time"


class OidcProvider(Record, frozen=True, kw_only=True):
    """The provider of an organisation, without its secret."""

    id: str
    org_id: str
    issuer: str
    client_id: str
    provisioning: Provisioning
    allowed_domains: tuple[str, ...]
    version: int = 1


class ConfigureOidc(Command, frozen=True, kw_only=True):
    """An organisation admin names the organisation's OpenID Connect provider.

    Its mail addresses are believed for the allowed domains, and only where it says that they are verified.
    """

    issuer: Line
    client_id: Line
    client_secret: Line
    provisioning: Provisioning = Provisioning.KNOWN
    allowed_domains: Domains


class GetOidcProvider(Record, frozen=True, kw_only=True):
    """The provider of the caller's organisation, for its administrators."""


class StartOidc(Record, frozen=True, kw_only=True):
    """Somebody wants to sign in through an organisation's provider. `redirect_uri` is where the provider sends them."""

    org_id: Line
    redirect_uri: str


class OidcStart(Record, frozen=True, kw_only=True):
    """Where to send the browser, and what it must bring back: a secret for its cookie, kept nowhere else."""

    url: str
    binding: str


class FinishOidc(Record, frozen=True, kw_only=True):
    """What the browser brings back from the provider, once, with the secret of its cookie."""

    state: str
    code: str
    binding: str


CONFIGURE_OIDC = Operation("identity.configure_oidc", ConfigureOidc, OidcProvider)
GET_OIDC_PROVIDER = Operation("identity.get_oidc_provider", GetOidcProvider, OidcProvider, safe=True)
START_OIDC = Operation("identity.start_oidc", StartOidc, OidcStart)
FINISH_OIDC = Operation("identity.finish_oidc", FinishOidc, Tokens)
