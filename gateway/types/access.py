"""Passwords, invitations, roles and suspension."""

from typing import Self

import strawberry

from contracts import identity
from contracts.identity import Role
from gateway.types.identity import SignInPayload, SignOutPayload, User
from gateway.types.mutation import Input, Payload, mutation
from gateway.types.relay import field, optional


@strawberry.type(description="Whether it was asked for, or why not. It is the same for addresses that nobody has.")
class RequestPasswordResetPayload(Payload):
    """Shows identity.Done."""

    requested: bool = field("If somebody has this address, a mail is on its way.", default=False)

    @classmethod
    def of(cls, _record: identity.Done) -> Self:
        """It is done."""
        return cls(requested=True)


@strawberry.type(description="Whether the new password holds, or why not.")
class ResetPasswordPayload(Payload):
    """Shows identity.Done."""

    changed: bool = field("Whether you can sign in with it now. All earlier sign-ins have ended.", default=False)

    @classmethod
    def of(cls, _record: identity.Done) -> Self:
        """It is done."""
        return cls(changed=True)


@strawberry.input(description="Your old password and a new one.")
class ChangePasswordInput(Input):
    """Makes identity.ChangePassword."""

    current_password: str = field("The one that you have now.")
    password: str = field("The one that you want: 12 to 200 characters. Length is what helps.")


@strawberry.input(description="Whose password is lost.")
class RequestPasswordResetInput(Input):
    """Makes identity.RequestPasswordReset."""

    email: str = field("The address that you sign in with.")


@strawberry.input(description="The token of the mail, and a new password.")
class ResetPasswordInput(Input):
    """Makes identity.ResetPassword."""

    token: str = field("As it stands in the mail. It works once, for half an hour.")
    password: str = field("The one that you want: 12 to 200 characters. Length is what helps.")


@strawberry.input(description="Whom to invite.")
class InviteUserInput(Input):
    """Makes identity.InviteUser."""

    email: str = field("The address that the invitation goes to, and that this person will sign in with.")
    name: str | None = optional("What the mail calls this person; they choose a name of their own when they join.")
    roles: list[Role] | None = optional("None for mentors and mentees.")


@strawberry.input(description="The token of an invitation, and who you are.")
class AcceptInvitationInput(Input):
    """Makes identity.AcceptInvitation."""

    token: str = field("As it stands in the mail. It works once, for seven days.")
    name: str = field("What others shall call you.")
    password: str = field("A password: 12 to 200 characters. Length is what helps.")
    zone: str | None = optional("Your IANA time zone; UTC if left out.")
    email: str | None = optional("The address that you were invited at, if your form asks for it.")


@strawberry.input(description="Which role, for whom.")
class GrantRoleInput(Input):
    """Makes identity.GrantRole."""

    user_id: strawberry.ID = field("The person.")
    role: Role = field("The role.")
    programme_id: strawberry.ID | None = optional("PROGRAMME_MANAGER of this programme alone.")


@strawberry.input(description="Which role, from whom.")
class RevokeRoleInput(Input):
    """Makes identity.RevokeRole."""

    user_id: strawberry.ID = field("The person.")
    role: Role = field("The role.")
    programme_id: strawberry.ID | None = optional("The one programme that it was given for.")


@strawberry.input(description="Who shall be kept out.")
class SuspendUserInput(Input):
    """Makes identity.SuspendUser."""

    user_id: strawberry.ID = field("The person.")


@strawberry.input(description="Who may come in again.")
class ReinstateUserInput(Input):
    """Makes identity.ReinstateUser."""

    user_id: strawberry.ID = field("The person.")


@strawberry.input(description="Nothing but a key: it is about all your sign-ins.")
class SignOutEverywhereInput(Input):
    """Makes identity.SignOutEverywhere."""


@strawberry.type
class AccessMutations:
    """Changes of who may come in, and what they may do."""

    sign_out_everywhere = mutation(identity.SIGN_OUT_EVERYWHERE, SignOutEverywhereInput, SignOutPayload)
    change_password = mutation(identity.CHANGE_PASSWORD, ChangePasswordInput, SignInPayload)
    request_password_reset = mutation(
        identity.REQUEST_PASSWORD_RESET, RequestPasswordResetInput, RequestPasswordResetPayload
    )
    reset_password = mutation(identity.RESET_PASSWORD, ResetPasswordInput, ResetPasswordPayload)
    invite_user = mutation(identity.INVITE_USER, InviteUserInput, User)
    accept_invitation = mutation(identity.ACCEPT_INVITATION, AcceptInvitationInput, SignInPayload)
    grant_role = mutation(identity.GRANT_ROLE, GrantRoleInput, User)
    revoke_role = mutation(identity.REVOKE_ROLE, RevokeRoleInput, User)
    suspend_user = mutation(identity.SUSPEND_USER, SuspendUserInput, User)
    reinstate_user = mutation(identity.REINSTATE_USER, ReinstateUserInput, User)
