"""What the identity service needs from outside."""

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """`token_keys_file`: private EdDSA keys as a JWK set; the first signs, all are published.

    `open_registration`: whether anybody may start an organisation here.
    """

    token_keys_file: str
    open_registration: bool = False
