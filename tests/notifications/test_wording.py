"""Words: every message has them, for everybody, and no name can do more than be read."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.notifications import Notification, Template
from services.notifications.channels.email import compose
from services.notifications.channels.wording import Worded, Wording
from tests.builders import NOW

WORDING = Wording()
HEADERS = {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"}


def a_message(template: Template = Template.CHECK_IN_BRIEF, about: datetime | None = None) -> Notification:
    return Notification(
        id="n-1", org_id="acme", recipient_id="maria", template=template, cause="c", about=about, created_at=NOW
    )


@pytest.mark.parametrize("about", [None, NOW], ids=["timeless", "timed"])
@pytest.mark.parametrize("template", Template)
def test_every_message_has_words(template: Template, about: datetime | None) -> None:
    worded = WORDING.of(a_message(template, about), "Europe/Berlin")
    for words in (worded.subject, worded.text, worded.why):
        assert words.strip()
        assert "{" not in words
        assert "  " not in words
    assert not worded.why.endswith(".")


@pytest.mark.parametrize("template", Template)
def test_a_message_that_speaks_of_a_moment_reads_well_without_one(template: Template) -> None:
    worded = WORDING.of(a_message(template))
    for words in (worded.subject, worded.text):
        assert words == words.strip()
        for loose_end in (" .", " ,", " ?", ": .", "of .", "until .", "on ."):
            assert loose_end not in words
        assert not words.endswith((":", " of", " until", " on"))


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "Sunday 28 March 2027, 23:30 (UTC)"),
        ("Europe/Berlin", "Monday 29 March 2027, 01:30 (Europe/Berlin)"),
        ("America/New_York", "Sunday 28 March 2027, 19:30 (America/New_York)"),
    ],
)
def test_a_moment_is_shown_as_the_readers_clock_shows_it(zone: str, shown: str) -> None:
    moment = datetime(2027, 3, 28, 23, 30, tzinfo=UTC)
    assert shown in WORDING.of(a_message(about=moment), zone).subject


def test_a_moment_is_shown_alike_on_both_sides_of_a_change_of_the_clocks() -> None:
    before = datetime(2027, 3, 26, 8, tzinfo=UTC)
    after = before + timedelta(days=7) - timedelta(hours=1)
    for moment in (before, after):
        assert ", 09:00 (Europe/Berlin)" in WORDING.of(a_message(about=moment), "Europe/Berlin").subject


def a_mail(name: str = "Maria", *, subject: str = "A goal is reached") -> EmailMessage:
    worded = Worded(subject=subject, text="The target is met.", why="it is yours")
    return compose(
        sender="InzpireU <no-reply@inzpireu.example>",
        name=name,
        address="maria@example.com",
        subject=subject,
        bodies=WORDING.mail(worded, name),
        message_id="n-1",
        at=NOW,
    )


def received(mail: EmailMessage) -> EmailMessage:
    """The mail as whoever gets it reads it."""
    parsed = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_says_the_same_in_plain_text_and_in_html() -> None:
    mail = received(a_mail())
    for kind in ("plain", "html"):
        assert "The target is met." in body(mail, kind)
        assert "Hello Maria," in body(mail, kind)
        assert "You get this because it is yours." in body(mail, kind)


def test_a_mail_is_known_by_its_notification_and_asks_for_no_reply_by_robots() -> None:
    mail = received(a_mail())
    assert mail["Message-ID"] == "<n-1@inzpireu>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW


@pytest.mark.parametrize(
    "name", ["Ana María Núñez", "李 小龍", 'Robert "Bob" Tables', "O'Neil, Pat", "a@b.example", "(x)"]
)
def test_any_name_can_be_written_to(name: str) -> None:
    (to,) = received(a_mail(name))["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "maria@example.com")


INJECTIONS = [
    "Maria\r\nBcc: everybody@example.com",
    "Maria\nSubject: You won",
    "Maria\r\n\r\n<h1>Hello</h1>",
    "Maria\u2028Bcc: everybody@example.com",
    "Maria\x0bBcc: everybody@example.com",
    "Maria\x85Bcc: everybody@example.com",
    "Maria\x00Bcc: everybody@example.com",
    "Maria> <everybody@example.com",
    'Maria" <everybody@example.com>, "',
    "=?utf-8?q?Maria=0D=0ABcc=3A_everybody=40example=2Ecom?=",
]


@pytest.mark.parametrize("name", INJECTIONS)
def test_no_name_or_subject_adds_a_header_or_a_recipient(name: str) -> None:
    mail = received(a_mail(name, subject=name))
    assert {header.lower() for header in mail} == HEADERS
    assert [to.addr_spec for to in mail["To"].addresses] == ["maria@example.com"]
    assert body(mail, "plain")


@given(st.text(max_size=80))
def test_whatever_a_person_is_called_there_is_one_recipient_and_no_more_headers(name: str) -> None:
    mail = received(a_mail(name))
    assert {header.lower() for header in mail} == HEADERS
    assert [to.addr_spec for to in mail["To"].addresses] == ["maria@example.com"]


class Tags(HTMLParser):
    """The tags of a page, and whether any of them could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(name for name, _ in attrs)}


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "</title><script>", "<a href=x>"],
)
def test_a_name_is_text_in_html_and_nothing_else(name: str) -> None:
    tags, plain = Tags(), Tags()
    tags.feed(body(received(a_mail(name, subject=name)), "html"))
    plain.feed(body(received(a_mail()), "html"))
    assert tags.seen == plain.seen
    assert "49" not in body(received(a_mail("{{ 7 * 7 }}")), "html")
