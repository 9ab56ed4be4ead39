"""What the sessions service needs from outside."""

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Nothing beyond what every service needs."""
