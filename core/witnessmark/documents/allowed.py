"""Which files may be read: the allowed folders, judged after links are resolved, on the file that was opened."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from witnessmark.documents.file_names import (
    folded,
    is_share_or_device,
    names_in,
    same_name,
    similar_names,
    spellings,
)
from witnessmark.errors import InputError


class PathNotAllowed(InputError):
    """The path leads outside the folders this server may read."""

    def __init__(self, path: str, folders: tuple[Path, ...]) -> None:
        listed = ", ".join(str(folder) for folder in folders) or "none"
        super().__init__(
            f"{path!r} is outside the allowed folders.",
            f"Allowed: {listed}. Start witnessmark with --allow FOLDER (or WITNESSMARK_ALLOW) to add one.",
        )


class HiddenPath(InputError):
    """A part of the path below an allowed folder begins with a dot."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path!r} is hidden (a part of it begins with a dot), and hidden files are not read.",
            "Copy the file to a visible place in an allowed folder.",
        )


class ShareOrDevice(InputError):
    """A path to another machine, or to a device: refused by its spelling, before anything looks for it."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path[:300]!r} names another machine or a device, and neither is opened.",
            "Copy the file to an allowed folder on this machine, and pass its path there.",
        )


class FileMissing(InputError):
    def __init__(self, path: str, *, similar: Sequence[str] = ()) -> None:
        shown = path if len(path) <= 300 else path[:300] + "…"
        meant = " or ".join(map(repr, similar))
        super().__init__(
            f"There is no file at {shown!r}.",
            f"Did you mean {meant}?" if meant else "Check the spelling, or give the absolute path.",
        )


class NotAFile(InputError):
    """A folder, a pipe, a device: something that is not a regular file."""

    def __init__(self, path: str, *, is_folder: bool) -> None:
        if is_folder:
            super().__init__(f"{path!r} is a folder, not a file.", "Name one file in it.")
        else:
            super().__init__(f"{path!r} is not a regular file.", "Give the path of a document on disk.")


class FileUnreadable(InputError):
    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path!r} cannot be read by this process.", "Check the file's permissions, or copy it to a readable place."
        )


class FileTooLarge(InputError):
    """The file has more bytes than are read.

    Shapes:  `size` is None for a file from the web that does not say its size
    """

    def __init__(self, path: str, *, size: int | None, limit: int) -> None:
        most = f"{limit / 1e6:,.0f} MB"
        super().__init__(
            f"{path!r} has more than {most}, the limit."
            if size is None
            else f"{path!r} has {size / 1e6:,.0f} MB, and the limit is {most}.",
            "Split it, or save it smaller.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedFolders:
    """The folders that may be read, and single files that a person named on the command line."""

    folders: tuple[Path, ...]
    files: frozenset[Path] = frozenset()

    def check(self, path: str) -> Path:
        """Resolve `path` and refuse it unless it lies in an allowed folder.

        A path that leads to no file is also taken without quotes, escapes and the like, and then as the only file whose
        name differs in its Unicode form or its kind of blanks alone.

        Errors:  `ShareOrDevice`, `PathNotAllowed`, `HiddenPath`, `FileMissing`, `NotAFile`, `FileUnreadable`
        """
        if "\0" in path:
            raise FileMissing(path)
        if any(self._is_elsewhere(one) for one in (path, *spellings(path))):
            raise ShareOrDevice(path)
        try:
            return self._resolved(path)
        except (FileMissing, PathNotAllowed) as error:
            written = [path, *spellings(path)]
            for other in written[1:]:
                with suppress(InputError):
                    return self._resolved(other)
            for other in written:
                if (found := self._by_name(absolute(other))) is not None:
                    return found
            if isinstance(error, FileMissing) and (similar := self._similar(written)):
                raise FileMissing(path, similar=similar) from error
            raise

    def _is_elsewhere(self, path: str) -> bool:
        is_windows = sys.platform == "win32"
        if not is_share_or_device(path, is_windows=is_windows):
            return False
        # A share that the operator allowed is read, and the rest of it is not.
        inside = [path[len(str(root)) :] for root in self.folders if path.casefold().startswith(f"{root}\\".casefold())]
        return not any(not is_share_or_device(rest[1:], is_windows=is_windows) for rest in inside)

    def _by_name(self, wanted: Path) -> Path | None:
        """Find the file whose path differs from the one wanted in the form of its letters and blanks alone."""
        named = [file for file in self.files if folded(str(file)) == folded(str(wanted))]
        if len(named) == 1:
            with suppress(InputError):
                return self._resolved(str(named[0]))
        roots = [root for root in self.folders if wanted.is_relative_to(root)]
        if not roots:
            return None
        found = max(roots, key=lambda root: len(root.parts))
        for part in wanted.relative_to(found).parts:
            if not (found / part).exists():
                name = same_name(part, names_in(found)) if self._may_be_listed(found) else None
                if name is None:
                    return None
                part = name  # noqa: PLW2901 - as it is on the disk
            found /= part
        with suppress(InputError):
            return self._resolved(str(found))
        return None

    def _similar(self, written: Sequence[str]) -> list[str]:
        for path in written:
            wanted = absolute(path)
            if self._may_be_listed(wanted.parent) and (found := similar_names(wanted.name, names_in(wanted.parent))):
                return found
        return []

    def _may_be_listed(self, folder: Path) -> bool:
        try:
            self._judge(str(folder), Path(os.path.realpath(folder)))
        except InputError:
            return False
        return True

    def _resolved(self, path: str) -> Path:
        wanted = absolute(path)
        where = Path(os.path.realpath(wanted))
        try:
            real = Path(os.path.realpath(wanted, strict=True))
        except OSError as error:
            # A link inside an allowed folder may loop or dangle; outside, and in hidden folders, whether a file exists
            # is not ours to tell.
            self._judge(path, where)
            raise _refusal(path, error) from error
        self._judge(path, real)
        return real

    def _judge(self, path: str, real: Path) -> None:
        if real in self.files:
            return
        root = self._root_of(real)
        if root is None:
            raise PathNotAllowed(path, self.folders)
        if any(part.startswith(".") for part in real.relative_to(root).parts):
            raise HiddenPath(path)

    def _root_of(self, path: Path) -> Path | None:
        # The longest root decides, so that a folder named on purpose may itself lie below a hidden one.
        roots = [folder for folder in self.folders if path.is_relative_to(folder)]
        return max(roots, key=lambda folder: len(folder.parts), default=None)

    def open(self, path: str, *, limit: int) -> tuple[Path, BinaryIO]:
        """Open an allowed file once and judge what was opened.

        Shapes:  the resolved path and the open file
        Errors:  as `check`, and `FileTooLarge` before a byte is read
        """
        real = self.check(path)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(real, flags | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            raise _refusal(path, error) from error
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise NotAFile(path, is_folder=stat.S_ISDIR(facts.st_mode))
            self._judge(path, _path_of(descriptor, real, facts))
            if facts.st_size > limit:
                raise FileTooLarge(path, size=facts.st_size, limit=limit)
            return real, os.fdopen(descriptor, "rb")
        except BaseException:
            os.close(descriptor)
            raise


def _path_of(descriptor: int, expected: Path, facts: os.stat_result) -> Path:
    """Say where the opened file really lies: a folder on the way may have been swapped for a link since the check."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/self/fd/{descriptor}").readlink()
        except OSError:
            pass  # no /proc: fall through to the portable comparison
    now = Path(os.path.realpath(expected))
    found = now.stat()
    if (found.st_dev, found.st_ino) != (facts.st_dev, facts.st_ino):
        raise FileMissing(str(expected))
    return now


