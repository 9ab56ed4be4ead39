"""Where people and mentorships live: the only file of this service that knows MongoDB."""

from collections.abc import Callable, Sequence
from typing import Any

from contracts.identity import Case, ConductReport, MatchRun, Mentorship, Organisation, OrgUnit
from contracts.wire import Change, Page
from kit.chain import About
from kit.mongo import Aggregates, Database, Document, index, translated
from kit.pages import Walk, check_size, level_of, page_of
from services.identity.model.access import Administrators
from services.identity.model.api_tokens import KeptToken
from services.identity.model.directory import END, found_by
from services.identity.model.enrolments import Enrolled, Group
from services.identity.model.imports import Import, ImportPart
from services.identity.model.match_runs import MatchResult
from services.identity.model.mentors import Mentor
from services.identity.model.oidc import Provider, SignInAttempt
from services.identity.model.people import Account, TokenFamily
from services.identity.model.programmes import Programme
from services.identity.model.tries import SignInTries


class Accounts(Aggregates[Account]):
    """Accounts, found among very many by what they begin with."""

    async def prepare(self) -> None:
        """Two indexes more."""
        await super().prepare()
        with translated():
            await self.collection.create_indexes(
                [index("org_id", "found_by.facets", f"found_by.{key}") for key in ("name", "email")]
            )

    def _written(self, change: Change[Account]) -> Document:
        found = found_by(change.state)
        if level := level_of(change.state.id):  # the same lists once more, with nobody in them but their milestones
            found["facets"] += [stone(level, facet) for facet in found["facets"]]
        return super()._written(change) | {"found_by": found}

    async def begins(
        self, org_id: str, wanted: tuple[str, str, str], *, first: int, after: str | None
    ) -> Page[Account]:
        """One page of those of a choice whose key begins so, in the order of the key: `wanted` is these three."""
        check_size(first)
        facet, key, beginning = wanted
        place = f"found_by.{key}"
        begin = {"$gt" if after and after > beginning else "$gte": max(after or "", beginning)}

        def chosen(level: int) -> Document:
            return {"org_id": org_id, "found_by.facets": stone(level, facet)}

        walk = Walk(self.select, chosen, place, begin=begin, end={"$lt": beginning + END})
        return page_of(await walk.first(first + 1), first, place, lambda document: self._read(document).record)

    async def ids_of(self, emails: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Organisation and id of those addresses that have an account anywhere: an address belongs to one account."""
        with translated():
            query = {"state.email": {"$in": list(emails)}}
            cursor = self.collection.find(query, {"org_id": 1, "state.email": 1})
            return {each["state"]["email"]: (each["org_id"], each["_id"]) async for each in cursor}


def stone(level: int, facet: str) -> str:
    """What the milestones of this level are found by in the list of a choice; 0 is for the whole list."""
    return f"{level}/{facet}" if level else facet


class Store:
    """This service's aggregates."""

    def __init__(self, database: Database, on_saved: Callable[[], None]) -> None:
        more: dict[str, Any] = {"source": "identity", "on_saved": on_saved}
        self.organisations = Aggregates(database, "organisations", Organisation, **more)
        self.accounts = Accounts(
            database,
            "accounts",
            Account,
            by=("externalIds", "managedProgrammeIds"),
            unique=("email",),
            queues=("tokensSince",),
            long=("",),
            about=About(person="id"),
            **more,
        )
        self.imports = Aggregates(database, "user_imports", Import, queues=("state",), **more)
        self.import_parts = Aggregates(database, "user_import_parts", ImportPart, expires="expiresAt", **more)
        self.units = Aggregates(database, "units", OrgUnit, **more)
        self.families = Aggregates(database, "token_families", TokenFamily, by=("userId",), queues=("endedAt",), **more)
        self.administrators = Aggregates(database, "administrators", Administrators, **more)
        self.providers = Aggregates(database, "oidc_providers", Provider, **more)
        self.attempts = Aggregates(database, "sign_in_attempts", SignInAttempt, about=None, expires="expiresAt", **more)
        self.api_tokens = Aggregates(database, "api_tokens", KeptToken, queues=("revokedAt",), **more)
        self.tries = Aggregates(database, "sign_in_tries", SignInTries, about=None, expires="forgetAt", **more)
        self.programmes = Aggregates(database, "programmes", Programme, about=About(programme="id"), **more)
        self.mentorships = Aggregates(
            database,
            "mentorships",
            Mentorship,
            by=("partyIds", "programmeId"),
            long=("programmeId", ""),
            about=About(mentorship="id"),
            **more,
        )
        self.mentors = Aggregates(
            database, "mentors", Mentor, by=("keys",), long=("keys",), about=About(person="id"), **more
        )
        self.cohorts = Aggregates(database, "cohorts", Group, by=("programmeId",), **more)
        self.enrolments = Aggregates(database, "enrolments", Enrolled, by=("userId", "keys"), long=("keys",), **more)
        self.match_runs = Aggregates(database, "match_runs", MatchRun, by=("programmeId",), **more)
        self.match_results = Aggregates(database, "match_results", MatchResult, **more)
        self.cases = Aggregates(database, "cases", Case, by=("programmeId",), **more)
        self.reports = Aggregates(database, "conduct_reports", ConductReport, **more)
        kept = vars(self).values()
        self.aggregates = tuple(each for each in kept if isinstance(each, Aggregates))

    async def organisation_ids(self, after: str, limit: int) -> tuple[str, ...]:
        """The ids of organisations that come after one: for the platform itself, never for a caller."""
        with translated():
            cursor = self.organisations.collection.find({"_id": {"$gt": after}}, {"_id": 1}).sort("_id", 1).limit(limit)
            return tuple([each["_id"] async for each in cursor])
