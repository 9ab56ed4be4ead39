"""The least a part can ask for."""

from kit.settings import PartSettings


class Settings(PartSettings, frozen=True, kw_only=True):
    """Nothing of its own."""
