"""The provider that an organisation signs in with."""

from typing import Self

import strawberry

from contracts import identity
from contracts.identity import GetOidcProvider, Provisioning
from gateway.context import Info
from gateway.types.mutation import Input, Payload, mutation
from gateway.types.relay import field, optional, resolved


@strawberry.type(description="An OpenID Connect provider. People sign in with it at `/oidc/<organisation>/start`.")
class OidcProvider:
    """Shows identity.OidcProvider."""

    issuer: str = field("The address that it calls itself by.")
    client_id: str = field("What it knows this installation as.")
    provisioning: Provisioning = field("Whom it lets in.")
    allowed_domains: list[str] = field("The domains whose mail addresses it is believed for.")
    start_path: str = field("Where a browser begins to sign in, at this endpoint's host.")

    @classmethod
    def of(cls, record: identity.OidcProvider) -> Self:
        """The provider without its secret, which is never shown."""
        return cls(
            issuer=record.issuer,
            client_id=record.client_id,
            provisioning=record.provisioning,
            allowed_domains=list(record.allowed_domains),
            start_path=f"/oidc/{record.org_id}/start",
        )


@strawberry.type(description="The provider as it is configured now, or why it is not.")
class OidcProviderPayload(Payload):
    """Shows identity.OidcProvider."""

    oidc_provider: OidcProvider | None = field("The provider.", default=None)

    @classmethod
    def of(cls, record: identity.OidcProvider) -> Self:
        """The provider of the organisation."""
        return cls(oidc_provider=OidcProvider.of(record))


@strawberry.input(description="The provider of your organisation, with the client that is registered there.")
class ConfigureOidcInput(Input):
    """Makes identity.ConfigureOidc."""

    issuer: str = field("Its address, as in https://login.example.org.")
    client_id: str = field("What it knows this installation as.")
    client_secret: str = field("The client's secret. It is kept encrypted and never shown.")
    provisioning: Provisioning | None = optional("Whom it lets in; people who are known or invited, if left out.")
    allowed_domains: list[str] = field("The domains whose mail addresses it is believed for, as in example.org.")


@strawberry.type
class OidcQueries:
    """Reads of how an organisation signs in."""

    @resolved("The OpenID Connect provider of your organisation, for its administrators.")
    async def oidc_provider(self, info: Info) -> OidcProvider | None:
        """The one that is configured."""
        return OidcProvider.of(await info.context.call(identity.GET_OIDC_PROVIDER, GetOidcProvider()))


@strawberry.type
class OidcMutations:
    """Changes of how an organisation signs in."""

    configure_oidc = mutation(identity.CONFIGURE_OIDC, ConfigureOidcInput, OidcProviderPayload)