def _refusal(path: str, error: OSError) -> InputError:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return FileUnreadable(path)
    if error.errno == errno.EISDIR:
        return NotAFile(path, is_folder=True)
    if error.errno == errno.ELOOP:
        return LinkLoop(path)
    if error.errno in {errno.ENXIO, errno.ENODEV}:
        return NotAFile(path, is_folder=False)
    return FileMissing(path)


class LinkLoop(InputError):
    def __init__(self, path: str) -> None:
        super().__init__(f"{path!r} is a link that leads back to itself.", "Give the path of the document itself.")


def local_path(source: str) -> str | None:
    """Read a `file:` URI as a path; a path stays as it is.

    Shapes:  None for a file on another machine
    """
    if not source.lower().startswith("file:"):
        return source
    from urllib.request import url2pathname  # brings half of the web along

    parts = urlsplit(source)
    return url2pathname(unquote(parts.path)) if parts.netloc.lower() in {"", "localhost"} else None


def absolute(path: str) -> Path:
    """Make a path absolute, `~` read as the home where there is such a user; no link is followed."""
    return Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100, PTH111 - pathlib raises for unknown users


def named_file(path: str) -> Path:
    """Find the file that a person named, wherever it is, as `AllowedFolders.check` finds files.

    Shapes:  a path that leads to no file is only resolved
    """
    if any(is_share_or_device(one, is_windows=sys.platform == "win32") for one in (path, *spellings(path))):
        return absolute(path)
    exact = Path(os.path.realpath(absolute(path)))
    if "\0" not in path and not exact.exists():
        with suppress(InputError):
            return AllowedFolders(folders=(Path(exact.anchor),)).check(path)
    return exact


def default_folders(start: Path) -> tuple[Path, ...]:
    """List what may be read when nobody said: `start` and the user's Desktop, Documents, Downloads and Pictures.

    The root, the home and everything above the home are left out: a host often starts its servers there.
    """
    import platformdirs

    try:
        home = Path.home().resolve()
    except RuntimeError:  # no HOME, and a user that the system does not know
        return tuple(folder for folder in resolved([start]) if folder != Path(folder.anchor))
    candidates = [
        start,
        platformdirs.user_desktop_path(),
        platformdirs.user_documents_path(),
        platformdirs.user_downloads_path(),
        platformdirs.user_pictures_path(),
    ]
    return tuple(
        folder
        for folder in resolved(candidates)
        if folder != home and folder not in home.parents and folder != Path(folder.anchor)
    )


def resolved(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Resolve links in folders, keep the order, drop repeats."""
    return tuple(dict.fromkeys(absolute(str(folder)).resolve() for folder in folders))
