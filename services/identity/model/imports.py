"""Imports of people: how a table arrives, what each row says, and what becomes of it. All of it pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from contracts.errors import Conflict, Invalid, Refusal
from contracts.identity import ImportProblem, ImportState, ImportUsers, Role, UserImport, UserState
from contracts.wire import Change, Record, evolve
from kit.tables import rows
from services.identity.model.directory import folded
from services.identity.model.people import Account, checked_email, checked_zone

COLUMNS = ("name", "email", "zone", "unit", "manager", "roles")
NEEDED = ("name", "email")
ROWS_LIMIT = 100_000
PARTS_LIMIT = 1_000
PROBLEMS_KEPT = 500
LONGEST_NAME = 200
LEASE = timedelta(seconds=60)
PATIENCE = timedelta(days=1)  # with the next part of a table
KEPT = timedelta(days=7)  # what people wrote, where nobody was there to clear it


class ImportPart(Record, frozen=True, kw_only=True):
    """Some rows of a table, kept until the import has ended. `before` counts the rows of the parts before it."""

    id: str
    org_id: str
    csv: str
    before: int
    expires_at: datetime | None = None
    version: int = 1


class Import(UserImport, frozen=True, kw_only=True):
    """An import with what its worker needs: the parts, and until when one worker has it in hand."""

    heading: str
    part_ids: tuple[str, ...] = ()
    leased_until: datetime | None = None
    received_at: datetime | None = None

    def published(self) -> UserImport:
        """The import without what is its worker's."""
        return UserImport(**{name: getattr(self, name) for name in UserImport.__struct_fields__})


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a table, checked by itself."""

    number: int
    name: str
    email: str
    zone: str
    unit_id: str | None
    manager: str
    roles: tuple[Role, ...]


@dataclass(slots=True)
class Findings:
    """What is known of a whole table while it is read. Grows with the number of rows, never with their words."""

    problems: list[ImportProblem] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    managed: list[tuple[int, str, str]] = field(default_factory=list)

    def wrong(self, number: int, refusal: Refusal) -> None:
        """A row is wrong; the first words about it are kept."""
        if number not in self.bad and len(self.problems) < PROBLEMS_KEPT:
            told = ImportProblem(row=number, field=refusal.field, code=refusal.code, message=refusal.message)
            self.problems.append(told)
        self.bad.add(number)


def begin(import_id: str, org_id: str, request: ImportUsers, by: str, at: datetime) -> Change[Import]:
    """A new import, whose first part names the columns."""
    table = Import(
        id=import_id,
        org_id=org_id,
        heading=request.csv.removeprefix("\ufeff").partition("\n")[0].rstrip("\r"),
        dry_run=request.dry_run,
        skip_invalid=request.skip_invalid,
        started_by=by,
        created_at=at,
    )
    return Change(table)


def count(table: Import, text: str) -> int:
    """How many rows a part has, numbered with those before. Raises Invalid where it is no part of such a table."""
    if table.state is not ImportState.RECEIVING:
        raise Conflict("All parts of this import have arrived. Begin another one.", field="importId")
    numbered = rows(_whole(table, text, first=not table.part_ids), COLUMNS, NEEDED)
    counted = max((number for number, _ in numbered), default=1)
    if table.total + counted - 1 > ROWS_LIMIT:
        raise Invalid(f"An import has at most {ROWS_LIMIT:,} rows. Make another one of the rest.", field="csv")
    if len(table.part_ids) >= PARTS_LIMIT:
        raise Invalid(f"An import has at most {PARTS_LIMIT:,} parts. Send larger ones.", field="csv")
    return counted - 1


def receive(table: Import, part: ImportPart, counted: int, at: datetime, *, more: bool) -> Change[Import]:
    """A part has arrived; the last one begins the checking."""
    state = ImportState.RECEIVING if more else ImportState.CHECKING
    part_ids, total = (*table.part_ids, part.id), table.total + counted
    return Change(evolve(table, part_ids=part_ids, total=total, state=state, received_at=at))


def is_forsaken(table: Import, at: datetime) -> bool:
    """The other parts have not come for so long that nobody is sending them."""
    waiting = table.state is ImportState.RECEIVING
    return waiting and at - (table.received_at or table.created_at) > PATIENCE


def forsake(table: Import, at: datetime) -> Change[Import]:
    """The rest never came, so nobody is stored and nothing of it is kept."""
    why = Invalid("The other parts of this table did not come within a day. Begin again.", field="csv")
    told = ImportProblem(row=table.total + 2, field=why.field, code=why.code, message=why.message)
    return Change(evolve(table, state=ImportState.REFUSED, problems=(told,), ended_at=at))


def _whole(table: Import, text: str, *, first: bool) -> str:
    return text if first else f"{table.heading}\n{text}"


def read(table: Import, part: ImportPart, units: Mapping[str, str]) -> Iterator[tuple[int, Row | Refusal]]:
    """Every row of a part, by its number in the whole table, or what is wrong with it by itself."""
    for number, cells in rows(_whole(table, part.csv, first=part.id == table.part_ids[0]), COLUMNS, NEEDED):
        place = part.before + number
        try:
            yield place, _row(place, cells, units)
        except Refusal as refusal:
            yield place, refusal


def _row(number: int, cells: Mapping[str, str], units: Mapping[str, str]) -> Row:
    manager = cells.get("manager", "").strip()
    return Row(
        number=number,
        name=_name(cells["name"]),
        email=checked_email(cells.get("email", "").strip()),
        zone=checked_zone(cells.get("zone", "").strip() or "UTC"),
        unit_id=_unit(cells.get("unit", ""), units),
        manager=checked_email(manager, field="manager") if manager else "",
        roles=_roles(cells.get("roles", "")),
    )


def _name(cell: str) -> str:
    name = " ".join(cell.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"A name has 1 to {LONGEST_NAME} characters, not {len(name)}.", field="name")
    return name


def _unit(cell: str, units: Mapping[str, str]) -> str | None:
    if not cell.strip():
        return None
    if folded(cell) not in units:
        raise Invalid(f"There is no unit {cell.strip()[:40]!r}. Create it first, or mend the name.", field="unit")
    return units[folded(cell)]


def _roles(cell: str) -> tuple[Role, ...]:
    wanted = cell.replace(";", " ").replace(",", " ").replace("|", " ").lower().split()
    allowed = [role for role in Role if role is not Role.ORG_ADMIN]
    for word in wanted:
        if word not in allowed:
            raise Invalid(f"{word[:40]!r} is no role to import. Those are {', '.join(allowed)}.", field="roles")
    return tuple(Role(word) for word in dict.fromkeys(wanted))


def note(findings: Findings, row: Row) -> None:
    """Take a row that is right by itself into account: an address stands once, and nobody reports to themselves."""
    if row.email in findings.seen:
        told = f"This address stands in row {findings.seen[row.email]} already. Leave one of the two out."
        findings.wrong(row.number, Conflict(told, field="email"))
        return
    if row.manager == row.email:
        findings.wrong(row.number, Invalid("Nobody reports to themselves. Name somebody else.", field="manager"))
        return
    findings.seen[row.email] = row.number
    if row.manager:
        findings.managed.append((row.number, row.email, row.manager))


def place_known(findings: Findings, org_id: str, found: Mapping[str, tuple[str, str]]) -> None:
    """Addresses that have an account: people of this organisation stay as they are, others cannot be had twice."""
    for email, (owner, account_id) in found.items():
        if owner == org_id:
            findings.known[email] = account_id
        elif email in findings.seen:
            told = Conflict("Another account has this address already. Leave the row out.", field="email")
            findings.wrong(findings.seen.pop(email), told)


def check_managers(findings: Findings) -> None:
    """Everybody reports to somebody who is here or comes with the table; a row that falls out may take others along."""
    left = findings.managed
    while True:
        lost = [each for each in left if each[2] not in findings.seen and each[2] not in findings.known]
        if not lost:
            return
        for number, email, _ in lost:
            told = Invalid("Nobody has the manager's address, here or in a right row of the table.", field="manager")
            findings.wrong(number, told)
            findings.seen.pop(email, None)
        left = [each for each in left if each not in set(lost)]


def checked(table: Import, findings: Findings, at: datetime) -> Change[Import]:
    """Every row was looked at: store people, or say what would have been or why not."""
    right = len(findings.seen)
    existing = sum(1 for email in findings.seen if email in findings.known)
    told = replace(table, invalid=len(findings.bad), problems=tuple(findings.problems), existing=existing, done=0)
    if findings.bad and not table.skip_invalid:
        return Change(evolve(told, state=ImportState.REFUSED, done=table.total, existing=0, ended_at=at))
    if table.dry_run:
        would = {"created": right - existing, "done": table.total}
        return Change(evolve(told, state=ImportState.DONE, ended_at=at, **would))
    return Change(evolve(told, state=ImportState.STORING))


def account_of(row: Row, org_id: str, ids: tuple[str, str | None], at: datetime) -> Change[Account]:
    """The person of a row, who can be invited; `ids` are the person's own and the manager's."""
    own, manager_id = ids
    account = Account(
        id=own,
        org_id=org_id,
        name=row.name,
        email=row.email,
        zone=row.zone,
        roles=row.roles,
        unit_id=row.unit_id,
        manager_id=manager_id,
        state=UserState.INVITED,
        created_at=at,
        password_hash="",
    )
    return Change(account)
