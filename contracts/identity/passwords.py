"""Passwords, and the single-use tokens that come by mail: for a new password, and to join an organisation."""

from enum import StrEnum

from contracts.identity.people import Password, Role, User
from contracts.identity.sign_in import Done, Tokens
from contracts.wire import Command, Event, Line, Operation, Record, topic


class MailedPurpose(StrEnum):
    """What a mailed token is for."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a name


class ChangePassword(Command, frozen=True, kw_only=True):
    """Choose another password. All your sign-ins end; the tokens that come back are those of a new one."""

    current_password: str
    password: Password


class RequestPasswordReset(Record, frozen=True, kw_only=True):
    """Ask for a mail by which a new password can be chosen. The answer never says whether there is an account."""

    email: Line


class ResetPassword(Record, frozen=True, kw_only=True):
    """Choose a new password with the token of such a mail: it works once, for half an hour. All your sign-ins end."""

    token: str
    password: Password


class InviteUser(Command, frozen=True, kw_only=True):
    """An organisation admin invites a person by mail. Inviting the address again makes the earlier mail useless."""

    email: Line
    name: Line | None = None
    roles: tuple[Role, ...] = ()


class AcceptInvitation(Record, frozen=True, kw_only=True):
    """Join with the token of the mail: it works once, for seven days, for the address and organisation it was sent for.

    `email`, where given, must be the invited address.
    """

    token: str
    name: Line
    password: Password
    zone: Line = "UTC"
    email: Line | None = None


class IssueMailedToken(Record, frozen=True, kw_only=True):
    """The notifications part is about to send a mail that needs a token. An earlier token of the request ends."""

    user_id: str
    request_id: str
    purpose: MailedPurpose


class MailedToken(Record, frozen=True, kw_only=True):
    """A token that is kept nowhere: it exists in this answer and in the mail."""

    token: str


CHANGE_PASSWORD = Operation("identity.change_password", ChangePassword, Tokens)
REQUEST_PASSWORD_RESET = Operation("identity.request_password_reset", RequestPasswordReset, Done)
RESET_PASSWORD = Operation("identity.reset_password", ResetPassword, Done)
INVITE_USER = Operation("identity.invite_user", InviteUser, User)
ACCEPT_INVITATION = Operation("identity.accept_invitation", AcceptInvitation, Tokens)
ISSUE_MAILED_TOKEN = Operation("identity.issue_mailed_token", IssueMailedToken, MailedToken)


class AccountFact(Event, frozen=True, kw_only=True):
    """Any fact about a person's account that this person is told of."""

    user_id: str


@topic("identity.user_invited.v1")
class UserInvited(AccountFact, frozen=True, kw_only=True):
    """A person may join; the mail with the token is still to be sent."""

    request_id: str


@topic("identity.password_reset_requested.v1")
class PasswordResetRequested(AccountFact, frozen=True, kw_only=True):
    """Somebody who may be this person asks for a new password; the mail with the token is still to be sent."""

    request_id: str


@topic("identity.password_changed.v1")
class PasswordChanged(AccountFact, frozen=True, kw_only=True):
    """A person has another password."""


ACCOUNT_FACTS: tuple[type[AccountFact], ...] = (UserInvited, PasswordResetRequested, PasswordChanged)
