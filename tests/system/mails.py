"""The mails that a platform under test has sent, as the local mail server keeps them."""

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

from tests.system.polling import until

TOKEN = re.compile(r"^[\w-]+\.[\w-]+\.[\w-]{40,}$", re.MULTILINE)


class Mails:
    """Reads the mail folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def to(self, address: str, subject: str) -> list[EmailMessage]:
        """Those to an address with these words in the subject, oldest first."""
        found = []
        for file in sorted(self._folder.glob("*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            if mail["X-Envelope-To"] == address and subject in mail["Subject"]:
                found.append(mail)
        return found

    async def token(self, address: str, subject: str, *, number: int = 1) -> str:
        """The token in the mail of that number, when it has come."""

        async def look() -> EmailMessage | None:
            found = self.to(address, subject)
            return found[number - 1] if len(found) >= number else None

        mail = await until(look, f"mail {number} about {subject!r}")
        assert mail
        return token_in(mail)


def token_in(mail: EmailMessage) -> str:
    """The token that stands in a mail."""
    body = mail.get_body(("plain",))
    assert body
    (token,) = TOKEN.findall(body.get_content().replace("\r", ""))
    return str(token)
