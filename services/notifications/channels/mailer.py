"""The worker that sends what is pending: takes a mail in hand, sends it, writes down what became of it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from time import monotonic

from contracts.errors import Conflict, Refusal, Unavailable
from contracts.identity import GET_CONTACTS, ISSUE_MAILED_TOKEN, Contact, IssueMailedToken
from contracts.notifications import MailState, Notification
from contracts.wire import ByIds
from kit.auth import PartSigner
from kit.clock import Clock
from kit.command import Stamp, until_fresh
from kit.metrics import MAILS
from kit.mongo import Stored
from kit.rpc import Client
from kit.telemetry import log
from services.notifications import model
from services.notifications.channels.email import DEADLINE, Mailbox, compose
from services.notifications.channels.invitations import invitation_of, people_in
from services.notifications.channels.wording import Wording
from services.notifications.model import MAILED_TOKEN
from services.notifications.store import Store

BATCH = 50
POLL_SECONDS = 1.0
PAUSE_SECONDS = 5.0  # when the mail server or identity is away
LOOK_SECONDS = 30.0  # between looks for mails that were left in hand
ABANDONED_AFTER = timedelta(
    seconds=DEADLINE + 60
)  # what comes before and after the dialogue takes some seconds at most


class Mailer:
    """Sends pending mails, oldest first, beside others of its kind.

    A mail that somebody has had in hand for longer than one can take was left by a process that died: it becomes
    UNKNOWN and is not sent again.
    """

    def __init__(
        self,
        *,
        store: Store,
        wording: Wording,
        clock: Clock,
        identity: Client,
        signer: PartSigner,
        open_mailbox: Callable[[], Mailbox],
        app_url: str = "",
    ) -> None:
        self._store = store
        self._wording = wording
        self._clock = clock
        self._identity = identity
        self._signer = signer
        self._open_mailbox = open_mailbox
        self._app_url = app_url
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._in_hand = asyncio.Lock()

    def wake(self) -> None:
        """Something was saved in this process: do not wait for the next poll."""
        self._wake.set()

    async def __aenter__(self) -> "Mailer":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End what is in hand, begin nothing more."""
        if self._task:
            async with self._in_hand:
                self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        looked = -LOOK_SECONDS
        while True:
            self._wake.clear()
            try:
                if monotonic() - looked >= LOOK_SECONDS:
                    await self.give_up_abandoned()
                    looked = monotonic()
                busy = await self.send_batch()
            except Unavailable as error:
                log.warning("mailer_waits", why=error.message)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def send_batch(self) -> bool:
        """Send one batch. True if there was anything to send."""
        pending = await self._store.mails(MailState.PENDING, BATCH)
        if not pending:
            return False
        contacts = await self._contacts(pending)
        later = False
        async with self._open_mailbox() as mailbox:
            for stored in pending:
                if not mailbox.is_open:  # what was not begun stays pending
                    raise Unavailable("The mail server hung up.")
                async with self._in_hand:
                    later |= await self._send(mailbox, stored, contacts) is MailState.PENDING
        if later:
            raise Unavailable("The mail server asks to come back later.")
        return True

    async def _send(self, mailbox: Mailbox, stored: Stored[Notification], contacts: Mapping[str, Contact]) -> MailState:
        contact = contacts.get(stored.record.recipient_id)
        by = self._stamp(stored)
        try:
            began = self._clock.real_now()
            taken = await self._store.notifications.amend(stored, by, lambda each: model.start_mail(each, began))
        except Conflict:  # another process has it in hand
            return MailState.SENDING
        if contact is None:  # the account is gone; there is nobody to write to
            outcome = MailState.FAILED
        else:
            outcome = await self._compose_and_send(mailbox, taken, contacts)
        await until_fresh(lambda: self._end(taken, by, outcome))
        MAILS.labels(outcome).inc()
        log.info("mail_handled", notification_id=taken.id, outcome=outcome)
        return outcome

    async def _compose_and_send(
        self, mailbox: Mailbox, taken: Notification, contacts: Mapping[str, Contact]
    ) -> MailState:
        """A mail whose token cannot be had yet waits; one whose request is over will never be sent."""
        try:
            token = await self._token(taken)
        except Unavailable:
            return MailState.PENDING
        except Refusal as refusal:
            log.info("mail_superseded", notification_id=taken.id, code=refusal.code)
            return MailState.FAILED
        return await mailbox.send(self._mail(mailbox.sender, taken, contacts, token))

    async def _token(self, taken: Notification) -> str:
        """The token that the mail is about, if it is about one. It goes into the mail and nowhere else."""
        purpose = MAILED_TOKEN.get(taken.template)
        if purpose is None:
            return ""
        request = IssueMailedToken(user_id=taken.recipient_id, request_id=taken.cause, purpose=purpose)
        return (await self._identity.call(ISSUE_MAILED_TOKEN, self._signer.token(taken.org_id), request)).token

    async def _end(self, taken: Notification, by: Stamp, outcome: MailState) -> None:
        stored = await self._store.notifications.load(taken.org_id, taken.id)  # it may have been read meanwhile
        await self._store.notifications.amend(stored, by, lambda each: model.end_mail(each, outcome))

    def _stamp(self, stored: Stored[Notification]) -> Stamp:
        return Stamp(org_id=stored.record.org_id, actor_id="part:notifications", at=self._clock.now())

    def _mail(
        self, sender: str, notification: Notification, contacts: Mapping[str, Contact], token: str
    ) -> EmailMessage:
        contact = contacts[notification.recipient_id]
        page = notification.template.replace("_", "-")
        link = f"{self._app_url}/{page}#token={token}" if token and self._app_url else ""
        worded = self._wording.of(notification, contact.zone)
        return compose(
            sender=sender,
            name=contact.name,
            address=contact.email,
            subject=worded.subject,
            bodies=self._wording.mail(worded, contact.name, token, link),
            message_id=notification.id,
            at=self._clock.now(),
            invitation=invitation_of(notification, sender, contacts),
        )

    async def _contacts(self, pending: list[Stored[Notification]]) -> dict[str, Contact]:
        """How to reach the recipients: one call for each organisation in the batch."""
        found: dict[str, Contact] = {}
        for org_id in {stored.record.org_id for stored in pending}:
            of_org = (people_in(stored.record) for stored in pending if stored.record.org_id == org_id)
            ids = tuple(set[str]().union(*of_org))
            try:
                contacts = await self._identity.call(GET_CONTACTS, self._signer.token(org_id), ByIds(ids=ids))
            except Unavailable:
                raise
            except Refusal as refusal:
                log.error("contacts_refused", code=refusal.code)
                raise Unavailable("Contacts cannot be read right now.") from refusal
            found |= {contact.user_id: contact for contact in contacts}
        return found

    async def give_up_abandoned(self) -> None:
        """Those that a process which died had in hand; a mail that another one is sending now stays with it."""
        before = self._clock.real_now() - ABANDONED_AFTER
        for stored in await self._store.mails(MailState.SENDING, BATCH):
            with suppress(Conflict):
                left = await self._store.notifications.amend(
                    stored, self._stamp(stored), lambda taken: model.give_up_mail(taken, before)
                )
                if left.mail is MailState.UNKNOWN:
                    MAILS.labels(left.mail).inc()
                    log.warning("mail_outcome_unknown", notification_id=left.id)
