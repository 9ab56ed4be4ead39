"""The chain as arithmetic: whatever is done to a line afterwards is found, and the place is named."""

import random
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.audit import AuditCheckpoint, AuditEntry, AuditProblem
from kit.chain import FAULTS_TOLD, Inspection, canonical, hash_of, sealed
from tests.kit.things import NOW

type Line = dict[str, Any]
type Tampering = Callable[[list[Line]], object]

LENGTH = 9


def an_entry(number: int, **fields: Any) -> AuditEntry:
    given: dict[str, Any] = {
        "id": f"e-{number}", "org_id": "acme", "service": "test", "who": "maria", "what": "testing.add_to_thing",
        "kind": "Thing", "object_id": "t-1", "version": number, "at": NOW,
    }  # fmt: skip
    return AuditEntry(**{**given, **fields})


def a_chain(length: int = LENGTH) -> list[Line]:
    """As its lines are read."""
    entries = sealed([an_entry(number) for number in range(1, length + 1)], 0, "")
    return [msgspec.json.decode(canonical(msgspec.to_builtins(entry))) for entry in entries]


def found(lines: Iterable[Line], *checkpoints: AuditCheckpoint) -> list[tuple[int, str]]:
    inspection = Inspection()
    inspection.expect(checkpoints)
    for line in lines:
        inspection.look(line)
    return [(fault.seq, fault.problem.value) for fault in inspection.faults()]


def at(line: Line) -> AuditCheckpoint:
    return AuditCheckpoint(org_id="acme", service="test", seq=line["seq"], hash=line["hash"])


def resealed(line: Line, **fields: Any) -> Line:
    changed = line | fields
    return changed | {"hash": hash_of(changed)}


def test_an_untouched_chain_has_no_fault() -> None:
    assert found(a_chain()) == []


def test_an_entry_follows_the_one_that_stands_before_it() -> None:
    first, second = a_chain(2)
    assert ("prev" in first, second["prev"], second["seq"]) == (False, first["hash"], 2)


def test_it_goes_on_where_it_stopped() -> None:
    lines = a_chain()
    inspection = Inspection(seq=4, last=lines[3]["hash"])
    for line in lines[4:]:
        inspection.look(line)
    assert (inspection.faults(), inspection.checked, inspection.seq) == ((), 5, LENGTH)


TAMPERINGS: dict[str, tuple[Tampering, list[tuple[int, str]]]] = {
    "altered": (lambda lines: lines[4].update(who="tom"), [(5, "altered")]),
    "an added field": (lambda lines: lines[4].update(note="x"), [(5, "altered")]),
    "altered and sealed anew": (lambda lines: lines.__setitem__(4, resealed(lines[4], who="tom")), [(6, "unlinked")]),
    "removed": (lambda lines: lines.pop(4), [(5, "missing")]),
    "the first removed": (lambda lines: lines.pop(0), [(1, "missing")]),
    "removed and numbered anew": (
        lambda lines: lines.__setitem__(slice(4, 6), [resealed(lines[5], seq=5)]), [(5, "unlinked"), (6, "missing")]
    ),
    "repeated": (lambda lines: lines.insert(6, lines[4]), [(5, "inserted")]),
    "inserted": (lambda lines: lines.insert(5, resealed(lines[4], id="forged")), [(5, "inserted")]),
    "two swapped": (lambda lines: lines.insert(3, lines.pop(4)), [(4, "reordered")]),
    "a line that is none": (lambda lines: lines.insert(4, {"seq": "x"}), [(5, "malformed")]),
    "a negative number": (lambda lines: lines.insert(4, resealed(lines[4], seq=-1)), [(-1, "inserted")]),
}  # fmt: skip


@pytest.mark.parametrize(("tampering", "faults"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_was_done_to_a_chain_is_found_and_its_place_named(
    tampering: Tampering, faults: list[tuple[int, str]]
) -> None:
    lines = a_chain()
    tampering(lines)
    assert found(lines) == faults


def test_an_end_that_was_cut_off_is_found_by_a_checkpoint() -> None:
    lines = a_chain()
    assert found(lines[:6]) == []
    assert found(lines[:6], at(lines[-1])) == [(7, "truncated")]
    assert found([], at(lines[-1])) == [(1, "truncated")]


def test_a_chain_that_was_written_anew_is_found_by_a_checkpoint() -> None:
    lines = a_chain()
    forged = sealed([an_entry(number, who="tom") for number in range(1, LENGTH + 1)], 0, "")
    anew = [msgspec.to_builtins(entry) for entry in forged]
    assert found(anew) == []
    assert found(anew, at(lines[5])) == [(6, "rewritten")]


def test_a_checkpoint_that_fits_says_nothing() -> None:
    lines = a_chain()
    assert found(lines, at(lines[2]), at(lines[-1])) == []


def test_a_chain_of_which_nearly_all_is_gone_is_told_in_few_words() -> None:
    first, *_ = a_chain(1)
    assert len(found([first, resealed(first, seq=10**12)])) <= FAULTS_TOLD


@given(st.integers(2, 30), st.randoms(use_true_random=False))
def test_any_one_change_of_one_line_is_found(length: int, chance: random.Random) -> None:
    lines = a_chain(length)
    place = chance.randrange(length)
    name = chance.choice(sorted(lines[place]))
    lines[place][name] = "other" if lines[place][name] != "other" else "more"
    assert found(lines) != []


@given(st.permutations(range(1, 8)))
def test_any_other_order_is_found(order: list[int]) -> None:
    lines = a_chain(7)
    faults = found(lines[number - 1] for number in order)
    assert (faults == []) is (order == sorted(order))
    assert AuditProblem.ALTERED not in {problem for _, problem in faults}
