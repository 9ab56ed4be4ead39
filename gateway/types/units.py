"""The units of an organisation, and which people of very many are looked for."""

from datetime import datetime
from typing import Annotated

import strawberry

from contracts.identity import Role, UserState
from gateway.context import Info
from gateway.types.relay import Node, field, optional, resolved, shown


@strawberry.type(description="A part of your organisation, such as a department or a site.")
class OrgUnit(Node):
    """Shows identity.OrgUnit."""

    name: str = field("Its name, the only one of its kind.")
    created_at: datetime = field("When it was named.")
    version: int = field("Counts its changes.")

    @resolved("The unit that it belongs to, if to one.")
    async def parent(self, info: Info) -> "OrgUnit | None":
        """Another unit."""
        return await shown(info, OrgUnit, self.record.parent_id)

    loader = staticmethod(lambda loaders: loaders.units)


@strawberry.input(description="Which people. They come in the order of name, or of address where that is searched.")
class UserFilter:
    """Makes identity.ListUsers."""

    role: Role | None = optional("Those who have this role.")
    state: UserState | None = optional("Those in this state.")
    unit_id: strawberry.ID | None = optional("Those of this unit.")
    name: str | None = optional("Those whose name begins so, whatever the case and the accents.")
    email: str | None = optional("Those whose address begins so. Give at most one of name and address.")


Filter = Annotated[UserFilter | None, strawberry.argument(description="Which people; all, newest first, if left out.")]
