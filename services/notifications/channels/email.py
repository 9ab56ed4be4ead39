"""Mail through any SMTP server. Says exactly what is known of the outcome, so that nothing is sent twice."""

import asyncio
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

from contracts.errors import Unavailable
from contracts.notifications import MailState
from kit.calendar import Method
from kit.text import one_line

TIMEOUT = 10.0  # seconds for each step of the dialogue
DEADLINE = 60.0  # seconds for one mail altogether; after that nobody knows what became of it


class Mailbox:
    """One SMTP connection, used for a batch of mails."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.sender = sender
        self._smtp = SMTP(
            hostname=parts.hostname or "127.0.0.1",
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            timeout=TIMEOUT,
        )

    async def __aenter__(self) -> "Mailbox":
        """Raises Unavailable where no server answers; then nothing was sent."""
        try:
            await self._smtp.connect()
        except (SMTPException, OSError, TimeoutError) as error:
            raise Unavailable("The mail server does not answer. Mails wait and will be sent.") from error
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._smtp.is_connected:
            try:
                await self._smtp.quit()
            except (SMTPException, OSError, TimeoutError):
                self._smtp.close()

    @property
    def is_open(self) -> bool:
        """Whether the connection is still there."""
        return self._smtp.is_connected

    async def send(self, mail: EmailMessage) -> MailState:
        """SENT, PENDING (the server says later), FAILED (it says never) or UNKNOWN (cut off without a word)."""
        try:
            async with asyncio.timeout(DEADLINE):
                await self._smtp.send_message(mail)
        except SMTPRecipientsRefused as refusal:  # a mail has one recipient, so this is the answer to it
            return _state_of(refusal.recipients[0].code)
        except SMTPResponseException as refusal:
            return _state_of(refusal.code)
        except (SMTPNotSupported, ValueError):  # the address can never go through this server; nothing was sent
            return MailState.FAILED
        except (SMTPException, OSError, TimeoutError):
            self._smtp.close()  # in the middle of a dialogue there is nothing more to say
            return MailState.UNKNOWN
        return MailState.SENT


def _state_of(code: int) -> MailState:
    return MailState.PENDING if 400 <= code < 500 else MailState.FAILED


def compose(
    *,
    sender: str,
    name: str,
    address: str,
    subject: str,
    bodies: tuple[str, str],
    message_id: str,
    at: datetime,
    invitation: tuple[bytes, Method] | None = None,
) -> EmailMessage:
    """A mail in plain text and HTML, perhaps with an invitation. No header can be added through a name."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = Address(_one_line(name), addr_spec=address)
    mail["Subject"] = _one_line(subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}@inzpireu>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    plain, html = bodies
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
    if invitation is not None:  # RFC 6047: the method stands beside the media type too
        text, method = invitation
        mail.add_alternative(text.decode(), subtype="calendar", params={"method": method.value})
    return mail


def _one_line(text: str) -> str:
    """The text without line breaks, and without the sign that makes a mail reader decode what follows."""
    return one_line(text).replace("=?", "= ?")
