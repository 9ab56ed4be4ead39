"""What the identity service needs from outside."""

from collections.abc import Mapping
from typing import ClassVar

from kit.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """`token_keys_file`: private EdDSA keys as a JWK set; the first signs, all are published.

    `sealing_keys_file`: AES-256 keys by id, and which is current, for the secrets that organisations entrust us with;
    without it none can be kept.
    `open_registration`: whether anybody may start an organisation here.
    `light_hashes`: whether passwords are hashed at the least cost, for tests that sign hundreds of people in.
    """

    FOR_DEVELOPMENT: ClassVar[Mapping[str, str]] = {
        **ServiceSettings.FOR_DEVELOPMENT,
        "light_hashes": "makes passwords easy to guess",
    }

    token_keys_file: str
    sealing_keys_file: str = ""
    open_registration: bool = False
    light_hashes: bool = False
