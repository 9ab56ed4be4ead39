"""The audit: who changed what, who looked at whose private data, and whether the record is whole."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from contracts import audit
from contracts.audit import AUDIT, AuditedService, AuditProblem, GetAuditCheckpoint, ReadAuditLog
from contracts.errors import Invalid
from contracts.wire import Operation, Page
from gateway.context import Context, Info
from gateway.merging import merged
from gateway.types.identity import User
from gateway.types.mutation import Input, Payload, mutation
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    View,
    checked_first,
    connection,
    field,
    global_id,
    id_of,
    local_id,
    optional,
    resolved,
    shown,
    split_id,
    views,
)

KINDS = {"Account": "User"}  # what a service calls differently from the API


@strawberry.type(description="One change, or one look at somebody's private data. Ids only, never a person's words.")
class AuditEntry(View):
    """Shows audit.AuditEntry."""

    seq: int = field("Its place in the chain of its service, from 1.")
    at: datetime = field("The moment that counts for it.")
    who: str = field("The id of the person, or `part:` and the name of the part of the platform that did it.")
    roles: list[str] = field("The roles that the person had then.")
    what: str = field("The operation, or the event whose effect it is.")
    kind: str = field("What kind of object it is about.")
    version: int = field("The version that the object has since; 0 where nothing was changed.")
    correlation_id: str = field("The same for all that goes back to one request.")
    prev: str = field("The hash of the entry before.")
    hash: str = field("SHA-256 of this entry; covers `prev`.")
    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to, if to one.")
    programme_id = id_of("Programme", "programme_id", "The programme that it belongs to, if to one.")

    @resolved("The service whose chain it is in.")
    def service(self) -> AuditedService:
        """Services name themselves."""
        return AuditedService(self.record.service)

    @resolved("The person who did it; null where a part did.")
    async def actor(self, info: Info) -> User | None:
        """Only of your own organisation."""
        who = self.record.who
        return None if who == "nobody" or who.startswith("part:") else await shown(info, User, who)

    @resolved("The global id of the object that it is about.")
    def object_id(self) -> strawberry.ID:
        """Made of its kind."""
        return global_id(KINDS.get(self.record.kind, self.record.kind), self.record.object_id)

    @resolved("Whose data it is about. Unless you may see everything, of these only yourself.")
    def people(self) -> list[strawberry.ID]:
        """By global id."""
        return [global_id("User", each) for each in self.record.people]


@strawberry.type(
    description="Where the chain of a service ends now. Keep it elsewhere: it shows later what was cut off."
)
class AuditCheckpoint(View):
    """Shows audit.AuditCheckpoint."""

    seq: int = field("The number of the last entry; 0 where there is none.")
    hash: str = field("The hash of the last entry.")

    @resolved("All of it in one line, as `inzpireu audit verify --checkpoint` takes it.")
    def text(self) -> str:
        """Organisation, service, number and hash."""
        return f"{self.record.org_id}:{self.record.service}:{self.record.seq}:{self.record.hash}"

    @resolved("Whose chain it is.")
    def service(self) -> AuditedService:
        """Services name themselves."""
        return AuditedService(self.record.service)


@strawberry.type(description="A place at which a chain is broken.")
class AuditFault(View):
    """Shows audit.AuditFault."""

    seq: int = field("Which entry it is about.")
    problem: AuditProblem = field("What is wrong there.")


@strawberry.type(description="What a look at a stretch of a chain came to, or why there was none.")
class VerifyAuditChainPayload(Payload):
    """Shows audit.AuditVerdict."""

    intact: bool = field("Whether nothing is wrong with the stretch.", default=False)
    checked: int = field("How many entries were looked at.", default=0)
    seq: int = field("Give this as `afterSeq` for the next stretch.", default=0)
    hash: str = field("Give this as `afterHash` for the next stretch.", default="")
    complete: bool = field("Whether the chain ends here.", default=False)
    faults: list[AuditFault] = field("Where it is broken.", default_factory=list)

    @classmethod
    def of(cls, record: audit.AuditVerdict) -> "VerifyAuditChainPayload":
        """The verdict."""
        told = {name: getattr(record, name) for name in ("checked", "seq", "hash", "complete")}
        return cls(intact=not record.faults, faults=views(AuditFault, record.faults), **told)


@strawberry.type(description="A stretch of a chain to take away, or why there is none.")
class ExportAuditBundlePayload(Payload):
    """Shows audit.AuditBundle."""

    lines: str | None = field(
        "JSON lines, one an entry. Put those of all stretches and services into one file, and verify it with"
        " `inzpireu audit verify`.",
        default=None,
    )
    seq: int = field("Give this as `afterSeq` for the next stretch.", default=0)
    hash: str = field("The hash of the last entry of the stretch.", default="")
    complete: bool = field("Whether the chain ended here.", default=False)

    @classmethod
    def of(cls, record: audit.AuditBundle) -> "ExportAuditBundlePayload":
        """The lines."""
        return cls(lines=record.lines, seq=record.seq, hash=record.hash, complete=record.complete)


@strawberry.input(description="Which entries. Of person, mentorship, programme and object give at most one.")
class AuditFilter:
    """Makes audit.ReadAuditLog."""

    service: AuditedService | None = optional("Those of one service; of all if left out.")
    person_id: strawberry.ID | None = optional("Done by this person, or about the person's data.")
    mentorship_id: strawberry.ID | None = optional("Of this mentorship.")
    programme_id: strawberry.ID | None = optional("Of this programme.")
    object_id: strawberry.ID | None = optional("About this object.")


@strawberry.input(description="A stretch of a chain to look at.")
class VerifyAuditChainInput(Input):
    """Makes audit.VerifyAuditChain."""

    service: AuditedService = field("Whose chain.")
    after_seq: int | None = optional("The `seq` of the stretch before; from the beginning if left out.")
    after_hash: str | None = optional("The `hash` of the stretch before.")
    first: int | None = optional("At most how many entries, 1 to 1,000; 1,000 if left out.")


@strawberry.input(description="A stretch of a chain to take away.")
class ExportAuditBundleInput(Input):
    """Makes audit.ExportAuditBundle."""

    service: AuditedService = field("Whose chain.")
    after_seq: int | None = optional("The `seq` of the stretch before; from the beginning if left out.")
    first: int | None = optional("At most how many entries, 1 to 1,000; 1,000 if left out.")


Filter = Annotated[AuditFilter | None, strawberry.argument(description="Which entries; all you may see if left out.")]
Service = Annotated[AuditedService, strawberry.argument(description="Whose chain.")]


@strawberry.type
class AuditQueries:
    """Reads of the audit."""

    @resolved(
        "The audit log of all services, newest first. You see what you did and who looked at your private data;"
        " programme managers see what belongs to programmes, administrators and auditors everything."
    )
    async def audit_log(
        self, info: Info, filter: Filter = None, first: First = PAGE, after: After = None
    ) -> Connection[AuditEntry] | None:
        """One page out of the chains of all services."""
        wanted, asked = checked_first(first), _asked(info.context, filter)
        only = filter.service if filter and filter.service else None

        async def ask(service: str, place: str | None) -> Page[audit.AuditEntry]:
            request = ReadAuditLog(first=wanted, after=place, **asked)
            return await info.context.call(AUDIT[AuditedService(service)].log, request)

        page = await merged([only] if only else list(AuditedService), ask, first=wanted, after=after)
        return connection(AuditEntry, page, after)

    @resolved("Where the chain of a service ends now; for auditors and administrators.")
    async def audit_checkpoint(self, info: Info, service: Service) -> AuditCheckpoint | None:
        """Of the caller's organisation."""
        return AuditCheckpoint.of(await info.context.call(AUDIT[service].checkpoint, GetAuditCheckpoint()))


def _asked(context: Context, filter: AuditFilter | None) -> dict[str, Any]:
    given = {name: value for name, value in vars(filter or AuditFilter()).items() if value and name != "service"}
    kinds = {"person_id": "User", "mentorship_id": "Mentorship", "programme_id": "Programme"}
    if "object_id" in given:
        kinds["object_id"] = split_id(given["object_id"])[0]
        if not kinds["object_id"]:
            raise Invalid("This is no global id. Give the id of an object.", field="objectId")
    return {name: local_id(context, kinds[name], value) for name, value in given.items()}


def _verify(given: VerifyAuditChainInput) -> Operation[Any, Any]:
    return AUDIT[given.service].verify


def _export(given: ExportAuditBundleInput) -> Operation[Any, Any]:
    return AUDIT[given.service].export


@strawberry.type
class AuditMutations:
    """What auditors do with the audit."""

    verify_audit_chain = mutation(_verify, VerifyAuditChainInput, VerifyAuditChainPayload, audit.VerifyAuditChain)
    export_audit_bundle = mutation(_export, ExportAuditBundleInput, ExportAuditBundlePayload, audit.ExportAuditBundle)
