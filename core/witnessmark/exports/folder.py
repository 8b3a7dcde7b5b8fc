"""The export folder: files that people take away, written whole or not at all, and never over one another."""

from __future__ import annotations

import itertools
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from witnessmark.errors import InputError, SetupError
from witnessmark.placing import make_private_folder, put

URI_PREFIX = "witnessmark://exports/"
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportFolderUnwritable(SetupError):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The export folder {str(folder)!r} cannot be written to.",
            "Set WITNESSMARK_HOME to a folder of yours, or free some disk space.",
        )


class ExportMissing(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no exported file {name[:80]!r}.", "Run the tool again; its result lists the files.")


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """A folder that only this class writes to."""

    path: Path

    def write(self, name: str, content: bytes) -> Path:
        """Write a file atomically.

        Shapes:  the path written to; a name that is taken by other bytes gets a number
        Errors:  `ExportFolderUnwritable`
        """
        try:
            make_private_folder(self.path)
            descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=self.path)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                return self._claim(Path(temporary), name, content)
            finally:
                Path(temporary).unlink(missing_ok=True)
        except OSError as error:
            raise ExportFolderUnwritable(self.path) from error

    def _claim(self, temporary: Path, name: str, content: bytes) -> Path:
        stem, suffix = os.path.splitext(file_name(name))  # noqa: PTH122 - a name, not a path
        for number in itertools.count(1):
            target = self.path / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
            try:
                put(temporary, target)
            except FileExistsError:
                if target.is_file() and not target.is_symlink() and target.read_bytes() == content:
                    return target
                continue
            target.chmod(0o600)
            return target
        raise AssertionError

    def read(self, name: str) -> bytes:
        """Read an exported file by its name.

        Errors:  `ExportMissing`, also for names that lead elsewhere
        """
        target = self.path / name
        if file_name(name) != name or target.is_symlink() or not target.is_file():
            raise ExportMissing(name)
        return target.read_bytes()


def uri_of(name: str) -> str:
    """Name an exported file as a resource."""
    return URI_PREFIX + quote(name, safe="")


def media_type_of(name: str) -> str:
    """Say what an exported file is, by the ending that it was given here."""
    return _MEDIA_TYPES.get(os.path.splitext(name)[1], "application/octet-stream")  # noqa: PTH122 - a name, not a path


def is_text(media_type: str) -> bool:
    """Say whether files of this type are UTF-8 text."""
    return media_type.startswith("text/") or media_type == "application/json"


def file_name(text: str) -> str:
    """Make a safe file name of a text: no separators, no control characters, not hidden, at most 120 characters."""
    cleaned = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "-", text).strip(" .-") or "document"
    stem, suffix = os.path.splitext(cleaned)  # noqa: PTH122 - a name, not a path
    return stem[: 120 - len(suffix)].rstrip(" .") + suffix
