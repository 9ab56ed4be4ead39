"""What the sessions service needs from outside."""

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Where goals answers, beside what every service needs."""

    goals_url: str
