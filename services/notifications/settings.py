"""What the notifications service needs from outside."""

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """`smtp_url` is smtp://[user:password@]host[:port], or smtps:// for TLS from the first byte."""

    smtp_url: str
    mail_from: str = "InzpireU <no-reply@inzpireu.example>"
