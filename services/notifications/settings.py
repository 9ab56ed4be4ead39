"""What the notifications service needs from outside."""

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """`smtp_url` is smtp://[user:password@]host[:port], or smtps:// for TLS from the first byte.

    `app_url` is where the organisation's own pages are: a mail with a token then has a link to `/invitation` or
    `/password-reset` there, with the token behind `#token=`, which no server sees. Without it a mail has the token.
    """

    smtp_url: str
    mail_from: str = "InzpireU <no-reply@inzpireu.example>"
    app_url: str = ""
