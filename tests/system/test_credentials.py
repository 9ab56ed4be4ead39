"""Passwords and invitations at the endpoint: what a mailed token may do, once, and what nobody is told."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.local.backends import Backends
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from services.identity.model.people import SPENT_TOKENS
from tests.system.mails import Mails
from tests.system.polling import until

PASSWORD, ANOTHER = "a long phrase for the story", "another long phrase for it"
INVITED, RESET, CHANGED = "You are invited", "Choose a new password", "password was changed"


@dataclass
class Office:
    """An organisation with its administrator, at an endpoint whose mails can be read."""

    endpoint: str
    domain: str
    ada: Person
    mails: Mails
    people: AsyncExitStack

    async def somebody(self, name: str) -> Person:
        """A person who is not signed in."""
        return await self.people.enter_async_context(Person(name, self.endpoint))

    async def member(self, name: str, password: str = PASSWORD) -> tuple[Person, str]:
        """A new person of the organisation, signed in, and the address."""
        email = f"{name.lower()}-{uuid.uuid4().hex[:6]}@{self.domain}"
        await self.ada.do("addUser", "user { id }", name=name, email=email, password=password)
        person = await self.somebody(name)
        await person.sign_in(email, password)
        return person, email

    async def invited(self, **fields: Any) -> tuple[str, str]:
        """The address of somebody who is invited, and the token of the mail."""
        email = f"nina-{uuid.uuid4().hex[:6]}@{self.domain}"
        await self.ada.do("inviteUser", "user { id state }", email=email, **fields)
        return email, await self.mails.token(email, INVITED)


@pytest.fixture(scope="module")
async def office(stack: Stack, backends: Backends) -> AsyncIterator[Office]:
    """One organisation for all tests of this file; each brings its own people."""
    endpoint, domain = f"{stack.gateway_url}/graphql", f"{uuid.uuid4().hex[:8]}.example"
    async with AsyncExitStack() as people:
        ada = await people.enter_async_context(Person("Ada", endpoint))
        email = f"ada@{domain}"
        await ada.do(
            "registerOrganisation", "admin { id }", name="Acme", adminName="Ada", adminEmail=email, password=PASSWORD
        )
        await ada.sign_in(email, PASSWORD)
        yield Office(endpoint, domain, ada, Mails(backends.mail), people)


async def refusal(attempt: Awaitable[Any]) -> Refused:
    """The refusal of an attempt."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


async def outcomes(attempts: list[Any]) -> tuple[int, set[tuple[str, str]]]:
    """How many attempts made at once went well, and what the others were told."""
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    told = {(each.code, each.message) for each in answers if isinstance(each, Refused)}
    assert all(isinstance(each, dict | Refused) for each in answers), answers
    return sum(isinstance(each, dict) for each in answers), told


async def test_a_changed_password_ends_every_sign_in_but_the_one_it_gives(office: Office) -> None:
    sam, email = await office.member("Sam")
    old = sam.refresh_token
    wrong = await refusal(sam.do("changePassword", "accessToken", currentPassword="not it", password=ANOTHER))
    assert wrong.code == "UNAUTHENTICATED"
    short = await refusal(sam.do("changePassword", "accessToken", currentPassword=PASSWORD, password="short"))
    assert (short.code, short.field) == ("INVALID", "password")
    changed = await sam.do("changePassword", "accessToken refreshToken", currentPassword=PASSWORD, password=ANOTHER)
    assert (await refusal(sam.do("refreshToken", "accessToken", refreshToken=old))).code == "UNAUTHENTICATED"

    async def old_token_is_refused() -> bool:
        try:
            await sam.ask("{ me { id } }")
        except Refused as refused:
            return refused.code == "UNAUTHENTICATED"
        return False

    await until(old_token_is_refused, "the old access token to be called back", seconds=5)
    sam.use(changed["accessToken"], changed["refreshToken"])
    assert (await sam.ask("{ me { id } }"))["me"]["id"] == sam.id
    anybody = await office.somebody("Anybody")
    assert (await refusal(anybody.sign_in(email, PASSWORD))).code == "UNAUTHENTICATED"
    await anybody.sign_in(email, ANOTHER)

    async def told() -> bool:
        return len(office.mails.to(email, CHANGED)) == 1

    await until(told, "the person to be told of the change")


