"""The words of every message: one catalogue a language, and the layout of a mail."""
