"""Everything on one machine, without Docker: servers, parts, and the `inzpireu` command."""
