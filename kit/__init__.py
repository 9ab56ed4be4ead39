"""How a part runs: settings, process, calls, events, storage, clock, tokens, logs. Knows no word of the domain."""
