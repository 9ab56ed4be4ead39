"""A part that does nothing but run: what the launcher's tests start in place of the real ones."""
