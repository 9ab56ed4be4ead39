"""What must be kept and must not be readable where it is kept: encrypted with a key that the database does not have."""

from base64 import b64decode
from pathlib import Path

import msgspec
from joserfc import jwe
from joserfc.jwk import OctKey

from contracts.errors import Conflict

NO_KEY = "This installation cannot keep secrets of organisations yet: its operators have to set a sealing key first."


class _Keys(msgspec.Struct):
    current: str
    keys: dict[str, str]


class Seal:
    """AES-256-GCM as JWE (RFC 7516), bound to the organisation. The current key seals, all keys open."""

    def __init__(self, keys_file: str) -> None:
        keys = msgspec.json.decode(Path(keys_file).read_bytes(), type=_Keys) if keys_file else _Keys("", {})
        self._current = keys.current
        self._keys = {kid: OctKey.import_key(b64decode(key)) for kid, key in keys.keys.items()}

    def sealed(self, secret: str, org_id: str) -> str:
        """The secret as it may be kept. Raises Conflict where there is no key."""
        if not self._current:
            raise Conflict(NO_KEY)
        header = {"alg": "dir", "enc": "A256GCM", "kid": self._current, "org": org_id}
        return jwe.encrypt_compact(header, secret.encode(), self._keys[self._current], registry=_REGISTRY)

    def opened(self, sealed: str, org_id: str) -> str:
        """The secret, of this organisation alone."""
        opened = jwe.decrypt_compact(sealed, lambda found: self._keys[str(found.headers()["kid"])], registry=_REGISTRY)
        assert opened.protected.get("org") == org_id, "a secret was moved to another organisation"
        assert opened.plaintext is not None
        return opened.plaintext.decode()


_REGISTRY = jwe.JWERegistry(algorithms=["dir", "A256GCM"], strict_check_header=False)
