"""How a whole year is told on a terminal: a line for each month, what was late or special below it, and a bar."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from contracts.goals.ledger import Promise
from contracts.identity import Party
from deploy.local.plan import Deed
from deploy.local.telling import BERLIN, Telling, day

_NAMES = {Party.MENTEE: "Maria", Party.MENTOR: "Sofia"}
_COUNTED = {
    Promise.GIVE_FEEDBACK: ("feedback", "feedback"),
    Promise.ACT_ON_FEEDBACK: ("acted on", "acted on"),
    Promise.LOG_PROGRESS: ("update", "updates"),
    Promise.COMPLETE_ACTION: ("item done", "items done"),
    Promise.ANSWER_HELP: ("answer", "answers"),
}
_MEETINGS = {"check-in": "check-ins", "check-in missed": "check-ins missed"}
_ORDER = (*_MEETINGS, *(one for one, _ in _COUNTED.values()))
_LATE = {
    Promise.PREPARE: "prepares",
    Promise.GIVE_FEEDBACK: "gives feedback",
    Promise.ACKNOWLEDGE_FEEDBACK: "takes feedback in",
    Promise.ACT_ON_FEEDBACK: "acts on feedback",
    Promise.LOG_PROGRESS: "writes the week's update",
    Promise.COMPLETE_ACTION: "completes an item",
    Promise.ANSWER_HELP: "answers a question",
    Promise.SUBMIT_REVIEW: "looks back on the quarter",
}
_CASES = {
    "AGREEMENT_OVERDUE": "the agreement is late",
    "MISSED_CHECK_INS": "check-ins were missed in a row",
    "AT_RISK": "the mentorship needs care",
    "HELP_OVERDUE": "a question waits for its answer",
}


@dataclass
class Months(Telling):
    """Counts what happens, and says it once a month."""

    weeks: int = 53
    _month: str = ""
    _counted: Counter[str] = field(default_factory=Counter)
    _notes: list[str] = field(default_factory=list)
    _progress: Progress | None = None
    _began: datetime | None = None

    def begin(self) -> None:
        """Show a bar, where somebody watches."""
        if self.console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._progress = Progress(*columns, console=self.console, transient=True)
            self._progress.add_task("Maria's year", total=self.weeks)
            self._progress.start()

    def moment(self, at: datetime) -> None:
        """Time has come this far."""
        month = f"{at.astimezone(BERLIN):%B %Y}"
        if month != self._month:
            self.end_month()
            self._month = month
        self._began = self._began or at
        if self._progress:
            weeks = (at - self._began) / timedelta(weeks=1)
            self._progress.update(self._progress.task_ids[0], completed=weeks, description=f"{at:%d %B %Y}")

    async def pause(self) -> None:
        """Nobody waits for a line here."""

    def event(self, title: str, at: str) -> None:
        """A year has a thousand of them; they are counted elsewhere."""

    def phase(self, phase: str, at: datetime) -> None:
        """The cycle entered a phase."""
        if self._month:
            self.note(f"{phase.replace('_', ' ').lower()} since {day(at)}")
        else:
            super().phase(phase, at)

    def deed(self, deed: Deed) -> None:
        """A promise is kept, late perhaps."""
        if names := _COUNTED.get(deed.promise):
            self._counted[names[0]] += 1
        late = deed.at - deed.due if deed.at else timedelta()
        if late > timedelta():
            hours = late / timedelta(hours=1)
            how = (
                f"{hours:.0f} hours"
                if hours < 48 and hours % 24
                else f"{hours / 24:.0f} days".replace("1 days", "1 day")
            )
            self.note(f"{_NAMES[deed.party]} {_LATE[deed.promise]} {how} later than promised")

    def met(self, week: int, *, came: tuple[bool, bool]) -> None:
        """A check-in, held or not."""
        if all(came):
            self._counted["check-in"] += 1
            return
        who = " and ".join(name for name, was_there in zip(("Maria", "Sofia"), came, strict=True) if not was_there)
        self._counted["check-in missed"] += 1
        self.note(f"{who} cannot come to the check-in of week {week}")

    def note(self, what: str) -> None:
        """Something worth a line of its own."""
        self._notes.append(what)

    def case(self, kind: str) -> None:
        """The ladder asked for a programme manager."""
        line = f"Priya is told: {_CASES.get(kind, kind.replace('_', ' ').lower())}. She talks with them"
        if self._month:
            self.note(line)
        else:
            self.step("Priya", f"is told: {_CASES.get(kind, kind)}. She talks with them")

    def end_month(self) -> None:
        """Say what the month brought."""
        if self._month:
            said = [
                f"{self._counted[name]} {_word(name, self._counted[name])}" for name in _ORDER if self._counted[name]
            ]
            self.console.print(Text.assemble((f"{self._month:<15}", "bold"), ", ".join(said)))
            for note in self._notes:
                self.console.print(Text(f"{'':15}· {note}", style="dim"))
        self._counted.clear()
        self._notes.clear()

    def end(self) -> None:
        """The last month, and no bar any more."""
        self.end_month()
        self._month = ""
        if self._progress:
            self._progress.stop()


def _word(name: str, number: int) -> str:
    return name if number == 1 else (_MEETINGS | dict(_COUNTED.values()))[name]
