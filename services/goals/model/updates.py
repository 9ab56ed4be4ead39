"""Progress updates: one for each party and week, changed until the week is over everywhere on earth. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import MetricValue, ProgressReported, ProgressUpdate, ReportedValue, SubmitProgressUpdate
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, evolve

EARLIEST, LATEST = timedelta(hours=14), timedelta(hours=12)  # how far the zones of the earth are from UTC
TAKEN_FOR = timedelta(days=35)  # after which nobody remembers what was done in a week
METRICS_LIMIT = 10


def submit_update(
    update_id: str,
    card: MentorshipCard,
    request: SubmitProgressUpdate,
    values: tuple[ReportedValue, ...],
    at: datetime,
    *,
    party: Party,
) -> Change[ProgressUpdate]:
    """The first word about a week; late is better than never."""
    begins, ends = _bounds(request.period)
    if at < begins:
        raise Invalid(
            f"The week {request.period} has not begun. Say how a week went while or after it.", field="period"
        )
    if at - ends > TAKEN_FOR:
        raise Invalid(f"The week {request.period} is too long ago. Begin with a later one.", field="period")
    update = ProgressUpdate(
        id=update_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        author_id=card.user_of(party),
        party=party,
        period=request.period,
        done=request.done,
        next=request.next,
        blocked=request.blocked.strip(),
        metrics=values,
        submitted_at=at,
    )
    return Change(update, (_reported(update),))


def edit_update(
    update: ProgressUpdate, request: SubmitProgressUpdate, values: tuple[ReportedValue, ...], at: datetime
) -> Change[ProgressUpdate]:
    """Better words, and further values. The same words again change nothing, whenever they come."""
    kept = {value.entry_id: value for value in update.metrics}
    for value in values:
        if kept.setdefault(value.entry_id, value) != value:
            raise Conflict(
                f"This update has a value for the goal {value.goal_id} already. Log a further one by itself."
            )
    said = {"done": request.done, "next": request.next, "blocked": request.blocked.strip()}
    metrics = tuple(kept.values())
    if metrics == update.metrics and all(getattr(update, name) == words for name, words in said.items()):
        return Change(update)
    if at >= _bounds(update.period)[1]:
        raise Conflict(f"The week {update.period} is over, so its update stays as it is.")
    if len(metrics) > METRICS_LIMIT:
        raise Invalid(f"An update has at most {METRICS_LIMIT} values. Log further ones by themselves.", field="metrics")
    changed = evolve(update, **said, metrics=metrics, edited_at=at)
    return Change(changed, (_reported(changed),))


def check_values(party: Party, values: tuple[MetricValue, ...]) -> None:
    """Refuse values of the mentor, and two for the same metric."""
    if values and party is not Party.MENTEE:
        raise Forbidden("Progress on goals is the mentee's to enter. Leave the metrics out.")
    named = [(value.goal_id, value.metric_id) for value in values]
    if len(set(named)) < len(named):
        raise Invalid("Give each metric one value.", field="metrics")


def day_of(update: ProgressUpdate, at: datetime) -> date:
    """The day that an update's values are about: today, or the last day of a week that is over."""
    return min(at.date(), _monday(update.period) + timedelta(days=6))


def _bounds(period: str) -> tuple[datetime, datetime]:
    """From the first place on earth where the week begins to the last one where it ends."""
    monday = datetime.combine(_monday(period), time(), UTC)
    try:
        return monday - EARLIEST, monday + timedelta(days=7) + LATEST
    except OverflowError as error:
        raise Invalid(f"Nobody lives in the week {period}. Give an ISO week like 2027-W09.", field="period") from error


def _monday(period: str) -> date:
    year, _, week = period.partition("-W")
    try:
        return date.fromisocalendar(int(year), int(week), 1)
    except ValueError as error:
        raise Invalid(f"There is no week {period}. Give an ISO week like 2027-W09.", field="period") from error


def _reported(update: ProgressUpdate) -> ProgressReported:
    return ProgressReported(
        mentorship_id=update.mentorship_id,
        progress_update_id=update.id,
        author_id=update.author_id,
        party=update.party,
    )
