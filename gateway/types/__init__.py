"""What the API is made of, one file per domain: types with `of(record)`, inputs, queries, mutations, subscriptions."""

from gateway.types import scalars as scalars  # first: Strawberry reads an enumeration when it first meets it
