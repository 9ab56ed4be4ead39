"""The driver: a connection, its errors in the words of the platform, and indexes. Nothing else imports Motor."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.monitoring import ConnectionCheckedInEvent, ConnectionCheckedOutEvent, ConnectionPoolListener

from contracts.errors import Unavailable
from kit.metrics import CONNECTIONS
from kit.pages import MILESTONE

type Document = dict[str, Any]
type Collection = AsyncIOMotorCollection[Document]
type Database = AsyncIOMotorDatabase[Document]

TIMEOUT_MS = 5_000


class _PoolWatch(ConnectionPoolListener):
    """Counts the connections that are in use."""

    def connection_checked_out(self, _event: ConnectionCheckedOutEvent) -> None:
        CONNECTIONS.inc()

    def connection_checked_in(self, _event: ConnectionCheckedInEvent) -> None:
        CONNECTIONS.dec()

    def _unused(self, event: object) -> None:
        """Of no interest."""

    pool_created = pool_ready = pool_cleared = pool_closed = _unused
    connection_created = connection_ready = connection_closed = _unused
    connection_check_out_started = connection_check_out_failed = _unused


def connect(url: str, name: str, *, timeout_ms: int = TIMEOUT_MS) -> tuple[AsyncIOMotorClient[Document], Database]:
    """A client with a bounded pool, and one database of it. Does not wait for the server."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        url,
        maxPoolSize=10,
        timeoutMS=timeout_ms,
        serverSelectionTimeoutMS=timeout_ms,
        event_listeners=[_PoolWatch()],
    )
    return client, client.get_database(name, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC))


@contextmanager
def database_of(service: str, url: str, name: str | None = None) -> Iterator[Database]:
    """The database of a service, which is called after it unless a name is given; let go of at the end."""
    client, database = connect(url, name or f"inzpireu_{service}")
    with closing(client):
        yield database


def index(*fields: str, unique: bool = False) -> IndexModel:
    """An index over these fields in ascending order."""
    return IndexModel([(field, ASCENDING) for field in fields], unique=unique)


def stones(*equal: str, last: str) -> IndexModel:
    """An index over the milestones of the lists with these fields equal, in the order of the last."""
    fields = [(field, ASCENDING) for field in (*equal, MILESTONE, last)]
    return IndexModel(fields, partialFilterExpression={MILESTONE: {"$gte": 1}})


async def insert_all(collection: Collection, documents: Sequence[Document]) -> bool:
    """Insert them one after the other, up to the first that is there already; whether all were inserted."""
    try:
        with translated():
            await collection.insert_many(documents, ordered=True)
    except DuplicateKeyError:
        return False
    return True


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises when the server is away into Unavailable."""
    try:
        yield
    except DuplicateKeyError:
        raise
    except PyMongoError as error:
        if isinstance(error, BulkWriteError) and (error.details or {}).get("writeErrors", [{}])[0].get("code") == 11000:
            raise DuplicateKeyError("in a batch", 11000) from error
        raise Unavailable("The database does not answer right now. Nothing was lost; try again.") from error
