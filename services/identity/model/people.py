"""Organisations, accounts, and the families of refresh tokens."""

from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email

from contracts.errors import Invalid, Unauthenticated
from contracts.identity import (
    AccessRevoked,
    Contact,
    MailedPurpose,
    Organisation,
    Role,
    User,
    UserProvisioned,
)
from contracts.wire import Change, Record, evolve
from kit import recurrence

REFRESH_IDLE = timedelta(days=14)
REFRESH_ABSOLUTE = timedelta(days=90)
REFRESH_OVERLAP = timedelta(seconds=10)  # two tabs of one client may refresh at the same moment
LIVE_TOKENS = 4  # siblings that such an overlap may leave
SPENT_TOKENS = 64

SIGN_IN_AGAIN = "This refresh token is not valid any more. Sign in again."


class MailedRequest(Record, frozen=True, kw_only=True):
    """Something asked for that a mailed token may do once. The token is made when the mail is, and kept as a hash."""

    id: str
    purpose: MailedPurpose
    asked_at: datetime
    token_hash: str = ""
    expires_at: datetime | None = None


class Account(User, frozen=True, kw_only=True):
    """A user with the hash of the password (empty: none yet); it never leaves this service.

    `external_ids` are what providers know this person by, hashed. Access tokens issued before `tokens_since` count no
    more, and so do the families begun before `families_since`.
    """

    password_hash: str
    request: MailedRequest | None = None
    external_ids: tuple[str, ...] = ()
    tokens_since: datetime | None = None
    families_since: datetime | None = None

    def published(self) -> User:
        """The user without the secret."""
        return User(**{name: getattr(self, name) for name in User.__struct_fields__})

    def contact(self) -> Contact:
        """How to reach this person."""
        return Contact(user_id=self.id, name=self.name or self.email, email=self.email, zone=self.zone)


class SpentToken(Record, frozen=True, kw_only=True):
    """The hash of a refresh token that was used, and when; or given up `unused`, for more siblings than may live."""

    hash: str
    at: datetime
    unused: bool = False


class TokenFamily(Record, frozen=True, kw_only=True):
    """All refresh tokens that come from one sign-in. RFC 9700, section 4.14.2: reuse of a spent one ends them all.

    `mark` is the hash of what each of its tokens carries and nobody else knows: so a spent one is known however old.
    """

    id: str
    org_id: str
    user_id: str
    live: tuple[str, ...]
    spent: tuple[SpentToken, ...] = ()
    mark: str = ""
    started_at: datetime
    used_at: datetime
    ended_at: datetime | None = None
    version: int = 1


def found_organisation(org_id: str, name: str, at: datetime) -> Change[Organisation]:
    """A new tenant."""
    return Change(Organisation(id=org_id, name=name.strip(), created_at=at))


def open_account(account_id: str, org_id: str, person: "Person", at: datetime) -> Change[Account]:
    """A new person in an organisation."""
    account = Account(
        id=account_id,
        org_id=org_id,
        name=person.name.strip(),
        email=person.email,
        zone=person.zone,
        roles=person.roles,
        created_at=at,
        password_hash=person.password_hash,
    )
    return Change(account, (UserProvisioned(user_id=account_id),))


class Person(Record, frozen=True, kw_only=True):
    """What is known of somebody before there is an account. `email` and `zone` are checked."""

    name: str
    email: str
    zone: str
    roles: tuple[Role, ...]
    password_hash: str


def checked_email(text: str, *, field: str = "email") -> str:
    """The address in its one normal form, which every mail server can take (RFC 6531 is optional). Raises Invalid."""
    try:
        return str(validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email).lower()
    except EmailNotValidError as error:
        raise Invalid(f"This is not a mail address: {error}", field=field) from error


def checked_zone(text: str) -> str:
    """An IANA zone. Raises Invalid."""
    return recurrence.place_of(text).key


def start_family(
    family_id: str, account: Account, token_hash: str, at: datetime, *, mark: str = ""
) -> Change[TokenFamily]:
    """A sign-in."""
    return Change(
        TokenFamily(
            id=family_id, org_id=account.org_id, user_id=account.id, live=(token_hash,), mark=mark, started_at=at,
            used_at=at,
        )
    )  # fmt: skip


def rotate(family: TokenFamily, used: str, issued: str, at: datetime, *, mark: str = "") -> Change[TokenFamily]:
    """Exchange one token for the next. A spent token ends the family, unless it is the last one and spent just now.

    `mark` is the hash of the one that both carry; a family that has none yet gets it.
    """
    if family.ended_at or at - family.used_at > REFRESH_IDLE or at - family.started_at > REFRESH_ABSOLUTE:
        raise Unauthenticated(SIGN_IN_AGAIN)
    if used in family.live:
        live = tuple(token for token in family.live if token != used)
        spent = (*family.spent, SpentToken(hash=used, at=at))[-SPENT_TOKENS:]
        return Change(evolve(family, live=(*live, issued), spent=spent, used_at=at, mark=family.mark or mark))
    known = next((each for each in family.spent if each.hash == used), None)
    if known and known == family.spent[-1] and at - known.at <= REFRESH_OVERLAP:
        return Change(_with_sibling(family, issued, at))
    if (known and not known.unused) or (not known and family.mark and family.mark == mark):
        return end_family(family, at)
    raise Unauthenticated(SIGN_IN_AGAIN)


def _with_sibling(family: TokenFamily, issued: str, at: datetime) -> TokenFamily:
    """One more token beside those that live; the oldest is given up where there are too many, and harms nobody."""
    given_up = [SpentToken(hash=each, at=at, unused=True) for each in family.live[: 1 - LIVE_TOKENS]]
    spent = (*family.spent[:-1], *given_up, family.spent[-1])[-SPENT_TOKENS:]
    return evolve(family, live=(*family.live, issued)[-LIVE_TOKENS:], spent=spent, used_at=at)


def end_family(family: TokenFamily, at: datetime) -> Change[TokenFamily]:
    """None of its tokens works any more, and all parts are told."""
    if family.ended_at:
        return Change(family)
    return Change(evolve(family, ended_at=at, live=()), (AccessRevoked(subject_id=family.id, not_before=at),))
