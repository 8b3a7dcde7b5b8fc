"""Settings: read once, from the environment and the command line, into a value that is passed down."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, get_args

from witnessmark.claude.credentials import Credentials, credentials_from
from witnessmark.documents.allowed import AllowedFolders, absolute, default_folders, named_file, resolved
from witnessmark.documents.ocr.engine import EngineChoice
from witnessmark.errors import SetupError
from witnessmark.limits import MIB, Limits
from witnessmark.plans.spending import ASK_ABOVE_USD, PER_DAY_USD, SpendingLimits

REUSE_DAYS = 30.0
_MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/\-]{2,99}")

LogLevel = Literal["debug", "info", "warning", "error"]

PARSER_MIB = Limits().worker_address_bytes // MIB
OCR_MIB = Limits().ocr_address_bytes // MIB
LEAST_MIB, MOST_MIB = 256, 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an operator can set: by a flag, or by an environment variable where a host passes those on."""

    flag: str
    metavar: str
    meaning: str
    default: str
    is_repeatable: bool = False

    @property
    def name(self) -> str:
        return self.flag.removeprefix("--").replace("-", "_")

    @property
    def variable(self) -> str:
        return f"WITNESSMARK_{self.name.upper()}"


SETTINGS = (
    Setting(
        flag="--allow",
        metavar="FOLDER",
        meaning="A folder whose files may be read. The flag can be repeated; the variable lists folders as PATH does.",
        default="the folder it is started in, and your Desktop, Documents, Downloads and Pictures",
        is_repeatable=True,
    ),
    Setting(
        flag="--home",
        metavar="FOLDER",
        meaning="Folder for everything that is kept: exported files, words of scans, paid answers.",
        default="the platform's data folder",
    ),
    Setting(
        flag="--wait-seconds",
        metavar="SECONDS",
        meaning="How long a host waits for a call before it gets a job_id and the work goes on.",
        default="45",
    ),
    Setting(
        flag="--model",
        metavar="MODEL",
        meaning="What reads if a call names no model: auto, the id of a model, or offline.",
        default="auto with a key, else offline",
    ),
    Setting(
        flag="--ask-above-usd",
        metavar="USD",
        meaning="A call that would cost more asks first, or is refused with its price if the host cannot ask.",
        default="0.50",
    ),
    Setting(
        flag="--max-usd-per-call",
        metavar="USD",
        meaning="A call that would cost more is refused, whatever the caller says.",
        default="no limit",
    ),
    Setting(
        flag="--max-usd-per-day",
        metavar="USD",
        meaning="What all calls of a calendar day may cost, on this machine's clock; none for no limit.",
        default=f"{PER_DAY_USD}",
    ),
    Setting(
        flag="--max-usd-per-month",
        metavar="USD",
        meaning="What all calls of a calendar month may cost.",
        default="no limit",
    ),
    Setting(
        flag="--reuse-days",
        metavar="DAYS",
        meaning="How long a paid answer is reused for free; 0 pays each time.",
        default="30",
    ),
    Setting(
        flag="--log",
        metavar="LEVEL",
        meaning="Which events are logged as JSON lines on standard error: debug, info, warning or error.",
        default="warning",
    ),
    Setting(
        flag="--ocr",
        metavar="ENGINE",
        meaning="What reads scans: auto, faster-paddle, rapidocr or off.",
        default="auto, the one that is installed",
    ),
    Setting(flag="--urls", metavar="on|off", meaning="Whether documents are fetched from https URLs.", default="on"),
    Setting(
        flag="--parser-mib",
        metavar="MIB",
        meaning="Memory that a process reading a file may take.",
        default=str(PARSER_MIB),
    ),
    Setting(flag="--ocr-mib", metavar="MIB", meaning="Memory that the OCR process may take.", default=str(OCR_MIB)),
)


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


