"""Bringing very many people in at once."""

from datetime import datetime

import strawberry

from contracts import identity
from contracts.identity import ImportState
from gateway.context import Info
from gateway.errors import ErrorCode
from gateway.types.mutation import Input, mutation
from gateway.types.relay import Id, Node, View, field, find, optional, resolved, viewed


@strawberry.type(description="What is wrong with one row of a table.")
class ImportProblem(View):
    """Shows identity.ImportProblem."""

    row: int = field("Its number in a spreadsheet: the heading is row 1.")
    field: str | None = strawberry.field(description="The column that is wrong, if one is.")
    message: str = strawberry.field(description="What is wrong and what to do.")

    @resolved("What kind of wrong it is.")
    def code(self) -> ErrorCode:
        """Of the same closed list as user errors."""
        return ErrorCode(self.record.code)


@strawberry.type(description="A table of people, and what became of it.")
class UserImport(Node):
    """Shows identity.UserImport."""

    state: ImportState = field("How far it is.")
    dry_run: bool = field("Whether it only says what would be.")
    skip_invalid: bool = field("Whether rows that are right are stored although others are wrong.")
    total: int = field("How many rows have arrived.")
    done: int = field("With how many of them the present state is through.")
    created: int = field("How many people are new; with a dry run, how many would be.")
    existing: int = field("How many were here already. They stay as they are.")
    invalid: int = field("How many rows are wrong.")
    problems = viewed(ImportProblem, "problems", "What is wrong with them; the first 500.")
    created_at: datetime = field("When its first part arrived.")
    ended_at: datetime | None = field("When it ended; null before.")
    version: int = field("Counts its changes.")

    loader = staticmethod(lambda loaders: loaders.user_imports)


@strawberry.input(description="A table of people, or a part of one.")
class ImportUsersInput(Input):
    """Makes identity.ImportUsers."""

    csv: str = field(
        "CSV with the columns `name` and `email`, and if you like `zone` (IANA), `unit` (its name), `manager` (the"
        " address), `roles` (separated by spaces). The first part begins with the heading, further parts have none. At"
        " most 90,000 characters, whole rows; an import has at most 100,000 rows."
    )
    dry_run: bool | None = optional("Only say what would be; no if left out. Counts with the first part.")
    skip_invalid: bool | None = optional("Store rows that are right even if others are wrong; no if left out.")
    import_id: strawberry.ID | None = optional("The import that this is a further part of.")
    more: bool | None = optional("Whether another part follows; no if left out, and the work begins.")


@strawberry.type
class ImportQueries:
    """Reads of imports."""

    @resolved("An import of people: how far it is, and what was wrong; for administrators.")
    async def user_import(self, info: Info, id: Id) -> UserImport | None:
        """By its global id."""
        return await find(info.context, UserImport, id)


@strawberry.type
class ImportMutations:
    """Imports of people."""

    import_users = mutation(identity.IMPORT_USERS, ImportUsersInput, UserImport)
