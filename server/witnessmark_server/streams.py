"""Standard input and output: their encoding, what a broken one means, and a host at its other end that goes away."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO, cast

from witnessmark.errors import SetupError

_OF_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM})
HOST_GONE = "The host went away: what the server writes reaches no one. The server ends; answers paid for are kept."


class OutputUnwritable(SetupError):
    """Standard output takes nothing: a full disk behind it, or none at all."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The output could not be written: {reason}.",
            "Free some space or write it elsewhere, and run the command again: nothing is paid for twice.",
        )


class DiskFault(SetupError):
    """The system refused to read or write a file in a way that nothing expected."""

    def __init__(self, error: OSError) -> None:
        of = f" {str(error.filename)!r}" if error.filename else ""
        super().__init__(
            f"The file{of} could not be read or written: {_reason(error)}.",
            "Look at the disk's space, its permissions and its health; `witnessmark doctor` names our folders.",
        )


class OutputFile(io.FileIO):
    """Standard output, or the pipe to a host, which remembers why it could not be written to."""

    fault: OSError | None = None

    def write(self, content: object, /) -> int:
        try:
            return super().write(content)  # type: ignore[arg-type]  # any buffer, as FileIO takes it
        except OSError as error:
            self.fault = error
            raise


def prepare_streams() -> None:
    """Write UTF-8 to files and pipes whatever the locale; to a terminal, what it can show.

    Errors:  `OutputUnwritable` if there is no standard output
    """
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] - so it is if it was closed
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the whole process
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] - so it is if it was closed
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the whole process
        raise OutputUnwritable("it is closed")
    first = sys.__stdout__
    if first is not None and sys.stdout is first:  # a test or a host may have put something else there
        first.flush()
        raw = OutputFile(first.fileno(), "wb", closefd=False)
        text = io.TextIOWrapper(io.BufferedWriter(raw), first.encoding, line_buffering=first.isatty())
        sys.stdout = cast("TextIO", text)
    _write_utf8(sys.stdout)
    _write_utf8(sys.stderr)


def _write_utf8(stream: TextIO) -> None:
    if isinstance(stream, io.TextIOWrapper):  # a test or a host may have put something else there
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def flush_output() -> None:
    """Write what is still held back; an error here would otherwise be Python's own, after the end.

    Errors:  `OutputUnwritable`; `BrokenPipeError` if its reader went away
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputUnwritable(_reason(error)) from error


def discard_output() -> None:
    """Let nothing more be written to standard output; Python would complain once more at exit."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the rest of the process


def fault_of(error: OSError) -> SetupError | None:
    """Tell what an error of the system means; None if it is none of a disk or of the output."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, OutputFile) and raw.fault is not None:
        return OutputUnwritable(_reason(raw.fault))
    return DiskFault(error) if error.errno in _OF_DISKS else None


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).rstrip(".").lower()


def claim_host_pipe() -> Callable[[], None]:
    """Make standard output the pipe to a host; what else is printed goes to standard error.

    Shapes:  what ends the process if the pipe broke. A thread waits for the host's next message and cannot be woken,
             so a server whose output broke would otherwise stay
    """
    pipe = OutputFile(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = cast("TextIO", io.TextIOWrapper(io.BufferedWriter(pipe), encoding="utf-8"))

    def leave_if_broken() -> None:
        if pipe.fault is None:
            return
        is_gone = isinstance(pipe.fault, BrokenPipeError)
        says = HOST_GONE if is_gone else str(OutputUnwritable(_reason(pipe.fault)))
        with suppress(OSError):  # what reads that may have gone, too
            os.write(2, f"{says}\n".encode())
        os._exit(0 if is_gone else OutputUnwritable.exit_code)

    return leave_if_broken
