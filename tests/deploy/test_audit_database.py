"""`inzpireu audit verify` on the databases of an installation: what it finds, and what only a checkpoint can show."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from deploy.local.backends import Backends
from kit.audit import Trail
from kit.mongo import Database, connect
from tests.deploy.test_cli import inzpireu
from tests.kit.test_chain import an_entry


@dataclass
class Installation:
    """One organisation's chain of six entries in the goals database of a real server, and what was seen of its end."""

    url: str
    database: Database
    trail: Trail
    org_id: str
    checkpoint: str

    @property
    def own(self) -> dict[str, str]:
        """Its entries."""
        return {"org_id": self.org_id}

    def verified(self, *more: str) -> tuple[int, dict[str, Any] | None]:
        """The exit code, and what was found about this chain; None where there is nothing of it."""
        said = inzpireu("audit", "verify", "--mongodb-url", self.url, "--json", *more)
        chains = msgspec.json.decode(said.stdout)["chains"] if said.stdout else []
        return said.returncode, next((each for each in chains if each["orgId"] == self.org_id), None)

    def faults(self, *more: str) -> tuple[int, list[dict[str, Any]] | None]:
        """The exit code, and where the chain is broken."""
        code, chain = self.verified(*more)
        return code, chain["faults"] if chain else None


@pytest.fixture
async def installation(backends: Backends) -> AsyncIterator[Installation]:
    url = backends["mongodb"].address
    client, database = connect(url, "inzpireu_goals")
    trail = Trail(database, "goals")
    await trail.prepare()
    org_id = f"audited-{uuid.uuid4().hex[:8]}"
    entries = [an_entry(number, id=f"{org_id}-{number}", org_id=org_id, service="goals") for number in range(1, 7)]
    await trail.append(entries)
    end = await trail.checkpoint(org_id)
    yield Installation(url, database, trail, org_id, f"{org_id}:goals:{end.seq}:{end.hash}")
    await trail.collection.delete_many({"org_id": org_id})
    client.close()


async def test_without_a_bundle_it_looks_where_a_part_would(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INZPIREU_MONGODB_URL", installation.url)
    said = inzpireu("audit", "verify")
    assert f"goals of {installation.org_id}: 6 entries, whole up to 6" in said.stdout


async def test_a_chain_is_whole_up_to_its_checkpoint(installation: Installation) -> None:
    code, chain = installation.verified("--checkpoint", installation.checkpoint)
    assert chain
    assert (code, chain["service"], chain["checked"], chain["seq"], chain["faults"]) == (0, "goals", 6, 6, [])


async def test_an_altered_and_a_removed_entry_are_named(installation: Installation) -> None:
    entries = installation.trail.collection
    await entries.update_one({**installation.own, "seq": 2}, {"$set": {"entry.who": "tom"}})
    await entries.delete_one({**installation.own, "seq": 4})
    code, faults = installation.faults()
    assert (code, faults) == (1, [{"seq": 2, "problem": "altered"}, {"seq": 4, "problem": "missing"}])


async def test_what_an_entry_is_found_by_cannot_be_changed_unseen(installation: Installation) -> None:
    await installation.trail.collection.update_one({**installation.own, "seq": 3}, {"$set": {"tags": ["person:tom"]}})
    assert installation.faults() == (1, [{"seq": 3, "problem": "altered"}])


async def test_a_cut_off_end_is_shown_by_a_checkpoint_and_by_nothing_else(installation: Installation) -> None:
    await installation.trail.collection.delete_many({**installation.own, "seq": {"$gt": 4}})
    assert installation.faults() == (0, [])
    assert installation.faults("--checkpoint", installation.checkpoint) == (1, [{"seq": 5, "problem": "truncated"}])


async def test_a_lost_chain_is_shown_by_a_checkpoint_and_by_nothing_else(installation: Installation) -> None:
    await installation.trail.collection.delete_many(installation.own)
    assert installation.verified()[1] is None
    assert installation.faults("--checkpoint", installation.checkpoint) == (1, [{"seq": 1, "problem": "truncated"}])


async def test_a_chain_that_was_written_anew_is_shown_by_a_checkpoint(installation: Installation) -> None:
    await installation.trail.collection.delete_many(installation.own)
    org_id = installation.org_id
    again = [
        an_entry(number, id=f"{org_id}-anew-{number}", org_id=org_id, service="goals", who="tom")
        for number in range(1, 8)
    ]
    await Trail(installation.database, "goals").append(again)
    assert installation.faults() == (0, [])
    assert installation.faults("--checkpoint", installation.checkpoint) == (1, [{"seq": 6, "problem": "rewritten"}])


def test_a_server_that_does_not_answer_is_said_to_be_so() -> None:
    said = inzpireu("audit", "verify", "--mongodb-url", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300")
    assert (said.returncode, said.stdout) == (2, "")
    assert "It cannot be read" in said.stderr
