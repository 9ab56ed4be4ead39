"""Programmes, and the policy that their mentorships run by."""

from datetime import datetime

import strawberry

from contracts import identity
from contracts.identity import ListProgrammes, Party
from gateway.context import Info
from gateway.types.mutation import Input, mutation
from gateway.types.policy import ProgrammePolicy, ProgrammePolicyInput
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Id,
    Node,
    checked_first,
    connection,
    field,
    find,
    optional,
    resolved,
)


@strawberry.type(description="A mentoring programme of an organisation.")
class Programme(Node):
    """Shows identity.Programme."""

    name: str = field("Its name.")
    policy: ProgrammePolicy = field("What new mentorships start under.")
    training_for: list[Party] = field("The sides that are matched only once their training is recorded.")
    created_at: datetime = field("When it was opened.")
    version: int = field("Counts its changes.")

    loader = staticmethod(lambda loaders: loaders.programmes)


@strawberry.input(description="A new programme.")
class CreateProgrammeInput(Input):
    """Makes identity.CreateProgramme."""

    name: str = field("Its name.")
    policy: ProgrammePolicyInput | None = optional("Every duration that differs from the default.")
    training_for: list[Party] | None = optional(
        "The sides that need a training before they are matched; none if left out."
    )


@strawberry.type
class ProgrammeQueries:
    """Reads of programmes."""

    @resolved("One programme.")
    async def programme(self, info: Info, id: Id) -> Programme | None:
        """By its global id."""
        return await find(info.context, Programme, id)

    @resolved("The programmes of your organisation, newest first.")
    async def programmes(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Programme] | None:
        """One page."""
        request = ListProgrammes(first=checked_first(first), after=after)
        return connection(Programme, await info.context.call(identity.LIST_PROGRAMMES, request), after)


@strawberry.type
class ProgrammeMutations:
    """Changes of programmes."""

    create_programme = mutation(identity.CREATE_PROGRAMME, CreateProgrammeInput, Programme)
