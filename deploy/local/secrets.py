"""The keys of one installation, made once per folder and readable by its owner only."""

import base64
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey


class Secrets:
    """Where each key file is."""

    def __init__(self, folder: Path, *, development: bool = True) -> None:
        """Keys made for development say so, and production refuses them."""
        self._folder = folder
        self._mark = {"development": True} if development else {}
        self.token_keys = folder / "token-keys.json"
        self.parts_jwks = folder / "parts.jwks.json"
        self.payload_keys = folder / "payload-keys.json"
        self.sealing_keys = folder / "sealing-keys.json"

    def part_key(self, name: str) -> Path:
        """The private key by which that part proves who it is."""
        return self._folder / f"part-{name}.json"

    def make(self, parts: Iterable[str]) -> None:
        """Make what is missing; what exists stays, or everybody would be signed out."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.token_keys.exists():
            self._write(self.token_keys, {"keys": [dict(_ed25519().as_dict(private=True))]})
        for file in (self.payload_keys, self.sealing_keys):
            if not file.exists():
                self._write(file, _aes_keys())
        names = list(parts)
        if not self.parts_jwks.exists() or not all(self.part_key(name).exists() for name in names):
            self._make_part_keys(names)

    def rotate_token_keys(self) -> str:
        """One step of changing the key that people's tokens are signed with; says what was done and what comes next."""
        content = json.loads(self.token_keys.read_text())
        first, *others = content["keys"]
        if not others:
            content |= {"keys": [first, dict(_ed25519().as_dict(private=True))], "next": "sign"}
            done = "The next key is published. Run this again after six minutes: then it signs."
        elif content.get("next") == "sign":
            content |= {"keys": [*others, first], "next": "retire"}
            done = (
                "The next key signs, and tokens of the old one pass. Run this again after twelve minutes: then it goes."
            )
        else:
            content = {name: value for name, value in content.items() if name != "next"} | {"keys": [first]}
            done = "The old key is gone. Nothing is left to do."
        draft = self.token_keys.with_suffix(".part")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, indent=1))
        draft.replace(self.token_keys)  # whoever reads meanwhile reads one of the two
        return done

    def _make_part_keys(self, names: Iterable[str]) -> None:
        keys = {name: _ed25519(f"part:{name}") for name in names}
        for name, key in keys.items():
            self._write(self.part_key(name), dict(key.as_dict(private=True)))
        self._write(self.parts_jwks, {"keys": [key.as_dict(private=False) for key in keys.values()]})

    def _write(self, file: Path, content: Mapping[str, object]) -> None:
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps({**self._mark, **content}, indent=1))


def _ed25519(kid: str | None = None) -> "OKPKey":
    from joserfc.jwk import OKPKey  # noqa: PLC0415  a start that finds its keys need not wait for it

    return OKPKey.generate_key("Ed25519", {"kid": kid} if kid else None, auto_kid=kid is None)


def _aes_keys() -> Mapping[str, object]:
    kid = f"local-{os.urandom(4).hex()}"
    return {"current": kid, "keys": {kid: base64.b64encode(os.urandom(32)).decode()}}
