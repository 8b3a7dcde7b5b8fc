"""Settings: read once, from the environment and the command line, into a value that is passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from witnessmark.documents.allowed import AllowedFolders, default_folders, resolved
from witnessmark.documents.ocr.engine import EngineChoice
from witnessmark.errors import SetupError
from witnessmark.limits import MIB, Limits

LogLevel = Literal["debug", "info", "warning", "error"]


PARSER_MIB = Limits().worker_address_bytes // MIB
OCR_MIB = Limits().ocr_address_bytes // MIB
LEAST_MIB, MOST_MIB = 256, 65_536


class SettingInvalid(SetupError):
    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"The setting {name}={value[:60]!r} cannot be used.", f"Set it to {expected}.")


class FoldersNotNamed(SetupError):
    """The server is open to every program on this machine, and nobody said what it may read."""

    def __init__(self) -> None:
        super().__init__(
            "Over HTTP every program on this machine can ask, so the folders that may be read have to be named.",
            "Add --allow FOLDER, once for each, or set WITNESSMARK_ALLOW.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides."""

    home: Path
    """Holds everything that witnessmark keeps."""
    allowed: AllowedFolders
    wait_seconds: float = 45.0
    log: LogLevel = "warning"
    ocr: EngineChoice = "auto"
    parser_mib: int = PARSER_MIB
    """Memory that a process reading a file may reserve."""
    ocr_mib: int = OCR_MIB
    """Memory that the OCR process may reserve."""

    @property
    def limits(self) -> Limits:
        """The limits, with those of memory as set."""
        return Limits().with_memory(parser_mib=self.parser_mib, ocr_mib=self.ocr_mib)

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def exports(self) -> Path:
        return self.home / "exports"


def settings_from(
    environment: Mapping[str, str],
    *,
    start: Path,
    home: str | None = None,
    allow: Sequence[str] = (),
    files: Sequence[str] = (),
    log: str | None = None,
    ocr: str | None = None,
    parser_mib: str | None = None,
    ocr_mib: str | None = None,
    names_folders: bool = False,
) -> Settings:
    """Read the settings; an argument that is given wins over its environment variable.

    Shapes:  `start` is the folder the process was started in; `files` are documents named on the shell's command line;
             with `names_folders` there are no default folders
    Errors:  `SettingInvalid`, `FoldersNotNamed`
    """
    named = frozenset(Path(os.path.realpath(Path(file).expanduser())) for file in files)
    return Settings(
        home=_home(home or environment.get("WITNESSMARK_HOME")),
        allowed=AllowedFolders(folders=_folders(environment, start, allow, names_folders), files=named),
        wait_seconds=_seconds(environment.get("WITNESSMARK_WAIT_SECONDS")),
        log=_log_level(log or environment.get("WITNESSMARK_LOG")),
        ocr=_engine(ocr or environment.get("WITNESSMARK_OCR")),
        parser_mib=_mebibytes("WITNESSMARK_PARSER_MIB", parser_mib, environment, PARSER_MIB),
        ocr_mib=_mebibytes("WITNESSMARK_OCR_MIB", ocr_mib, environment, OCR_MIB),
    )


def _home(text: str | None) -> Path:
    if text:
        return Path(text).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("witnessmark", appauthor=False)


def _folders(
    environment: Mapping[str, str], start: Path, allow: Sequence[str], names_folders: bool
) -> tuple[Path, ...]:
    listed = list(allow) or [part for part in environment.get("WITNESSMARK_ALLOW", "").split(os.pathsep) if part]
    if not listed and names_folders:
        raise FoldersNotNamed
    if not listed:
        return default_folders(start)
    folders = resolved([Path(part) for part in listed])
    for part, folder in zip(listed, folders, strict=False):
        if not folder.is_dir():
            raise SettingInvalid("WITNESSMARK_ALLOW or --allow", part, "a folder that exists")
    return folders


def _seconds(text: str | None) -> float:
    if not text:
        return 45.0
    try:
        value = float(text)
    except ValueError as error:
        raise SettingInvalid("WITNESSMARK_WAIT_SECONDS", text, "a number of seconds from 1 to 3600") from error
    if not 1 <= value <= 3600:
        raise SettingInvalid("WITNESSMARK_WAIT_SECONDS", text, "a number of seconds from 1 to 3600")
    return value


def _log_level(text: str | None) -> LogLevel:
    for level in get_args(LogLevel):
        if (text or "warning").lower() == level:
            return level  # type: ignore[no-any-return]  # get_args is untyped
    raise SettingInvalid("WITNESSMARK_LOG", text or "", "debug, info, warning or error")


def _engine(text: str | None) -> EngineChoice:
    for choice in get_args(EngineChoice):
        if (text or "auto").lower() == choice:
            return choice  # type: ignore[no-any-return]  # get_args is untyped
    raise SettingInvalid("WITNESSMARK_OCR", text or "", "auto, faster-paddle, rapidocr or off")


def _mebibytes(name: str, text: str | None, environment: Mapping[str, str], default: int) -> int:
    text = text or environment.get(name)
    if not text:
        return default
    if not text.isdecimal() or not LEAST_MIB <= int(text) <= MOST_MIB:
        raise SettingInvalid(name, text, f"a whole number of MiB from {LEAST_MIB} to {MOST_MIB}")
    return int(text)
