"""Every path through the schema from a field, as selections small enough for one request."""

from collections.abc import Iterator

from graphql import GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType, get_named_type

from tests.system.rights.asking import SCHEMA, arguments
from tests.system.rights.everything import Everything

SPREAD = "... on"
TOKENS = 700  # of a request that the endpoint surely takes
PASSING = {name for name in SCHEMA.type_map if name.endswith(("Connection", "Edge"))}  # a list is one step of a path


def walks(kind: GraphQLObjectType, depth: int, everything: Everything) -> Iterator[str]:
    """Selections of everything within so many steps from an object of this kind, in parts."""
    leaves, branches = _parts(kind, everything)
    yield " ".join(["__typename", *leaves])
    if depth == 0:
        return
    for name, target in branches:
        if isinstance(target, GraphQLInterfaceType):
            for each in SCHEMA.get_implementations(target).objects:
                inner = packed(list(walks(each, depth - 1, everything)))
                yield from (f"{name} {{ {SPREAD} {each.name} {{ {some} }} }}" for some in inner)
            continue
        parts = list(walks(target, depth - (target.name not in PASSING), everything))
        yield from (f"{name} {{ {some} }}" for some in packed(parts))


def _parts(
    kind: GraphQLObjectType, everything: Everything
) -> tuple[list[str], list[tuple[str, GraphQLObjectType | GraphQLInterfaceType]]]:
    leaves, branches = [], []
    for name, field in kind.fields.items():
        if any(isinstance(each.type, GraphQLNonNull) and each.default_value is None for each in field.args.values()):
            continue
        target = get_named_type(field.type)
        call = f"{name}{arguments(name, field, everything)}"
        if isinstance(target, GraphQLObjectType | GraphQLInterfaceType):
            branches.append((call, target))
        else:
            leaves.append(call)
    return leaves, branches


def packed(parts: list[str]) -> Iterator[str]:
    """As many parts together as one request takes; kinds that may be at one place have fields that do not agree."""
    together: list[str] = []
    for part in parts:
        if SPREAD in part:
            yield part
            continue
        if together and sum(len(each.split()) for each in (*together, part)) > TOKENS:
            yield " ".join(together)
            together = []
        together.append(part)
    yield " ".join(together)
