"""How a cycle's payloads are written: JSON by msgspec, encrypted with AES-GCM before the engine stores them.

Each payload names the key it was written with. To rotate: add a key, make it current, restart; drop the old one when no
history needs it any more.
"""

import os
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadCodec,
)

ENCRYPTED = b"binary/encrypted"
_NONCE = 12  # bytes, what GCM wants (NIST SP 800-38D)


class _KeyFile(msgspec.Struct):
    current: str
    keys: dict[str, str]


class _Json(EncodingPayloadConverter):
    """Records, enumerations, instants and durations, several times faster than the default converter."""

    @property
    def encoding(self) -> str:
        return "json/plain"

    def to_payload(self, value: Any) -> Payload | None:
        return Payload(metadata={"encoding": self.encoding.encode()}, data=msgspec.json.encode(value))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        return msgspec.json.decode(payload.data, type=Any if type_hint is None else type_hint)


class RecordConverter(CompositePayloadConverter):
    """The SDK's converter with msgspec in the place of `json`."""

    def __init__(self) -> None:
        converters = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(_Json() if isinstance(one, JSONPlainPayloadConverter) else one for one in converters))


class Cipher(PayloadCodec):
    """Encrypts with the current key and decrypts with whichever key a payload names."""

    def __init__(self, current: str, keys: Mapping[str, bytes]) -> None:
        self._current = current
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        if current not in self._keys:
            raise ValueError(f"The current payload key {current} is not among the keys {', '.join(keys)}")

    @classmethod
    def read(cls, file: str) -> "Cipher":
        """The keys of a JSON file `{"current": id, "keys": {id: base64}}`."""
        found = msgspec.json.decode(Path(file).read_bytes(), type=_KeyFile)
        return cls(found.current, {key_id: b64decode(key) for key_id, key in found.keys.items()})

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload whole, its metadata included."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt what is encrypted; what is not passes."""
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(_NONCE), self._current.encode()
        data = nonce + self._keys[self._current].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCRYPTED, "key-id": key_id}, data=data)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCRYPTED:
            return payload
        key_id = payload.metadata["key-id"]
        key = self._keys.get(key_id.decode())
        if key is None:
            raise ValueError(f"The payload key {key_id.decode()} is not in the key file")
        return Payload.FromString(key.decrypt(payload.data[:_NONCE], payload.data[_NONCE:], key_id))


PLAIN = DataConverter(
    payload_converter_class=RecordConverter,
    failure_converter_class=DefaultFailureConverterWithEncodedAttributes,  # or messages and traces would stay readable
)


def converter(cipher: PayloadCodec) -> DataConverter:
    """What every client and worker of the part uses."""
    return replace(PLAIN, payload_codec=cipher)
