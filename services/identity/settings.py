"""What the identity service needs from outside."""

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """`token_keys_file`: private EdDSA keys as a JWK set; the first signs, all are published.

    `sealing_keys_file`: AES-256 keys by id, and which is current, for the secrets that organisations entrust us with;
    without it none can be kept.
    `open_registration`: whether anybody may start an organisation here.
    """

    token_keys_file: str
    sealing_keys_file: str = ""
    open_registration: bool = False
