"""What a part answers when it will not do what was asked. Anything else that goes wrong is a defect, not a refusal."""

from typing import ClassVar


class Refusal(Exception):
    """A no that the caller can understand and mend: a code of the closed list, a sentence, and the field at fault."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Unauthenticated(Refusal):
    """No token, or one that is expired, revoked or not ours."""

    code = "UNAUTHENTICATED"


class Forbidden(Refusal):
    """A known caller asks for what its role does not allow."""

    code = "FORBIDDEN"


class NotFound(Refusal):
    """No such object for this caller; a foreign id and an unknown one read the same."""

    code = "NOT_FOUND"

    @classmethod
    def of(cls, kind: str, object_id: str) -> "NotFound":
        """The one sentence for every missing object, so that nothing is told apart by its wording."""
        return cls(f"There is no {kind} {object_id} that you can see. Check the id.")


class Conflict(Refusal):
    """The object is in another state, phase or version than the command needs."""

    code = "CONFLICT"


class Stale(Conflict):
    """Somebody else changed the object between reading and writing it; the whole action is tried again."""


class Invalid(Refusal):
    """A value breaks a rule; `field` says which."""

    code = "INVALID"


class RateLimited(Refusal):
    """Too many tries; later it will work."""

    code = "RATE_LIMITED"


class BudgetExceeded(Refusal):
    """The request is larger than one request may be."""

    code = "BUDGET_EXCEEDED"


class Unavailable(Refusal):
    """A part or server that is needed does not answer now; nothing was lost, try again."""

    code = "UNAVAILABLE"


class IdempotencyMismatch(Refusal):
    """The same idempotency key came with another body."""

    code = "IDEMPOTENCY_MISMATCH"


KINDS: tuple[type[Refusal], ...] = (
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    Invalid,
    RateLimited,
    BudgetExceeded,
    Unavailable,
    IdempotencyMismatch,
)

BY_CODE: dict[str, type[Refusal]] = {kind.code: kind for kind in KINDS}
