"""Receiving a table of people, and telling how far it is."""

import hashlib

from contracts.identity import ImportUsers, UserImport
from contracts.policy import Act, standing
from contracts.wire import ByIds, Caller, Change
from kit.command import natural_id, stamp
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.model import imports
from services.identity.model.imports import Import, ImportPart
from services.identity.model.policy import Kind, can, need


async def import_users(context: Context, caller: Caller, request: ImportUsers) -> UserImport:
    """Take a part; the first one begins the import, the last one lets the worker begin."""
    need(caller, Act.WRITE, Kind.ACCOUNT)
    by = stamp(caller, request, context.clock.now())
    if request.import_id is None:
        draft = imports.begin("", caller.org_id, request, caller.user_id, by.at)
        imports.count(draft.state, request.csv)  # what is no table begins nothing
        made = await context.store.imports.create(
            by, lambda new_id: imports.begin(new_id, caller.org_id, request, caller.user_id, by.at)
        )
        stored = Stored(made)
        if made.part_ids:  # a repeat
            return made.published()
    else:
        stored = await context.store.imports.load(caller.org_id, request.import_id)
        if by.key in {command["key"] for command in stored.commands}:
            return stored.record.published()
    part, counted = await _keep(context, stored.record, request, caller)
    received = await context.store.imports.amend(
        stored, by, lambda table: imports.receive(table, part, counted, by.at, more=request.more)
    )
    context.on_import()
    return received.published()


async def _keep(context: Context, table: Import, request: ImportUsers, caller: Caller) -> tuple[ImportPart, int]:
    text = request.csv.rstrip("\r\n") + "\n"
    counted = imports.count(table, text)
    words = hashlib.sha256(text.encode()).hexdigest()
    part_id = natural_id("import-part", table.id, len(table.part_ids), words)
    by = stamp(caller, request, context.clock.now())
    expires_at = by.at + imports.KEPT
    part = ImportPart(id=part_id, org_id=table.org_id, csv=text, before=table.total, expires_at=expires_at)
    await context.store.import_parts.create(by, lambda _: Change(part), new_id=part_id)
    return part, counted


async def get_user_imports(context: Context, caller: Caller, request: ByIds) -> tuple[UserImport, ...]:
    """How far they are, for administrators."""
    if not can(standing(caller, caller.org_id), Act.READ, Kind.ACCOUNT):
        return ()
    return tuple(each.published() for each in await context.store.imports.get_many(caller.org_id, request.ids))
