"""Whom an organisation's provider may sign in, and how long a sign-in through it may take."""

from datetime import datetime, timedelta

from contracts.errors import Forbidden, Unauthenticated
from contracts.identity import ConfigureOidc, OidcProvider, Provisioning, UserProvisioned, UserState
from contracts.wire import Change, Record, evolve
from services.identity.model.people import Account

WITHIN = timedelta(minutes=10)  # at the provider, with all that people do there
LINKED = 10  # providers that one account may be known at
NOT_HERE = "Your provider knows you, but nobody has invited you here. Ask the administrator of your organisation."
NO_ADDRESS = "Your provider does not vouch for a mail address of your organisation. Ask its administrator."
AGAIN = "This sign-in does not hold. Start again."


class Provider(OidcProvider, frozen=True, kw_only=True):
    """A provider with its sealed secret; it never leaves this service."""

    sealed_secret: str

    def published(self) -> OidcProvider:
        """The provider without the secret."""
        return OidcProvider(**{name: getattr(self, name) for name in OidcProvider.__struct_fields__})


class SignInAttempt(Record, frozen=True, kw_only=True):
    """Somebody is at the provider. Nonce and verifier follow from the browser's secret, which is not kept."""

    id: str
    org_id: str
    binding_hash: str
    redirect_uri: str
    expires_at: datetime
    used: bool = False
    version: int = 1


class Stranger(Record, frozen=True, kw_only=True):
    """Who the provider says it is. `subject` names issuer and person; `email` is empty unless it is verified."""

    subject: str
    email: str
    name: str


def configure(org_id: str, known: Provider | None, request: ConfigureOidc, sealed_secret: str) -> Change[Provider]:
    """The one provider of an organisation."""
    return Change(
        Provider(
            id=org_id,
            org_id=org_id,
            issuer=request.issuer.strip().rstrip("/"),
            client_id=request.client_id.strip(),
            provisioning=request.provisioning,
            allowed_domains=tuple(domain.strip().lower().removeprefix("@") for domain in request.allowed_domains),
            sealed_secret=sealed_secret,
            version=known.version + 1 if known else 1,
        )
    )


def begun(attempt: SignInAttempt) -> Change[SignInAttempt]:
    """Somebody goes to the provider."""
    return Change(attempt)


def use(attempt: SignInAttempt, binding_hash: str, at: datetime) -> Change[SignInAttempt]:
    """It ends where it began: in the same browser, soon, and once. Raises Unauthenticated."""
    if attempt.used or attempt.binding_hash != binding_hash or at >= attempt.expires_at:
        raise Unauthenticated(AGAIN)
    return Change(evolve(attempt, used=True))


def check_address(provider: Provider, stranger: Stranger) -> None:
    """Raises Forbidden where the address is not of a domain that the provider is believed for."""
    if not stranger.email or stranger.email.rpartition("@")[2] not in provider.allowed_domains:
        raise Forbidden(NO_ADDRESS)


def link(account: Account, stranger: Stranger) -> Change[Account]:
    """The person of this address is known at the provider from now on. Who was invited has joined by that."""
    if stranger.subject in account.external_ids:
        return Change(account)
    external_ids = (*account.external_ids, stranger.subject)[-LINKED:]
    if account.state is not UserState.INVITED:
        return Change(evolve(account, external_ids=external_ids))
    joined = evolve(account, external_ids=external_ids, state=UserState.ACTIVE, request=None)
    return Change(joined, (UserProvisioned(user_id=account.id),))


def provision(account_id: str, provider: Provider, stranger: Stranger, at: datetime) -> Change[Account]:
    """A person whom nobody knew, if the organisation wants such people."""
    if provider.provisioning is not Provisioning.JUST_IN_TIME:
        raise Forbidden(NOT_HERE)
    account = Account(
        id=account_id,
        org_id=provider.org_id,
        name=stranger.name or stranger.email.partition("@")[0],
        email=stranger.email,
        zone="UTC",
        created_at=at,
        password_hash="",
        external_ids=(stranger.subject,),
    )
    return Change(account, (UserProvisioned(user_id=account_id),))
