"""How large one request may be: checked before anything runs, in time linear to the document.

Depth, aliases and root fields are one rule with a memo per fragment: rules that walk into each spread again take
exponential time on nested fragments (a 676-byte query took half a second).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
)
from graphql.validation import MaxIntrospectionDepthRule
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from contracts.identity import Role

BODY = 100_000  # bytes of one request
TOKENS = 1_000  # of one document
DEPTH = 10  # fields inside one another
ALIASES = 15  # in one operation, those of spread fragments counted each time
ROOT_FIELDS = 10  # in one operation
# or one request could try many passwords or tokens
ALONE = frozenset(
    {
        "signIn",
        "refreshToken",
        "registerOrganisation",
        "changePassword",
        "requestPasswordReset",
        "resetPassword",
        "acceptInvitation",
        "thirdPartyFeedback",
        "submitThirdPartyFeedback",
    }
)
CACHED_DOCUMENTS = 64  # of at most TOKENS tokens each: some 30 MB at the worst


@dataclass(frozen=True, slots=True)
class Size:
    """How large a selection is."""

    depth: int = 0
    aliases: int = 0
    fields: tuple[str, ...] = ()

    def beside(self, other: "Size") -> "Size":
        """Both selections next to each other; names beyond the limit need not be kept."""
        names = (self.fields + other.fields)[: ROOT_FIELDS + 1]
        return Size(max(self.depth, other.depth), self.aliases + other.aliases, names)


class SizeRule(ASTValidationRule):
    """Refuses operations that are too deep, have too many aliases or too many root fields."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._fragments: dict[str, Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure the whole operation at once; fragments are measured where they are first spread."""
        size = self._selection(node.selection_set)
        for problem in _problems(size):
            self.report_error(GraphQLError(problem, node))

    def _selection(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                size = size.beside(self._field(node))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._spread(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self._selection(node.selection_set))
        return size

    def _field(self, node: FieldNode) -> Size:
        name = node.name.value
        # introspection is as deep as types are wrapped; graphql-core's own rule bounds it
        inner = Size() if name.startswith("__") else self._selection(node.selection_set)
        return Size(inner.depth + 1, inner.aliases + (node.alias is not None), (name,))

    def _spread(self, name: str) -> Size:
        if name not in self._fragments:
            self._fragments[name] = Size()  # what a fragment that spreads itself adds; another rule reports it
            fragment = self.context.get_fragment(name)
            if isinstance(fragment, FragmentDefinitionNode):
                self._fragments[name] = self._selection(fragment.selection_set)
        return self._fragments[name]


def _problems(size: Size) -> Iterator[str]:
    if size.depth > DEPTH:
        yield f"The operation is {size.depth} fields deep; at most {DEPTH} are allowed."
    if size.aliases > ALIASES:
        yield f"The operation has {size.aliases} aliases; at most {ALIASES} are allowed."
    if len(size.fields) > ROOT_FIELDS:
        yield f"The operation has more than {ROOT_FIELDS} root fields. Send several operations."
    alone = ALONE.intersection(size.fields)
    if alone and len(size.fields) > 1:
        yield f"{min(alone)} must be the only root field of its operation."


@lru_cache(CACHED_DOCUMENTS)
def parsed(query: str) -> DocumentNode:
    """The document, remembered. Raises GraphQLSyntaxError, also for one that has too many tokens."""
    return parse(query, max_lexical_tokens=TOKENS, max_comments=TOKENS)


@lru_cache(CACHED_DOCUMENTS)
def _errors(schema: GraphQLSchema, document: DocumentNode, introspection: bool) -> list[GraphQLError]:
    too_large = validate_document(schema, document, (SizeRule, MaxIntrospectionDepthRule))
    if too_large:  # the other rules cost more than these, so they see no document that these refuse
        for error in too_large:
            error.extensions = {"code": "BUDGET_EXCEEDED"}
        return too_large
    rules = specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
    return validate_document(schema, document, rules)


class Checks(SchemaExtension):
    """Parses and validates, each document once as long as it is remembered."""

    def __init__(self, *, production: bool = False) -> None:
        super().__init__()
        self._production = production

    def on_parse(self) -> Iterator[None]:
        """Take the remembered document. Raises GraphQLSyntaxError, before Strawberry would parse it a second time."""
        query = self.execution_context.query
        assert query, "Strawberry refuses an empty query before this"
        self.execution_context.graphql_document = parsed(query)
        yield

    def on_validate(self) -> Iterator[None]:
        """Check sizes first, then the rules of GraphQL."""
        context = self.execution_context
        assert context.graphql_document is not None
        errors = _errors(context.schema._schema, context.graphql_document, self._introspects())
        context.pre_execution_errors = errors or self._unnamed() or None
        yield

    def _unnamed(self) -> list[GraphQLError]:
        """Strawberry would run the first of several operations; GraphQL wants to be told which."""
        context = self.execution_context
        assert context.graphql_document is not None
        operations = [
            node for node in context.graphql_document.definitions if isinstance(node, OperationDefinitionNode)
        ]
        if len(operations) == 1 or context._provided_operation_name:
            return []
        return [
            GraphQLError("The document has several operations: say in `operationName` which one to run.", operations)
        ]

    def _introspects(self) -> bool:
        """In production only an organisation admin may ask the endpoint for its schema."""
        return not self._production or Role.ORG_ADMIN in self.execution_context.context.viewer.caller.roles
