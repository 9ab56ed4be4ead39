"""Naming units, and placing people in them."""

import strawberry

from contracts import identity
from contracts.identity import ListUnits
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import PAGE, After, Connection, First, checked_first, connection, field, optional, resolved
from gateway.types.units import OrgUnit


@strawberry.input(description="A new unit.")
class CreateUnitInput(Input):
    """Makes identity.CreateUnit."""

    name: str = field("Its name.")
    parent_id: strawberry.ID | None = optional("The unit that it belongs to.")


@strawberry.input(description="Where a person stands.")
class PlaceUserInput(Edit):
    """Makes identity.PlaceUser."""

    user_id: strawberry.ID = field("The person.")
    unit_id: strawberry.ID | None = optional("The unit; none if left out.")
    manager_id: strawberry.ID | None = optional("Whom the person reports to; nobody if left out.")


@strawberry.type
class DirectoryQueries:
    """Reads of units."""

    @resolved("The units of your organisation, oldest first.")
    async def org_units(self, info: Info, first: First = PAGE, after: After = None) -> Connection[OrgUnit] | None:
        """One page."""
        request = ListUnits(first=checked_first(first), after=after)
        return connection(OrgUnit, await info.context.call(identity.LIST_UNITS, request), after)


@strawberry.type
class DirectoryMutations:
    """Changes of units and places."""

    create_unit = mutation(identity.CREATE_UNIT, CreateUnitInput, OrgUnit)
    place_user = mutation(identity.PLACE_USER, PlaceUserInput, User)
