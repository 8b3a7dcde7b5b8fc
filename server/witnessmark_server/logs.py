"""Logs: one JSON object a line on stderr, of names and numbers; never a document's text, never a key."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any, cast

from witnessmark.errors import WitnessmarkError

_OURS = ("witnessmark", "witnessmark_tools", "witnessmark_server")
_TOO_CHATTY = ("anthropic", "httpx2", "httpcore2")
"""They log addresses, and addresses may hold keys."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, what was passed as `extra` included."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["traceback"] = _traceback(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _traceback(error: BaseException | None) -> str:
    """Write where an exception was raised, and those behind it; their messages are left out but for our own sentences.

    The message of an exception may quote a document: that of a `KeyError` is the key.
    """
    return "" if error is None else "\n".join(_raised(traceback.TracebackException.from_exception(error), error))


def _raised(raised: traceback.TracebackException, error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
    if before is not None and earlier is not None:
        yield from _raised(before, earlier)
        yield "raised while this was handled:"
    yield "".join(raised.stack.format()).rstrip()
    said = f": {error}" if isinstance(error, WitnessmarkError) else ""
    yield f"{type(error).__qualname__}{said}"
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        for part, one in zip(raised.exceptions or (), group.exceptions, strict=False):
            yield "of its group:"
            yield from _raised(part, one)


def configure(level: str) -> None:
    """Send all logs of this process to stderr.

    The level `debug` is for our own: libraries write whole messages there, and with them what documents say.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(_is_news)
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler], force=True)
    for name in _TOO_CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(number)


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out that clients went away, which the SDK takes for an error and writes a traceback of."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != "ClientDisconnect"
