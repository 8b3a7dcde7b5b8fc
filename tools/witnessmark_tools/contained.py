"""Fault containment for what follows an answer: evidence, second readings, exports, pictures.

An answer that was paid for reaches its caller. A part that fails after it costs that part, and a warning says so.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from witnessmark.errors import WitnessmarkError

logger = logging.getLogger(__name__)

REPORT = "This part failed inside witnessmark: please report the traceback in the log"


@contextmanager
def contained(warnings: list[str], loss: str) -> Generator[None]:
    """Run a part of a call. An exception in it adds a warning, and the call continues after the block.

    Shapes:  `loss` is a clause without a period that says what the result lacks: `Table t2 was not checked`
    Errors:  none but cancellation
    """
    try:
        yield
    except WitnessmarkError as error:
        logger.info("part of a call refused", extra={"error": error.kind})
        warnings.append(f"{loss}. {error}")
    except Exception:
        logger.exception("part of a call failed")
        warnings.append(f"{loss}. {REPORT}.")