async def test_a_password_is_reset_once_by_mail_and_ends_every_sign_in(office: Office) -> None:
    sam, email = await office.member("Sam")
    anybody = await office.somebody("Anybody")
    await anybody.do("requestPasswordReset", "requested", email=email.upper())
    token = await office.mails.token(email, RESET)
    short = await refusal(anybody.do("resetPassword", "changed", token=token, password="short"))
    assert (short.code, short.field) == ("INVALID", "password")
    done, told = await outcomes(
        [anybody.do("resetPassword", "changed", token=token, password=f"{ANOTHER} {n}") for n in range(20)]
    )
    assert (done, len(told)) == (1, 1)
    unknown = await refusal(anybody.do("resetPassword", "changed", token="a.b.c", password=ANOTHER))
    assert told == {(unknown.code, unknown.message)}
    again = sam.do("refreshToken", "accessToken", refreshToken=sam.refresh_token)
    assert (await refusal(again)).code == "UNAUTHENTICATED"


async def test_nobody_learns_whether_an_address_has_an_account(office: Office) -> None:
    _, email = await office.member("Sam")
    anybody = await office.somebody("Anybody")
    unknown = f"nobody@{office.domain}"
    answers = [await anybody.do("requestPasswordReset", "requested", email=each) for each in (email, unknown)]
    assert answers[0] == answers[1]
    await office.mails.token(email, RESET)
    assert office.mails.to(unknown, RESET) == []


async def test_too_many_tries_lock_an_address_for_a_while_and_a_reset_opens_it(office: Office) -> None:
    sam, email = await office.member("Sam")
    anybody = await office.somebody("Anybody")
    said = []
    for address in (email, f"nobody@{office.domain}"):
        refused = [await refusal(anybody.sign_in(address, "not the right one")) for _ in range(11)]
        said.append([(each.code, each.message) for each in refused])
    assert said[0] == said[1]
    assert [code for code, _ in said[0]] == ["UNAUTHENTICATED"] * 10 + ["RATE_LIMITED"]
    assert (await refusal(anybody.sign_in(email, PASSWORD))).code == "RATE_LIMITED"
    await sam.do("refreshToken", "accessToken", refreshToken=sam.refresh_token)  # who is signed in stays so
    await anybody.do("requestPasswordReset", "requested", email=email)
    token = await office.mails.token(email, RESET)
    await anybody.do("resetPassword", "changed", token=token, password=ANOTHER)
    await anybody.sign_in(email, ANOTHER)


async def test_an_invited_person_joins_once(office: Office) -> None:
    email, token = await office.invited(roles=["AUDITOR"])
    nina = await office.somebody("Nina")
    asked: dict[str, Any] = {"name": "Nina", "password": PASSWORD, "zone": "Europe/Berlin"}
    nowhere = await refusal(nina.do("acceptInvitation", "accessToken", token=token, **{**asked, "zone": "Mars/Base"}))
    assert (nowhere.code, nowhere.field) == ("INVALID", "zone")
    returning = "accessToken user { name zone state roles email }"
    done, told = await outcomes([nina.do("acceptInvitation", returning, token=token, **asked) for _ in range(20)])
    assert (done, len(told)) == (1, 1)
    signed_in = await nina.do("signIn", returning, email=email, password=PASSWORD)
    assert signed_in["user"] == {
        "name": "Nina", "zone": "Europe/Berlin", "state": "ACTIVE", "roles": ["AUDITOR"], "email": email,
    }  # fmt: skip


async def test_an_invitation_that_does_not_hold_is_refused_in_one_way(office: Office, stranger: Person) -> None:
    email, first = await office.invited()
    await office.ada.do("inviteUser", "user { id }", email=email)
    token = await office.mails.token(email, INVITED, number=2)
    other_email, other = await office.invited()
    org_id, user_id, secret = token.split(".")
    forged = {
        "superseded": first,
        "of another address": f"{org_id}.{other.split('.')[1]}.{secret}",
        "of another organisation": f"{uuid.uuid4()}.{user_id}.{secret}",
        "cut": token[:-1],
        "nothing": "",
    }
    nina = await office.somebody("Nina")
    asked = {"name": "Nina", "password": PASSWORD}
    attempts = [nina.do("acceptInvitation", "accessToken", token=each, **asked) for each in forged.values()]
    attempts.append(nina.do("acceptInvitation", "accessToken", token=token, email=other_email, **asked))
    attempts.append(nina.do("resetPassword", "changed", token=token, password=PASSWORD))
    told = [await refusal(each) for each in attempts]
    assert {(each.code, each.field) for each in told} == {("INVALID", "token")}
    assert len({each.message for each in told[:-1]}) == 1
    assert (await refusal(nina.sign_in(email, PASSWORD))).code == "UNAUTHENTICATED"
    joined = await nina.do("acceptInvitation", "user { name }", token=token, email=email.upper(), **asked)
    assert joined["user"]["name"] == "Nina"
    late = await refusal(office.ada.do("inviteUser", "user { id }", email=email))
    assert (late.code, late.field) == ("CONFLICT", "email")
    taken = await refusal(stranger.do("inviteUser", "user { id }", email=email))
    assert (taken.code, taken.field) == ("CONFLICT", "email")


