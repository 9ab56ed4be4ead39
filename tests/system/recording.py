"""A person who remembers every word that was written, so that a test can look for it where it must not be."""

from collections.abc import Iterator
from typing import Any

from deploy.local.person import Person


class RecordingPerson(Person):
    """Keeps the texts of all mutations in `words`."""

    def __init__(self, name: str, endpoint: str) -> None:
        super().__init__(name, endpoint)
        self.words: set[str] = set()

    async def do(self, mutation: str, returning: str, **given: Any) -> dict[str, Any]:
        """Carry it out, and remember what was written."""
        self.words |= {text for text in _texts(given) if " " in text or "@" in text}
        return await super().do(mutation, returning, **given)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
