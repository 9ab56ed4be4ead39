"""What the workflows part needs from outside."""

from kit.settings import PartSettings


class Settings(PartSettings, frozen=True, kw_only=True):
    """Where the engine and the services are, and the keys that payloads are encrypted with.

    `worker_build` names a release where the engine's worker versioning is used; its operator then makes it current.
    """

    temporal_address: str
    goals_url: str
    sessions_url: str
    notifications_url: str
    payload_keys_file: str
    temporal_namespace: str = "default"
    worker_build: str | None = None
