"""The units of an organisation, and who stands where in it."""

from contracts.identity.people import OrgUnit, User
from contracts.wire import ByIds, Command, Line, Operation, Page, Record


class CreateUnit(Command, frozen=True, kw_only=True):
    """An organisation admin names a unit. Its name stands once in an organisation, whatever the case."""

    name: Line
    parent_id: str | None = None


class ListUnits(Record, frozen=True, kw_only=True):
    """The units of the organisation, oldest first."""

    first: int = 20
    after: str | None = None


class PlaceUser(Command, frozen=True, kw_only=True):
    """An organisation admin says which unit a person belongs to and whom they report to; what is left out is none."""

    user_id: str
    unit_id: str | None = None
    manager_id: str | None = None


CREATE_UNIT = Operation("identity.create_unit", CreateUnit, OrgUnit)
GET_UNITS = Operation("identity.get_units", ByIds, tuple[OrgUnit, ...], safe=True)
LIST_UNITS = Operation("identity.list_units", ListUnits, Page[OrgUnit], safe=True)
PLACE_USER = Operation("identity.place_user", PlaceUser, User)
