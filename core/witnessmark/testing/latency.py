"""How long messages take before their first token."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Latency:
    """Seconds of a clock that may run faster than ours, drawn between two bounds."""

    clock_speed: float = 1.0
    least: float = 0.0
    most: float = 0.0
    _chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - seeded, to be repeated

    def set(self, least: float, most: float, seed: int) -> None:
        """Take so long from now on.

        Errors:  ValueError where the bounds are none
        """
        if not 0 <= least <= most:
            raise ValueError("Latency is a number of seconds, or two of which the second is no smaller.")
        self.least, self.most, self._chance = least, most, random.Random(seed)  # noqa: S311 - seeded, to be repeated

    async def pass_by(self) -> None:
        """Wait, where anything takes time at all."""
        if self.most:
            await asyncio.sleep(self._chance.uniform(self.least, self.most) / self.clock_speed)
