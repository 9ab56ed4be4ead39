"""Mail for real: what a server answers decides what becomes of a mail, and no mail is sent twice or forgotten."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from contracts.errors import Unavailable
from contracts.identity import GET_CONTACTS, Contact
from contracts.notifications import MailState, Notification, Template
from contracts.wire import ByIds, Caller
from kit.clock import Clock
from kit.command import Stamp
from kit.mongo import Database
from kit.rpc import Answer, Client, http_session, operation_routes
from services.notifications import model
from services.notifications.channels.email import Mailbox, compose
from services.notifications.channels.mailer import ABANDONED_AFTER, Mailer
from services.notifications.channels.wording import Wording
from services.notifications.model.messages import Message
from services.notifications.store import Store
from tests.builders import NOW
from tests.kit.serving import Keys, serving
from tests.system.polling import until


class PostOffice:
    """An SMTP server that answers as it is told, and keeps what it accepts."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.at_recipient: Callable[[str], str] = lambda _: "250 fine"
        self.at_data = "250 fine"
        self.cut_after: int | None = None
        self.hold: asyncio.Event | None = None
        self.held = 0
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - the name that the server looks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_recipient(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hold is not None and envelope.rcpt_tos[0].startswith("slow"):
            self.held += 1
            await self.hold.wait()
        if self.at_data.startswith("2"):
            self.mails.append(envelope)
        if self.cut_after is not None and len(self.mails) >= self.cut_after:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.at_data

    async def is_holding(self) -> bool:
        """Whether somebody waits for the answer to a mail."""
        return self.held > 0

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was accepted."""
        contents = (mail.content for mail in self.mails)
        return [
            str(message_from_bytes(content, policy=policy.default)["Message-ID"])
            for content in contents
            if isinstance(content, bytes)
        ]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Serve; gives the address."""
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self, hostname="sink.example"), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        yield f"smtp://127.0.0.1:{self.port}"
        server.close()


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    """A post office that is open."""
    office = PostOffice()
    async with office.open():
        yield office


def mailbox_at(office: PostOffice) -> Mailbox:
    return Mailbox(f"smtp://127.0.0.1:{office.port}", "InzpireU <no-reply@inzpireu.example>")


def a_mail(address: str = "maria@example.com") -> Any:
    return compose(
        sender="InzpireU <no-reply@inzpireu.example>",
        name="Maria",
        address=address,
        subject="A goal is reached",
        bodies=("plain", "<p>html</p>"),
        message_id="n-1",
        at=NOW,
    )


async def test_an_accepted_mail_is_sent(office: PostOffice) -> None:
    async with mailbox_at(office) as mailbox:
        assert await mailbox.send(a_mail()) is MailState.SENT
    (envelope,) = office.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@inzpireu.example", ["maria@example.com"])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 greylisted, come back", MailState.PENDING),
        ("452 mailbox full", MailState.PENDING),
        ("550 nobody here by that name", MailState.FAILED),
        ("553 no", MailState.FAILED),
    ],
)
async def test_what_the_server_says_to_the_recipient_decides(
    office: PostOffice, answer: str, outcome: MailState
) -> None:
    office.at_recipient = lambda _: answer
    async with mailbox_at(office) as mailbox:
        assert await mailbox.send(a_mail()) is outcome


@pytest.mark.parametrize(
    ("answer", "outcome"), [("451 later", MailState.PENDING), ("554 looks like spam", MailState.FAILED)]
)
async def test_what_the_server_says_to_the_mail_decides(office: PostOffice, answer: str, outcome: MailState) -> None:
    office.at_data = answer
    async with mailbox_at(office) as mailbox:
        assert await mailbox.send(a_mail()) is outcome


async def test_a_mail_after_a_refused_one_goes_out_on_the_same_connection(office: PostOffice) -> None:
    office.at_recipient = lambda address: "550 no" if address.startswith("nobody") else "250 fine"
    async with mailbox_at(office) as mailbox:
        assert await mailbox.send(a_mail("nobody@example.com")) is MailState.FAILED
        assert await mailbox.send(a_mail()) is MailState.SENT


