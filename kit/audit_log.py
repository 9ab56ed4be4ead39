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
from contracts.wire import Caller, Page
from kit.audit import Trail
from kit.audit_policy import Kind, allowed_tag, need, shown
from kit.chain import Inspection, canonical, looked_at
from kit.clock import Clock
from kit.rpc import Answer


def audit_answers(trail: Trail, clock: Clock) -> list[Answer[Any, Any]]:
    """The operations about this service's own chain."""
    of = AUDIT[AuditedService(trail.service)]
    return [
        Answer(of.log, partial(read_audit_log, trail, clock)),
        Answer(of.checkpoint, partial(get_audit_checkpoint, trail)),
        Answer(of.verify, partial(verify_audit_chain, trail)),
        Answer(of.export, partial(export_audit_bundle, trail, clock)),
    ]


async def read_audit_log(trail: Trail, clock: Clock, caller: Caller, request: ReadAuditLog) -> Page[AuditEntry]:
    """Entries that the caller may see, newest first. Whoever asks for those of one person leaves a trace for them."""
    tag = allowed_tag(caller, request)
    page = await trail.page(caller.org_id, tag, first=request.first, after=request.after)
    if request.person_id and page.items:
        await trail.saw(caller, (request.person_id,), clock.now(), kind="AuditLog", object_id=request.person_id)
    return replace(page, items=tuple(shown(caller, entry) for entry in page.items))


async def get_audit_checkpoint(trail: Trail, caller: Caller, _request: GetAuditCheckpoint) -> AuditCheckpoint:
    """Where the chain ends."""
    need(caller, Kind.CHECKPOINT)
    return await trail.checkpoint(caller.org_id)


async def verify_audit_chain(trail: Trail, caller: Caller, request: VerifyAuditChain) -> AuditVerdict:
    """Look at a stretch."""
    need(caller, Kind.CHAIN)
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
    need(caller, Kind.CHAIN)
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
