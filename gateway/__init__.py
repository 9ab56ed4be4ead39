"""One GraphQL API over all parts. It calls operations, batches, limits and shapes; it has no database and no rule."""