async def test_nobody_knows_what_became_of_a_mail_whose_server_hung_up_before_it_answered(office: PostOffice) -> None:
    office.cut_after = 1
    async with mailbox_at(office) as mailbox:
        assert await mailbox.send(a_mail()) is MailState.UNKNOWN
        assert not mailbox.is_open


async def test_no_server_means_that_nothing_was_sent() -> None:
    with pytest.raises(Unavailable):
        await mailbox_at(PostOffice()).__aenter__()


class Desk:
    """A mailer over a real database, asking a real HTTP server for contacts."""

    def __init__(self, store: Store, colleague: Callable[[], Mailer]) -> None:
        self.store, self.mailer, self.colleague = store, colleague(), colleague

    async def tell(self, recipient: str, *, org_id: str = "acme") -> str:
        """One notification, not yet mailed."""
        message = Message(recipient, Template.GOAL_AGREED, "mentorship-1", uuid.uuid4().hex)
        by = Stamp(org_id=org_id, actor_id="sofia", at=NOW)
        made = await self.store.notifications.create(by, lambda new_id: model.notify(new_id, org_id, message, NOW))
        self.mailer.wake()
        return made.id

    async def state(self, notification_id: str) -> MailState:
        """What became of its mail."""
        return (await self.store.notifications.get("acme", notification_id)).mail

    async def settled(self, *notification_ids: str) -> list[MailState]:
        """What became of all of them, once none is pending or in hand."""
        open_states = {MailState.PENDING, MailState.SENDING}

        async def look() -> list[MailState] | None:
            states = [await self.state(each) for each in notification_ids]
            return None if open_states & set(states) else states

        return await until(look, "the mails to settle") or []


