"""Where people and mentorships live: the only file of this service that knows MongoDB."""

from collections.abc import Callable

from contracts.identity import Mentorship, Organisation, Programme
from kit.chain import About
from kit.mongo import Aggregates, Database
from services.identity.model.mentors import Mentor
from services.identity.model.people import Account, TokenFamily


class Store:
    """This service's aggregates."""

    def __init__(self, database: Database, on_saved: Callable[[], None]) -> None:
        source = "identity"
        self.organisations = Aggregates(database, "organisations", Organisation, source=source, on_saved=on_saved)
        self.accounts = Aggregates(
            database, "accounts", Account, unique=("email",), about=About(person="id"), source=source, on_saved=on_saved
        )
        self.families = Aggregates(
            database, "token_families", TokenFamily, by=("userId",), source=source, on_saved=on_saved
        )
        self.programmes = Aggregates(
            database, "programmes", Programme, about=About(programme="id"), source=source, on_saved=on_saved
        )
        self.mentorships = Aggregates(
            database,
            "mentorships",
            Mentorship,
            by=("partyIds", "programmeId"),
            about=About(mentorship="id"),
            source=source,
            on_saved=on_saved,
        )
        self.mentors = Aggregates(database, "mentors", Mentor, by=("keys",), source=source, on_saved=on_saved)
        self.aggregates = (
            self.organisations,
            self.accounts,
            self.families,
            self.programmes,
            self.mentorships,
            self.mentors,
        )
