"""Where units that were added or removed begin, if what is around them repeats: at best with a heading or clause."""

from __future__ import annotations

from collections.abc import Callable, Sequence

MAX_SLIDES = 40
"""Units by which a run of added or removed units is moved."""


def slid(
    one_sided: Sequence[int], same_before: int, same_after: int, ids: Sequence[int], begins: Callable[[int], int]
) -> int:
    """Say by how many units a run of added or removed units is to be moved, so that it begins where a text begins.

    Shapes:  `one_sided` are units that follow each other; before and after them are as many that are the same on both
             sides as `same_before` and `same_after` say; `begins` rates how well a text begins with a unit
    """
    first, last = one_sided[0], one_sided[-1]
    up = down = 0
    while up < min(same_before, MAX_SLIDES) and ids[first - up - 1] == ids[last - up]:
        up += 1
    while down < min(same_after, MAX_SLIDES) and ids[first + down] == ids[last + down + 1]:
        down += 1
    return max(range(-up, down + 1), key=lambda step: (begins(first + step), -abs(step)))
