"""Bringing very many people in at once, out of a table."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import ByIds, Command, Operation, Record


class ImportState(StrEnum):
    """How far an import is: parts arrive, rows are checked, people are stored; it is done or was refused."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    STORING = "storing"
    DONE = "done"
    REFUSED = "refused"


class ImportProblem(Record, frozen=True, kw_only=True):
    """What is wrong with one row; `row` is its number in a spreadsheet, where the heading is row 1."""

    row: int
    field: str | None = None
    code: str
    message: str


class UserImport(Record, frozen=True, kw_only=True):
    """One table of people and what became of it. `done` counts the rows that the present state is through with.

    `problems` are the first 500; `invalid` counts all rows that are wrong. `existing` people stay as they are.
    """

    id: str
    org_id: str
    state: ImportState = ImportState.RECEIVING
    dry_run: bool = False
    skip_invalid: bool = False
    total: int = 0
    done: int = 0
    created: int = 0
    existing: int = 0
    invalid: int = 0
    problems: tuple[ImportProblem, ...] = ()
    started_by: str
    created_at: datetime
    ended_at: datetime | None = None
    version: int = 1


class ImportUsers(Command, frozen=True, kw_only=True):
    """An organisation admin brings people in out of a CSV table; they are invited later.

    Nothing is stored if a row is wrong, unless `skip_invalid`; with `dry_run` nothing is stored at all. A large table
    comes in parts of whole rows: `more` says that another follows, and `import_id` which import a part belongs to.
    """

    csv: Annotated[str, msgspec.Meta(min_length=1, max_length=90_000)]
    dry_run: bool = False
    skip_invalid: bool = False
    import_id: str | None = None
    more: bool = False


IMPORT_USERS = Operation("identity.import_users", ImportUsers, UserImport)
GET_USER_IMPORTS = Operation("identity.get_user_imports", ByIds, tuple[UserImport, ...], safe=True)