async def contacts(caller: Caller, request: ByIds) -> tuple[Contact, ...]:
    """Everybody but `gone` has an address."""
    assert caller.part == "notifications"
    return tuple(
        Contact(user_id=each, name=f"{each}=?utf-8?q?=0D=0A?=", email=f"{each}@example.com", zone="UTC")
        for each in request.ids
        if each != "gone"
    )


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A pool of connections."""
    async with http_session() as session:
        yield session


@pytest.fixture
async def desk(
    database: Database, office: PostOffice, http: aiohttp.ClientSession, tmp_path: Path
) -> AsyncIterator[Desk]:
    """A mailer that is not yet running."""

    async def ask_nobody(_org_id: str, _object_id: str) -> None:
        return None

    keys = Keys(tmp_path / "secrets")
    store = Store(database, ask_nobody, lambda: None)
    await store.notifications.prepare()
    verifier = keys.verifier("http://127.0.0.1:9", http)
    async with serving(operation_routes([Answer(GET_CONTACTS, contacts)], verifier)) as url:
        colleague = partial(
            Mailer,
            store=store,
            wording=Wording(),
            clock=Clock(),
            identity=Client("identity", url, http),
            signer=keys.signer("notifications"),
            open_mailbox=lambda: mailbox_at(office),
        )
        yield Desk(store, colleague)


async def test_each_notification_is_mailed_once_under_its_own_id(desk: Desk, office: PostOffice) -> None:
    ids = [await desk.tell(f"person{number}") for number in range(12)]
    async with desk.mailer:
        assert set(await desk.settled(*ids)) == {MailState.SENT}
    assert sorted(office.ids) == sorted(f"<{each}@inzpireu>" for each in ids)


async def test_an_account_that_is_gone_gets_no_mail_and_holds_nobody_up(desk: Desk, office: PostOffice) -> None:
    gone, maria = await desk.tell("gone"), await desk.tell("maria")
    async with desk.mailer:
        assert await desk.settled(gone, maria) == [MailState.FAILED, MailState.SENT]
    assert len(office.mails) == 1


async def test_a_recipient_whose_server_says_later_holds_nobody_up(desk: Desk, office: PostOffice) -> None:
    office.at_recipient = lambda address: "450 later" if address.startswith("slow") else "250 fine"
    slow, maria = await desk.tell("slow"), await desk.tell("maria")
    async with desk.mailer:
        assert await desk.settled(maria) == [MailState.SENT]
        assert await desk.state(slow) is MailState.PENDING


async def test_mails_behind_one_that_was_cut_off_are_sent_later(desk: Desk, office: PostOffice) -> None:
    first, second = await desk.tell("maria"), await desk.tell("sofia")
    office.cut_after = 1
    with pytest.raises(Unavailable):
        await desk.mailer.send_batch()
    assert [await desk.state(first), await desk.state(second)] == [MailState.UNKNOWN, MailState.PENDING]
    office.cut_after = None
    async with desk.mailer:
        assert await desk.settled(first, second) == [MailState.UNKNOWN, MailState.SENT]
    assert office.ids == [f"<{first}@inzpireu>", f"<{second}@inzpireu>"]


async def test_a_mail_that_a_dead_process_had_in_hand_is_not_sent_again(desk: Desk, office: PostOffice) -> None:
    left = await desk.tell("maria")
    stored = await desk.store.notifications.load("acme", left)
    began = Clock().real_now() - ABANDONED_AFTER - timedelta(seconds=1)
    by = Stamp(org_id="acme", actor_id="x", at=NOW)
    await desk.store.notifications.amend(stored, by, lambda each: model.start_mail(each, began))
    async with desk.mailer:
        assert await desk.settled(left) == [MailState.UNKNOWN]
    assert office.mails == []


async def test_a_mailer_that_starts_leaves_alone_what_another_one_is_sending(desk: Desk, office: PostOffice) -> None:
    in_hand, free = await desk.tell("slow"), await desk.tell("maria")
    office.hold = asyncio.Event()
    first = asyncio.create_task(desk.mailer.send_batch())
    await until(office.is_holding, "the first mailer to have a mail in hand")
    second = desk.colleague()
    await second.give_up_abandoned()
    assert await desk.state(in_hand) is MailState.SENDING
    async with second:
        assert await desk.settled(free) == [MailState.SENT]
        assert await desk.state(in_hand) is MailState.SENDING
        office.hold.set()
        await first
    assert await desk.settled(in_hand) == [MailState.SENT]
    assert sorted(office.ids) == sorted(f"<{each}@inzpireu>" for each in (in_hand, free))


async def test_two_mailers_send_each_mail_once(desk: Desk, office: PostOffice) -> None:
    ids = [await desk.tell(f"person{number}") for number in range(6)]
    await asyncio.gather(desk.mailer.send_batch(), desk.mailer.send_batch())
    assert set(await desk.settled(*ids)) == {MailState.SENT}
    assert sorted(office.ids) == sorted(f"<{each}@inzpireu>" for each in ids)


async def test_a_mailer_that_is_stopped_ends_what_it_has_in_hand(desk: Desk, office: PostOffice) -> None:
    ids = [await desk.tell(f"person{number}") for number in range(8)]

    async def one_is_sent() -> bool:
        return bool(office.mails)

    async with desk.mailer:
        await until(one_is_sent, "a mail")
    states = [await desk.state(each) for each in ids]
    assert set(states) <= {MailState.SENT, MailState.PENDING}
    assert states.count(MailState.SENT) == len(office.mails)


async def test_what_is_read_while_its_mail_goes_out_is_read_and_sent(desk: Desk, office: PostOffice) -> None:
    notification_id = await desk.tell("maria")
    stored = await desk.store.notifications.load("acme", notification_id)
    by = Stamp(org_id="acme", actor_id="maria", at=NOW)
    read: Notification = await desk.store.notifications.amend(stored, by, lambda each: model.mark_read(each, NOW))
    async with desk.mailer:
        assert await desk.settled(read.id) == [MailState.SENT]
    assert (await desk.store.notifications.get("acme", read.id)).read_at == NOW
