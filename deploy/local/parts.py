"""The one list of parts: what each is called, which module it runs and what it must be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.backend import VARIABLES
from deploy.local.secrets import Secrets


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process of the platform."""

    name: str
    module: str
    backends: frozenset[str]
    layer: int  # parts of a higher layer call those of lower ones, so they stop first

    @property
    def variable(self) -> str:
        """The setting by which the other parts find it."""
        return f"INZPIREU_{self.name.upper()}_URL"


def _service(name: str, *more: str) -> Part:
    return Part(name=name, module=f"services.{name}", backends=frozenset({"mongodb", "amqp", "redis", *more}), layer=0)


IDENTITY = _service("identity")
GOALS = _service("goals")
SESSIONS = _service("sessions")
NOTIFICATIONS = _service("notifications", "smtp")
WORKFLOWS = Part(name="workflows", module="workflows", backends=frozenset({"amqp", "redis", "temporal"}), layer=1)
GATEWAY = Part(name="gateway", module="gateway", backends=frozenset({"amqp", "redis"}), layer=2)

PARTS = (IDENTITY, GOALS, SESSIONS, NOTIFICATIONS, WORKFLOWS, GATEWAY)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What all parts of one installation have in common."""

    secrets: Secrets
    ports: Mapping[str, int]
    backends: Mapping[str, str]
    sandbox_clock: str | None

    def url(self, part: Part) -> str:
        """Where that part answers."""
        return f"http://127.0.0.1:{self.ports[part.name]}"

    def environment(self, part: Part) -> dict[str, str]:
        """Everything the part is configured by, and no secret of another part."""
        settings = {
            "INZPIREU_HOST": "127.0.0.1",
            "INZPIREU_PORT": str(self.ports[part.name]),
            "INZPIREU_MODE": "development",
            "INZPIREU_SHARE_PORT": "true",
            "INZPIREU_PART_KEY_FILE": str(self.secrets.part_key(part.name)),
            "INZPIREU_PARTS_JWKS_FILE": str(self.secrets.parts_jwks),
        }
        settings |= {VARIABLES[name]: self.backends[VARIABLES[name]] for name in part.backends}
        settings |= {other.variable: self.url(other) for other in PARTS if other is not GATEWAY}
        if self.sandbox_clock:
            settings["INZPIREU_SANDBOX_CLOCK"] = self.sandbox_clock
        if part is IDENTITY:
            settings["INZPIREU_TOKEN_KEYS_FILE"] = str(self.secrets.token_keys)
            settings["INZPIREU_SEALING_KEYS_FILE"] = str(self.secrets.sealing_keys)
            settings["INZPIREU_OPEN_REGISTRATION"] = "true"
        if part is WORKFLOWS:
            settings["INZPIREU_PAYLOAD_KEYS_FILE"] = str(self.secrets.payload_keys)
        return settings
