"""Where people and mentorships live: the only file of this service that knows MongoDB."""

from collections.abc import Callable
from typing import Any

from contracts.identity import MatchRun, Mentorship, Organisation, Programme
from kit.chain import About
from kit.mongo import Aggregates, Database
from services.identity.model.access import Administrators
from services.identity.model.enrolments import Enrolled, Group
from services.identity.model.match_runs import MatchResult
from services.identity.model.mentors import Mentor
from services.identity.model.people import Account, TokenFamily
from services.identity.model.tries import SignInTries


class Store:
    """This service's aggregates."""

    def __init__(self, database: Database, on_saved: Callable[[], None]) -> None:
        more: dict[str, Any] = {"source": "identity", "on_saved": on_saved}
        self.organisations = Aggregates(database, "organisations", Organisation, **more)
        self.accounts = Aggregates(
            database, "accounts", Account, unique=("email",), queues=("tokensSince",), about=About(person="id"), **more
        )
        self.families = Aggregates(database, "token_families", TokenFamily, by=("userId",), queues=("endedAt",), **more)
        self.administrators = Aggregates(database, "administrators", Administrators, **more)
        self.tries = Aggregates(database, "sign_in_tries", SignInTries, about=None, expires="forgetAt", **more)
        self.programmes = Aggregates(database, "programmes", Programme, about=About(programme="id"), **more)
        self.mentorships = Aggregates(
            database, "mentorships", Mentorship, by=("partyIds", "programmeId"), about=About(mentorship="id"), **more
        )
        self.mentors = Aggregates(database, "mentors", Mentor, by=("keys",), about=About(person="id"), **more)
        self.cohorts = Aggregates(database, "cohorts", Group, by=("programmeId",), **more)
        self.enrolments = Aggregates(database, "enrolments", Enrolled, by=("userId", "keys"), **more)
        self.match_runs = Aggregates(database, "match_runs", MatchRun, by=("programmeId",), **more)
        self.match_results = Aggregates(database, "match_results", MatchResult, **more)
        self.aggregates = (
            self.organisations,
            self.accounts,
            self.families,
            self.administrators,
            self.tries,
            self.programmes,
            self.mentorships,
            self.mentors,
            self.cohorts,
            self.enrolments,
            self.match_runs,
            self.match_results,
        )
