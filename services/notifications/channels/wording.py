"""Turns a notification into words for one person: subject and text, a mail in plain text and HTML."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined

from contracts.notifications import Notification, Template


@dataclass(frozen=True, slots=True)
class Worded:
    """A message in words."""

    subject: str
    text: str
    why: str


class Wording:
    """The catalogue of one language, compiled once."""

    def __init__(self) -> None:
        words = files("services.notifications.words")
        plain = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text, not HTML
        html = Environment(undefined=StrictUndefined, autoescape=True)
        catalogue = tomllib.loads((words / "en.toml").read_text())
        self._of = {
            template: {part: plain.from_string(text) for part, text in catalogue[template].items()}
            for template in Template
        }
        self._plain_mail = plain.from_string((words / "mail.txt.j2").read_text())
        self._html_mail = html.from_string((words / "mail.html.j2").read_text())

    def of(self, notification: Notification, zone: str = "UTC") -> Worded:
        """The words, with times as the reader's clock shows them."""
        about = _as_read(notification.about, zone)
        parts = {part: template.render(about=about) for part, template in self._of[notification.template].items()}
        return Worded(**parts)

    def mail(self, worded: Worded, name: str, token: str = "", link: str = "") -> tuple[str, str]:
        """The mail's plain and HTML bodies. A token, as a link where there is a page for it, stands in mails alone."""
        fields = {"subject": worded.subject, "text": worded.text, "why": worded.why, "name": name}
        fields |= {"token": token, "link": link}
        return self._plain_mail.render(fields), self._html_mail.render(fields)


def _as_read(moment: datetime | None, zone: str) -> str:
    """Like "Monday 1 March 2027, 18:00 (Europe/Berlin)"."""
    if moment is None:
        return ""
    local = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({zone})"
