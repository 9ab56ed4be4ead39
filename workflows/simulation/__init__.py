"""Programmes played without an engine: the same machine, people made of numbers, and instants in their order."""
