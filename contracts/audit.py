"""What every service tells of its own changes: one chain of entries for each organisation, that nobody can mend."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import Command, Operation, Page, Record


class AuditedService(StrEnum):
    """A service that keeps a chain of its own."""

    IDENTITY = "identity"
    GOALS = "goals"
    SESSIONS = "sessions"
    NOTIFICATIONS = "notifications"


class AuditEntry(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Who changed what, or looked at whose private data. Ids and names of operations only, never a person's words.

    `who` is a user's id or `part:<name>`; `what` the operation, or the event whose effect it is. `people` are those
    whose data it is about. `hash` covers everything else; `prev`, the hash of the entry before, makes a chain.
    Fields with default values are left out of the bytes that are hashed: a new field leaves old hashes as they are.
    """

    id: str
    org_id: str
    service: str
    who: str
    what: str
    kind: str
    object_id: str
    at: datetime
    version: int = 0
    roles: tuple[str, ...] = ()
    correlation_id: str = ""
    people: tuple[str, ...] = ()
    mentorship_id: str | None = None
    programme_id: str | None = None
    seq: int = 0
    prev: str = ""
    hash: str = ""


class AuditProblem(StrEnum):
    """What is wrong at one place of a chain."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    UNLINKED = "unlinked"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    MALFORMED = "malformed"


class AuditFault(Record, frozen=True, kw_only=True):
    """One place at which a chain is broken. `seq` counts the entries of a chain from 1."""

    seq: int
    problem: AuditProblem


class AuditCheckpoint(Record, frozen=True, kw_only=True):
    """Where a chain ends now. Whoever keeps it elsewhere can tell later that its end was not cut off."""

    org_id: str
    service: str
    seq: int
    hash: str


class AuditVerdict(Record, frozen=True, kw_only=True):
    """What a look at a stretch of a chain came to; `seq` and `hash` are where the next stretch begins."""

    service: str
    checked: int
    seq: int
    hash: str
    faults: tuple[AuditFault, ...] = ()
    complete: bool


class AuditBundle(Record, frozen=True, kw_only=True):
    """A stretch of a chain as JSON lines, each in the bytes that its hash was made of, with the hash."""

    service: str
    lines: str
    seq: int
    hash: str
    complete: bool


class ReadAuditLog(Record, frozen=True, kw_only=True):
    """Entries, newest first: everybody's own; programmes' for who manages them; all for administrators and auditors.

    Of the four filters at most one may be given.
    """

    person_id: str | None = None
    mentorship_id: str | None = None
    programme_id: str | None = None
    object_id: str | None = None
    first: int = 20
    after: str | None = None


class GetAuditCheckpoint(Record, frozen=True, kw_only=True):
    """Where the chain of the caller's organisation ends."""


Stretch = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class VerifyAuditChain(Command, frozen=True, kw_only=True):
    """An auditor checks a stretch of a chain. Begin with nothing, and go on with what the last answer says."""

    after_seq: Annotated[int, msgspec.Meta(ge=0)] = 0
    after_hash: str = ""
    first: Stretch = 1_000


class ExportAuditBundle(Command, frozen=True, kw_only=True):
    """An auditor takes a stretch of a chain away, to verify it elsewhere with `inzpireu audit verify`."""

    after_seq: Annotated[int, msgspec.Meta(ge=0)] = 0
    first: Stretch = 1_000


@dataclass(frozen=True, slots=True)
class AuditOperations:
    """What one service answers about its own chain; the shape is the same for all."""

    log: Operation[ReadAuditLog, Page[AuditEntry]]
    checkpoint: Operation[GetAuditCheckpoint, AuditCheckpoint]
    verify: Operation[VerifyAuditChain, AuditVerdict]
    export: Operation[ExportAuditBundle, AuditBundle]


def _operations(service: AuditedService) -> AuditOperations:
    return AuditOperations(
        log=Operation(f"{service}.read_audit_log", ReadAuditLog, Page[AuditEntry], safe=True),
        checkpoint=Operation(f"{service}.get_audit_checkpoint", GetAuditCheckpoint, AuditCheckpoint, safe=True),
        verify=Operation(f"{service}.verify_audit_chain", VerifyAuditChain, AuditVerdict),
        export=Operation(f"{service}.export_audit_bundle", ExportAuditBundle, AuditBundle),
    )


AUDIT: dict[AuditedService, AuditOperations] = {service: _operations(service) for service in AuditedService}
