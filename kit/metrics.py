"""What a part counts and measures, for Prometheus at `/metrics`.

Every label comes from a closed list: operations, root fields, topics, codes, parts. Never an id, and never a person's
words. docs/runbook.md says what to do about each alert that stands on one of these.
"""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # the longest operation may take five

GRAPHQL = Histogram(
    "inzpireu_graphql_seconds", "A GraphQL operation, by its root field and what came of it.", ["field", "code"],
    buckets=SECONDS,
)  # fmt: skip
OPERATIONS = Histogram(
    "inzpireu_operation_seconds", "An operation between parts, answered.", ["operation", "code"], buckets=SECONDS
)
EVENTS = Counter("inzpireu_events_total", "Events by what became of them in this part.", ["part", "topic", "outcome"])
PUBLISHED = Counter("inzpireu_outbox_published_total", "Events handed to the broker.", ["part"])
OUTBOX_BEHIND = Gauge("inzpireu_outbox_behind_seconds", "How long the outboxes could not be emptied.", ["part"])
REPEATS = Counter("inzpireu_repeats_total", "Commands and events that came again and changed nothing.", ["kind"])
CONSUMER_ALIVE = Gauge("inzpireu_consumer_alive", "1 while the part can be told of events.", ["part"])
CONNECTIONS = Gauge("inzpireu_database_connections_in_use", "Connections of the pool that are in use.", [])
MAILS = Counter("inzpireu_mails_total", "Mails by what became of them.", ["outcome"])
CYCLES = Gauge("inzpireu_cycles", "Cycles by phase, as the engine knows them.", ["phase"])
STUCK = Gauge("inzpireu_cycles_stuck", "Cycles whose workflow cannot go on.", [])
RECONCILED = Counter("inzpireu_reconciled_total", "Comparisons of all cycles with all records that came to an end.", [])
DIFFERENCES = Counter(
    "inzpireu_differences_total", "Cycles and records that differed, by what became of it.", ["kind", "outcome"]
)


async def exposition(_request: Request) -> Response:
    """Everything, in the text format that Prometheus reads."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
