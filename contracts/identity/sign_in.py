"""How a person shows who they are."""

from contracts.identity.people import User
from contracts.wire import Operation, Record


class Tokens(Record, frozen=True, kw_only=True):
    """A signed-in person's two tokens. The access token lives `expires_in` seconds, the refresh token is used once."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: User


class SignIn(Record, frozen=True, kw_only=True):
    """Exchange mail address and password for tokens."""

    email: str
    password: str


class Refresh(Record, frozen=True, kw_only=True):
    """Exchange a refresh token for the next pair. Using an old one again ends the whole family."""

    refresh_token: str


class SignOut(Record, frozen=True, kw_only=True):
    """End the family of this refresh token."""

    refresh_token: str


class Done(Record, frozen=True, kw_only=True):
    """It is done and there is nothing to show."""


SIGN_IN = Operation("identity.sign_in", SignIn, Tokens)
REFRESH = Operation("identity.refresh", Refresh, Tokens)
SIGN_OUT = Operation("identity.sign_out", SignOut, Done)
