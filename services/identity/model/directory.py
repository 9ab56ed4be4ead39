"""What people are found by in an organisation of many, and where they stand in it."""

import unicodedata
from datetime import datetime
from itertools import product
from typing import Any

from contracts.errors import Conflict, Invalid
from contracts.identity import OrgUnit, Role, UserState
from contracts.wire import Change, evolve
from services.identity.model.people import Account

UNITS_LIMIT = 1_000
END = "\U0010ffff"  # behind everything that begins in the same way
_LETTERS = str.maketrans(
    {
        "\u00f8": "o",
        "\u0142": "l",
        "\u0111": "d",
        "\u00f0": "d",
        "\u00fe": "th",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0131": "i",
    }
)  # fmt: skip - letters that Unicode does not take apart


def folded(text: str) -> str:
    """The text without case, accents and doubled spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()  # what stands for a letter, may be a capital
    apart = unicodedata.normalize("NFKD", plain)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.translate(_LETTERS).split())


def facet(*, state: UserState | None = None, role: Role | None = None, unit_id: str | None = None) -> str:
    """One word for a choice among states, roles and units; what is not given stands for all."""
    return f"{state or ''}|{role or ''}|{unit_id or ''}"


def found_by(account: Account) -> dict[str, Any]:
    """What is kept beside an account: every choice that it belongs to, and two keys, each one's own, to order by.

    A choice is one equality and a beginning is one range, so any list is one walk along one index.
    """
    states, roles, units = (None, account.state), (None, *account.roles), {None, account.unit_id}
    facets = {facet(state=state, role=role, unit_id=unit) for state, role, unit in product(states, roles, units)}
    return {
        "facets": sorted(facets),
        "name": f"{folded(account.name)}\n{account.id}",
        "email": f"{account.email}\n{account.id}",
    }


def create_unit(unit_id: str, org_id: str, name: str, parent_id: str | None, at: datetime) -> Change[OrgUnit]:
    """A new unit."""
    return Change(OrgUnit(id=unit_id, org_id=org_id, name=name.strip(), parent_id=parent_id, created_at=at))


def same_unit(unit: OrgUnit, parent_id: str | None) -> OrgUnit:
    """The unit, if it is the one that is wanted. Raises Conflict."""
    if unit.parent_id != parent_id:
        raise Conflict(f"There is a unit {unit.name} already, in another place. Choose another name.", field="name")
    return unit


def place(account: Account, unit_id: str | None, manager_id: str | None) -> Change[Account]:
    """A person stands here now."""
    if manager_id == account.id:
        raise Invalid("Nobody reports to themselves. Name somebody else, or nobody.", field="managerId")
    if (account.unit_id, account.manager_id) == (unit_id, manager_id):
        return Change(account)
    return Change(evolve(account, unit_id=unit_id, manager_id=manager_id))
