"""What every service answers about its trail, and who may ask: the same for all of them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from contracts.audit import (
    AUDIT,
    AuditBundle,
    AuditCheckpoint,
    AuditedService,
    AuditEntry,
    AuditVerdict,
    ExportAuditBundle,
    GetAuditCheckpoint,
    ReadAuditLog,
    VerifyAuditChain,
)
from contracts.errors import Forbidden, Invalid
from contracts.identity import Role
from contracts.wire import Caller, Page
from kit.audit import PROGRAMMES, Trail
from kit.chain import Inspection, canonical, looked_at
from kit.clock import Clock
from kit.rpc import Answer

FILTERS = {
    "person": "person_id",
    "mentorship": "mentorship_id",
    "programme": "programme_id",
    "object": "object_id",
}
EVERYTHING = {Role.ORG_ADMIN, Role.AUDITOR}


def audit_answers(trail: Trail, clock: Clock) -> list[Answer[Any, Any]]:
    """The operations about this service's own chain."""
    of = AUDIT[AuditedService(trail.service)]
    return [
        Answer(of.log, partial(read_audit_log, trail)),
        Answer(of.checkpoint, partial(get_audit_checkpoint, trail)),
        Answer(of.verify, partial(verify_audit_chain, trail)),
        Answer(of.export, partial(export_audit_bundle, trail, clock)),
    ]


async def read_audit_log(trail: Trail, caller: Caller, request: ReadAuditLog) -> Page[AuditEntry]:
    """Entries that the caller may see, newest first."""
    tag = allowed_tag(caller, request)
    page = await trail.page(caller.org_id, tag, first=request.first, after=request.after)
    return replace(page, items=tuple(shown(caller, entry) for entry in page.items))


def allowed_tag(caller: Caller, request: ReadAuditLog) -> str | None:
    """What to search by: what was asked for, as narrow as the caller's roles want it. Raises Forbidden or Invalid."""
    asked = [f"{name}:{value}" for name, field in FILTERS.items() if (value := getattr(request, field)) is not None]
    if len(asked) > 1:
        raise Invalid("Give one filter at a time: a person, a mentorship, a programme or an object.", field="filter")
    own = f"person:{caller.user_id}"
    if not caller.user_id:
        raise Forbidden("The audit log is for people.")
    if EVERYTHING & set(caller.roles):
        return asked[0] if asked else None
    if asked == [own] or (asked and asked[0] in {f"programme:{each}" for each in caller.programme_ids}):
        return asked[0]
    if Role.PROGRAMME_MANAGER in caller.roles:
        if asked and not asked[0].startswith(("mentorship:", "programme:")):
            raise Forbidden("A programme manager asks for a mentorship or a programme, or for the own entries.")
        return asked[0] if asked else PROGRAMMES
    if asked:
        raise Forbidden("You see the entries about yourself. Leave the filter out, or ask an auditor.")
    return own


def shown(caller: Caller, entry: AuditEntry) -> AuditEntry:
    """The entry; who sees it for being in it is told of nobody else who is."""
    if EVERYTHING & set(caller.roles):
        return entry
    return replace(entry, people=tuple(each for each in entry.people if each == caller.user_id))


async def get_audit_checkpoint(trail: Trail, caller: Caller, _request: GetAuditCheckpoint) -> AuditCheckpoint:
    """Where the chain ends."""
    _need(caller, Role.AUDITOR, Role.ORG_ADMIN)
    return await trail.checkpoint(caller.org_id)


async def verify_audit_chain(trail: Trail, caller: Caller, request: VerifyAuditChain) -> AuditVerdict:
    """Look at a stretch."""
    _need(caller, Role.AUDITOR)
    inspection = Inspection(seq=request.after_seq, last=request.after_hash)
    entries = await trail.stretch(caller.org_id, request.after_seq, request.first)
    for entry in entries:
        inspection.look(entry)
    return AuditVerdict(
        service=trail.service,
        checked=inspection.checked,
        seq=inspection.seq,
        hash=inspection.last,
        faults=inspection.faults(),
        complete=len(entries) < request.first,
    )


async def export_audit_bundle(trail: Trail, clock: Clock, caller: Caller, request: ExportAuditBundle) -> AuditBundle:
    """Hand a stretch out, and say in the chain that it was."""
    _need(caller, Role.AUDITOR)
    chain = {"kind": "AuditChain", "object_id": caller.org_id, "at": clock.now()}
    await trail.append([looked_at(trail.service, caller, chain)])
    entries = await trail.stretch(caller.org_id, request.after_seq, request.first)
    last: Mapping[str, Any] = entries[-1] if entries else {"seq": request.after_seq, "hash": ""}
    return AuditBundle(
        service=trail.service,
        lines="".join(f"{canonical(entry).decode()}\n" for entry in entries),
        seq=last["seq"],
        hash=last["hash"],
        complete=len(entries) < request.first,
    )


def _need(caller: Caller, *roles: Role) -> None:
    if not caller.user_id or not set(roles) & set(caller.roles):
        raise Forbidden(f"This needs the role {' or '.join(roles)}.")
