"""The chain of audit entries, as arithmetic: each entry's hash covers its own bytes and the hash before it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from contracts.audit import AuditCheckpoint, AuditEntry, AuditFault, AuditProblem
from contracts.wire import Caller, Record
from kit.command import Stamp, time_ordered_id
from kit.telemetry import correlation_id, current_step

FAULTS_TOLD = 100  # a chain that is broken more often is not worth more words


@dataclass(frozen=True, slots=True)
class About:
    """Which fields of a record say whose it is and where it belongs; a record without such a field belongs nowhere."""

    person: str = "user_id"
    mentorship: str = "mentorship_id"
    programme: str = "programme_id"


def drafted(service: str, by: Stamp, record: Record, about: About) -> AuditEntry:
    """The entry of a change, before it has a place in the chain."""
    person = getattr(record, about.person, None)
    return AuditEntry(
        id=time_ordered_id(),
        org_id=by.org_id,
        service=service,
        who=by.actor_id,
        roles=by.roles,
        what=current_step() or f"{service} by itself",
        kind=type(record).__name__,
        object_id=getattr(record, "id", ""),
        version=getattr(record, "version", 0),
        at=by.at,
        correlation_id=correlation_id(),
        people=(person,) if person else (),
        mentorship_id=getattr(record, about.mentorship, None),
        programme_id=getattr(record, about.programme, None),
    )


def looked_at(service: str, caller: Caller, entry: Mapping[str, Any]) -> AuditEntry:
    """The entry of a look at private data; `entry` says what was looked at, whose it is and when."""
    return AuditEntry(
        id=time_ordered_id(),
        org_id=caller.org_id,
        service=service,
        who=caller.name,
        roles=caller.roles,
        what=current_step() or f"{service} by itself",
        correlation_id=correlation_id(),
        **entry,
    )


def sealed(drafts: Sequence[AuditEntry], seq: int, last: str) -> list[AuditEntry]:
    """The drafts as the entries that follow the one with this number and hash."""
    entries = []
    for draft in drafts:
        seq += 1
        placed = replace(draft, seq=seq, prev=last, hash="")
        last = hash_of(msgspec.to_builtins(placed))
        entries.append(replace(placed, hash=last))
    return entries


def hash_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 over an entry as JSON with sorted keys, without its own hash."""
    return hashlib.sha256(canonical({name: value for name, value in entry.items() if name != "hash"})).hexdigest()


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The one way to write an entry down."""
    return msgspec.json.encode(entry, order="sorted")


@dataclass(slots=True)
class Inspection:
    """Looks at one chain, entry by entry, in the order in which they stand. Needs the same memory for any length."""

    seq: int = 0
    last: str = ""
    checked: int = 0
    _found: list[AuditFault] = field(default_factory=list)
    _expected: dict[int, str] = field(default_factory=dict)

    def expect(self, checkpoints: Iterable[AuditCheckpoint]) -> None:
        """Remember what was seen of this chain before."""
        self._expected |= {each.seq: each.hash for each in checkpoints if each.seq}

    def look(self, entry: Mapping[str, Any]) -> None:
        """The next entry, as its line or document says it."""
        seq, own = entry.get("seq"), entry.get("hash")
        self.checked += 1
        if not isinstance(seq, int) or not isinstance(own, str):
            self.fault(self.seq + 1, AuditProblem.MALFORMED)
            return
        if hash_of(entry) != own:
            self.fault(seq, AuditProblem.ALTERED)
        if seq <= self.seq:  # out of place: stays beside the chain
            self.fault(seq, AuditProblem.INSERTED)
            return
        for missing in range(self.seq + 1, min(seq, self.seq + FAULTS_TOLD)):
            self.fault(missing, AuditProblem.MISSING)
        if seq == self.seq + 1 and entry.get("prev", "") != self.last:
            self.fault(seq, AuditProblem.UNLINKED)
        if self._expected.pop(seq, own) != own:
            self.fault(seq, AuditProblem.REWRITTEN)
        self.seq, self.last = seq, own

    def fault(self, seq: int, problem: AuditProblem) -> None:
        """Something is wrong here. What was missing and comes later is only at the wrong place."""
        missing = AuditFault(seq=seq, problem=AuditProblem.MISSING)
        if problem is AuditProblem.INSERTED and missing in self._found:
            self._found[self._found.index(missing)] = AuditFault(seq=seq, problem=AuditProblem.REORDERED)
        elif len(self._found) < FAULTS_TOLD:
            self._found.append(AuditFault(seq=seq, problem=problem))

    def faults(self) -> tuple[AuditFault, ...]:
        """All of them, once the last entry was looked at. A checkpoint behind the end says that it was cut off."""
        cut = any(seq > self.seq for seq in self._expected)
        ends = (AuditFault(seq=self.seq + 1, problem=AuditProblem.TRUNCATED),) if cut else ()
        return (*self._found, *ends)