class HomeUnknown(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "The system does not say where this user's data folder is.", "Set WITNESSMARK_HOME to a folder of yours."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides."""

    home: Path
    """Holds everything that witnessmark keeps."""
    allowed: AllowedFolders
    wait_seconds: float = 45.0
    model: str | None = None
    """Who reads where a call names no model; None: as the key decides."""
    spending: SpendingLimits = field(default_factory=SpendingLimits)
    reuse_days: float = REUSE_DAYS
    credentials: Credentials | SetupError | None = field(default=None, repr=False)
    """What opens the API, or what is wrong with it, for whoever needs it; None: there is no key."""
    log: LogLevel = "warning"
    ocr: EngineChoice = "auto"
    urls: bool = True
    """Whether https URLs are fetched."""
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
    def store(self) -> Path:
        return self.home / "store.sqlite3"

    @property
    def exports(self) -> Path:
        return self.home / "exports"


def settings_from(
    environment: Mapping[str, str],
    *,
    start: Path,
    files: Sequence[str] = (),
    names_folders: bool = False,
    allow: Sequence[str] | None = None,
    **given: str | None,
) -> Settings:
    """Read the settings; one that is given wins over its environment variable.

    Shapes:  `start` is the folder the process was started in; `files` are documents named on the shell's command line;
             with `names_folders` there are no default folders; `given` by the names in `SETTINGS`
    Errors:  `SettingInvalid`, `FoldersNotNamed`, `HomeUnknown`
    """
    texts = {item.name: given.get(item.name) or environment.get(item.variable) or "" for item in SETTINGS}
    listed = list(allow or ()) or [part for part in texts["allow"].split(os.pathsep) if part]
    named = frozenset(map(named_file, files))
    return Settings(
        home=_home(texts["home"]),
        allowed=AllowedFolders(folders=_folders(listed, start, names_folders), files=named),
        wait_seconds=_seconds(texts["wait_seconds"]),
        model=_model(texts["model"]),
        spending=SpendingLimits(
            ask_above_usd=_usd("ASK_ABOVE_USD", texts["ask_above_usd"] or f"{ASK_ABOVE_USD}"),
            per_call_usd=_usd_limit("MAX_USD_PER_CALL", texts["max_usd_per_call"]),
            per_day_usd=_usd_limit("MAX_USD_PER_DAY", texts["max_usd_per_day"] or f"{PER_DAY_USD}"),
            per_month_usd=_usd_limit("MAX_USD_PER_MONTH", texts["max_usd_per_month"]),
            is_day_default=not texts["max_usd_per_day"],
        ),
        reuse_days=_days(texts["reuse_days"]),
        credentials=_credentials(environment),
        log=_log_level(texts["log"]),
        ocr=_engine(texts["ocr"]),
        urls=_switch("WITNESSMARK_URLS", texts["urls"]),
        parser_mib=_mebibytes("WITNESSMARK_PARSER_MIB", texts["parser_mib"], PARSER_MIB),
        ocr_mib=_mebibytes("WITNESSMARK_OCR_MIB", texts["ocr_mib"], OCR_MIB),
    )


def _home(text: str) -> Path:
    if text:
        return absolute(text)
    import platformdirs

    try:
        return platformdirs.user_data_path("witnessmark", appauthor=False)
    except RuntimeError as error:
        raise HomeUnknown from error


def _folders(listed: Sequence[str], start: Path, names_folders: bool) -> tuple[Path, ...]:
    if not listed and names_folders:
        raise FoldersNotNamed
    if not listed:
        return default_folders(start)
    for part in listed:
        if not absolute(part).is_dir():
            raise SettingInvalid("WITNESSMARK_ALLOW or --allow", part, "a folder that exists")
    return resolved([Path(part) for part in listed])


def _seconds(text: str) -> float:
    try:
        value = float(text or 45)
    except ValueError as error:
        raise SettingInvalid("WITNESSMARK_WAIT_SECONDS", text, "a number of seconds from 1 to 3600") from error
    if not 1 <= value <= 3600:
        raise SettingInvalid("WITNESSMARK_WAIT_SECONDS", text, "a number of seconds from 1 to 3600")
    return value


def _model(text: str) -> str | None:
    if text in {"", "auto", "offline"}:
        return text or None
    from witnessmark.plans.models import ModelRetired, ModelUnknown, model_named

    try:
        return model_named(text).id
    except ModelUnknown as error:
        if _MODEL_ID.fullmatch(text):
            return text  # the Models API may know it
        raise SettingInvalid("WITNESSMARK_MODEL", text, "auto, a model that can be called, or offline") from error
    except ModelRetired as error:
        raise SettingInvalid("WITNESSMARK_MODEL", text, "auto, a model that can be called, or offline") from error


def _usd_limit(name: str, text: str) -> Decimal | None:
    return None if text.lower() in {"", "none"} else _usd(name, text)


def _usd(name: str, text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation as error:
        raise SettingInvalid(f"WITNESSMARK_{name}", text, "an amount in USD, such as 0.50") from error
    if not amount.is_finite() or amount < 0:
        raise SettingInvalid(f"WITNESSMARK_{name}", text, "an amount in USD, such as 0.50")
    return amount


def _days(text: str) -> float:
    try:
        value = float(text or REUSE_DAYS)
    except ValueError as error:
        raise SettingInvalid("WITNESSMARK_REUSE_DAYS", text, "a number of days from 0 to 3650") from error
    if not 0 <= value <= 3650:
        raise SettingInvalid("WITNESSMARK_REUSE_DAYS", text, "a number of days from 0 to 3650")
    return value


def _credentials(environment: Mapping[str, str]) -> Credentials | SetupError | None:
    """Read the key; what is wrong with it hurts only those who need one."""
    try:
        return credentials_from(environment)
    except SetupError as error:
        return error


def _log_level(text: str) -> LogLevel:
    for level in get_args(LogLevel):
        if (text or "warning").lower() == level:
            return level  # type: ignore[no-any-return]  # get_args is untyped
    raise SettingInvalid("WITNESSMARK_LOG", text, "debug, info, warning or error")


def _engine(text: str) -> EngineChoice:
    for choice in get_args(EngineChoice):
        if (text or "auto").lower() == choice:
            return choice  # type: ignore[no-any-return]  # get_args is untyped
    raise SettingInvalid("WITNESSMARK_OCR", text, "auto, faster-paddle, rapidocr or off")


def _switch(name: str, text: str) -> bool:
    if text.lower() not in {"", "on", "off"}:
        raise SettingInvalid(name, text, "on or off")
    return text.lower() != "off"


def _mebibytes(name: str, text: str, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or not LEAST_MIB <= int(text) <= MOST_MIB:
        raise SettingInvalid(name, text, f"a whole number of MiB from {LEAST_MIB} to {MOST_MIB}")
    return int(text)