async def test_only_an_administrator_invites(office: Office) -> None:
    sam, _ = await office.member("Sam")
    email = f"x@{office.domain}"
    assert (await refusal(sam.do("inviteUser", "user { id }", email=email))).code == "FORBIDDEN"
    anybody = await office.somebody("Anybody")
    assert (await refusal(anybody.do("inviteUser", "user { id }", email=email))).code == "UNAUTHENTICATED"
    wrong = await refusal(office.ada.do("inviteUser", "user { id }", email="not an address"))
    assert (wrong.code, wrong.field) == ("INVALID", "email")


async def test_a_mailed_token_stands_in_the_mail_and_nowhere_else(office: Office, stack: Stack) -> None:
    email, token = await office.invited(name="Nina Nachname")
    secret = token.rpartition(".")[2]
    logs = "".join(file.read_text() for file in (stack.state / "logs").glob("*.log"))
    assert "mail_handled" in logs
    assert secret not in logs
    assert email not in logs
    answer = await office.ada.ask("{ users(first: 100) { edges { node { email state } } } }")
    states = {edge["node"]["email"]: edge["node"]["state"] for edge in answer["users"]["edges"]}
    assert states[email] == "INVITED"
    assert secret not in repr(answer)


async def test_an_imported_person_counts_as_administrator_once_here(office: Office) -> None:
    email = f"kim-{uuid.uuid4().hex[:6]}@{office.domain}"
    table = f"name,email,roles\nKim,{email},org_admin\n"
    report = await _imported(office.ada, table)
    assert (report["state"], [each["field"] for each in report["problems"]]) == ("REFUSED", ["roles"])
    assert (await _imported(office.ada, table.replace("org_admin", "")))["created"] == 1
    invited = await office.ada.do("inviteUser", "user { id }", email=email)
    me = (await office.ada.ask("{ me { id } }"))["me"]["id"]
    given = {"userId": invited["user"]["id"], "role": "ORG_ADMIN"}
    await office.ada.do("grantRole", "user { id }", **given)
    own = {"userId": me, "role": "ORG_ADMIN"}
    last = await refusal(office.ada.do("revokeRole", "user { id }", **own))
    assert (last.code, last.field) == ("CONFLICT", "userId"), "who has not joined cannot administer"

    kim = await office.somebody("Kim")
    token = await office.mails.token(email, INVITED)
    tokens = await kim.do("acceptInvitation", "accessToken", token=token, name="Kim", password=PASSWORD)
    kim.use(tokens["accessToken"])
    await kim.do("revokeRole", "user { id }", **own)
    last = await refusal(kim.do("revokeRole", "user { id }", **given))
    assert (last.code, last.field) == ("CONFLICT", "userId")
    await kim.do("grantRole", "user { id }", **own)
    await office.ada.renew()


async def _imported(admin: Person, csv: str) -> dict[str, Any]:
    """The report of an import that has ended."""
    started = (await admin.do("importUsers", "userImport { id }", csv=csv))["userImport"]["id"]
    document = "query($id: ID!) { userImport(id: $id) { state created problems { field } } }"
    found: dict[str, Any] = {}

    async def is_over() -> bool:
        found.update((await admin.ask(document, id=started))["userImport"])
        return found["state"] in ("DONE", "REFUSED")

    await until(is_over, "the end of the import")
    return found


async def test_a_refresh_token_of_long_ago_ends_the_sign_in(office: Office) -> None:
    sam, _ = await office.member("Sam")
    oldest = sam.refresh_token
    for _ in range(SPENT_TOKENS + 2):
        await sam.renew()
    stranger = await office.somebody("Stranger")
    guessed = ".".join([*oldest.split(".")[:2], "guessed", oldest.split(".")[3]])
    assert (await refusal(stranger.do("refreshToken", "accessToken", refreshToken=guessed))).code == "UNAUTHENTICATED"
    await sam.renew()
    assert (await refusal(stranger.do("refreshToken", "accessToken", refreshToken=oldest))).code == "UNAUTHENTICATED"
    assert (await refusal(sam.renew())).code == "UNAUTHENTICATED"
