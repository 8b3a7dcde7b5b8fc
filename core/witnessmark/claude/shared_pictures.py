"""Pictures that several requests of one call show: made ready and uploaded once, and deleted after the call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio

MIN_SAVED_BYTES = 200_000
"""Bytes that need not be sent again, from which an upload and its deletion are worth two more requests."""
KEPT_SECONDS = 3_600
"""How long the API keeps a picture that nobody deletes, as after a crash: the shortest time that it takes."""
DELETE_SECONDS = 10.0
"""How long deletions may take while the client closes; the API ends what is left."""
AT_ONCE = 4
"""Pictures of one request that are made ready or uploaded at a time."""

Sources = tuple[dict[str, Any], ...]


@dataclass(slots=True, kw_only=True)
class SharedPictures:
    """The pictures of one call's requests, by upload key."""

    wanted: Mapping[str, int]
    """How many requests of the call show the same picture."""
    file_ids: set[str] = field(default_factory=set[str])
    """What lies at the API for this call."""
    _made: dict[str, Sources] = field(default_factory=dict[str, Sources])
    _locks: dict[str, anyio.Lock] = field(default_factory=dict[str, anyio.Lock])

    def is_shared(self, key: str) -> bool:
        return self.wanted.get(key, 0) > 1

    def is_worth_uploading(self, key: str, encoded_size: int) -> bool:
        """Say whether a file saves enough: all requests but the first would send the picture again."""
        return encoded_size * (self.wanted.get(key, 0) - 1) >= MIN_SAVED_BYTES

    async def sources(self, key: str, make: Callable[[], Awaitable[Sources]]) -> Sources:
        """Give the sources of a picture, made by whichever request needs them first; the others wait for it.

        Errors:  those of `make`
        """
        async with self._locks.setdefault(key, anyio.Lock()):
            if key not in self._made:
                self._made[key] = await make()
                self.file_ids.update(ids_of(self._made[key]))
            return self._made[key]

    def forget(self, file_ids: Collection[str]) -> None:
        """Forget files that are gone, so that their pictures are uploaded again."""
        self.file_ids.difference_update(file_ids)
        self._made = {key: made for key, made in self._made.items() if not set(ids_of(made)) & set(file_ids)}


def ids_of(sources: Sources) -> list[str]:
    """List the files that sources name."""
    return [source["file_id"] for source in sources if source["type"] == "file"]
