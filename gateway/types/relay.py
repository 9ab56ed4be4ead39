"""Global ids, views of records, and connections: what Relay asks of an API (https://relay.dev/docs/guides/graphql-server-specification/)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Annotated, Any, ClassVar, Self

import strawberry

from contracts.errors import Invalid, NotFound
from contracts.wire import Page
from gateway.context import Context, Info
from gateway.loaders import Listed, Loader, Loaders, PageKey

PAGE = 20
LARGEST_PAGE = 100

First = Annotated[int, strawberry.argument(description="How many to return, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]
Id = Annotated[strawberry.ID, strawberry.argument(description="The object's global id.")]


def field(description: str, **more: Any) -> Any:
    """A field with the words that the schema shows for it."""
    return strawberry.field(description=description, **more)


def resolved(description: str) -> Callable[[Callable[..., Any]], Any]:
    """Decorates a method that answers a field."""
    return strawberry.field(description=description)  # type: ignore[no-any-return]


def subscribed(description: str) -> Callable[[Callable[..., Any]], Any]:
    """Decorates an async generator that answers a subscription."""
    return strawberry.subscription(description=description)  # type: ignore[no-any-return]


def optional(description: str) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=description, default=strawberry.UNSET)


def global_id(kind: str, local_id: str) -> strawberry.ID:
    """The id by which clients know an object; opaque to them."""
    return strawberry.ID(b64encode(f"{kind}:{local_id}".encode()).decode())


def local_id(context: Context, kind: str, given: str) -> str:
    """The id by which the parts know an object. One of another kind or form is as unknown as one that never was."""
    context.check_signed_in()
    found_kind, found = split_id(given)
    if found_kind != kind or not found:
        raise unknown(kind, given)
    return found


def split_id(given: str) -> tuple[str, str]:
    """Kind and local id of a global id; empty ones if it is none."""
    try:
        kind, _, found = b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return kind, found


def unknown(kind: str, given: str) -> NotFound:
    """There is no such object for this viewer."""
    return NotFound.of(re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower(), given)


class View:
    """A GraphQL type that shows one published record: plain fields are read from the record of the same name."""

    record: Any

    @classmethod
    def of(cls, record: Any) -> Self:
        """The view of a record. Nothing is copied: a large page costs what is asked of it."""
        view = cls.__new__(cls)
        view.record = record
        return view

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["record"], name)


@strawberry.interface(description="An object with a global id.")
class Node(View):
    """What `node(id)` finds. `loader` picks the loader that finds records of this type.

    `named_by` is the field by which an input names it, where that is not its own id.
    """

    loader: ClassVar["staticmethod[[Loaders], Loader[str, Any]]"]
    named_by: ClassVar[str] = ""

    @resolved("The object's global id: opaque, and the same for as long as the object lives.")
    def id(self) -> strawberry.ID:
        """Made of the type's name and the record's id."""
        return global_id(type(self).__name__, self.record.id)


def kind_named(name: str) -> type[Node]:
    """The type of object that is called so."""
    return next(kind for kind in Node.__subclasses__() if kind.__name__ == name)


async def find[N: Node](context: Context, kind: type[N], given: str) -> N:
    """The object with this global id. Raises NotFound, in one wording for foreign, unknown and malformed ids."""
    record = await kind.loader(context.loaders).load(local_id(context, kind.__name__, given))
    if record is None:
        raise unknown(kind.__name__, given)
    return kind.of(record)


async def shown[N: Node](info: Info, kind: type[N], found: str | None) -> N | None:
    """The object that another one points at by its local id; nothing if the viewer may not see it."""
    record = await kind.loader(info.context.loaders).load(found) if found else None
    return kind.of(record) if record else None


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's page information; lists here are read forwards only."""

    has_next_page: bool = field("Whether more follow after this page.")
    has_previous_page: bool = field("Whether this page was asked for with a cursor.")
    start_cursor: str | None = field("The place after the first item.", default=None)
    end_cursor: str | None = field("Give this as `after` to get the next page.", default=None)


@strawberry.type(description="One item of a connection.")
class Edge[T]:
    """Relay's edge."""

    node: T = field("The item.")
    cursor: str = field("The place after this item.")


@strawberry.type(description="One page of a list.")
class Connection[T]:
    """Relay's connection."""

    edges: list[Edge[T]] = field("The items of the page, in the list's order.")
    page_info: PageInfo = field("Where the page lies in the list.")


def checked_first(first: int) -> int:
    """Refuse page sizes that no part would answer."""
    if not 1 <= first <= LARGEST_PAGE:
        raise Invalid(f"A page has 1 to {LARGEST_PAGE} items, not {first}.", field="first")
    return first


def connection(kind: type[Any], page: Page[Any], after: str | None) -> Connection[Any]:
    """A page of records as a connection of `kind`."""
    found = zip(page.items, page.cursors, strict=True)
    edges = [Edge(node=kind.of(record), cursor=cursor) for record, cursor in found]
    place = PageInfo(
        has_next_page=page.has_next,
        has_previous_page=after is not None,
        start_cursor=page.cursors[0] if page.cursors else None,
        end_cursor=page.end_cursor,
    )
    return Connection(edges=edges, page_info=place)


def pages(kind: Any, loader: Callable[[Loaders], Listed[Any]], description: str) -> Any:
    """A field with one list of a mentorship, a page at a time, loaded together with those of other mentorships."""

    async def resolve(self: Any, info: Info, first: First = PAGE, after: After = None) -> Any:
        key = PageKey(self.record.id, checked_first(first), after)
        return connection(kind, await loader(info.context.loaders).load(key), after)

    resolve.__annotations__ |= {"return": Connection[kind] | None}
    return strawberry.field(resolver=resolve, description=description)


def reference(kind: type[Node], attribute: str, description: str) -> Any:
    """A field with the object whose local id the record has in `attribute`; null if the viewer may not see it."""

    async def resolve(self: Any, info: Info) -> Any:
        return await shown(info, kind, getattr(self.record, attribute))

    resolve.__annotations__ |= {"return": kind | None}
    return strawberry.field(resolver=resolve, description=description)


def id_of(kind: str, attribute: str, description: str) -> Any:
    """A field with the global id of an object whose local id the record has in `attribute`."""

    def resolve(self: Any) -> Any:
        found = getattr(self.record, attribute)
        return global_id(kind, found) if found else None

    resolve.__annotations__ |= {"return": strawberry.ID | None}
    return strawberry.field(resolver=resolve, description=description)


def viewed(kind: Any, attribute: str, description: str) -> Any:
    """A field with a list that stands in the record, each item as `kind` shows it."""

    def resolve(self: Any) -> Any:
        return views(kind, getattr(self.record, attribute))

    resolve.__annotations__ |= {"return": list[kind]}
    return strawberry.field(resolver=resolve, description=description)


def views(kind: Any, records: Iterable[Any]) -> Any:
    """Each record as `kind` shows it."""
    return [kind.of(record) for record in records]
