"""What the identity service does: load, decide, save. One function for each operation."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kit.audit import Trail
from kit.cache import Limiter
from kit.clock import Clock
from kit.turns import Turns
from services.identity.actions.provider import Providers
from services.identity.actions.sealing import Seal
from services.identity.actions.secrets import Passwords, TokenKeys
from services.identity.solver import Solve, solve_beside
from services.identity.store import Store


@dataclass(frozen=True)
class Context:
    """What the actions work with."""

    store: Store
    trail: Trail
    clock: Clock
    passwords: Passwords
    keys: TokenKeys
    limiter: Limiter
    providers: Providers
    seal: Seal
    open_registration: bool
    on_import: Callable[[], None] = lambda: None
    solve: Solve = solve_beside
    turns: Turns = field(default_factory=Turns)
