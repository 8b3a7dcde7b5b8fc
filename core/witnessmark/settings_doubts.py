"""Settings that are probably not what the operator meant: mistyped names, unknown models, too much allowed."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from witnessmark.claude.credentials import DEFAULT_BASE_URL, Credentials
from witnessmark.documents.ocr.engine import installed_engine
from witnessmark.settings import SETTINGS, Settings

PREFIX = "WITNESSMARK_"
_OTHER_NAMES = frozenset({"WITNESSMARK_CASES", "WITNESSMARK_SNAPSHOTS"})
"""Read by witnessmark's own tests, as is whatever begins with `WITNESSMARK_TEST_`."""
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One setting that is probably wrong: a sentence on what, and one on what to do."""

    setting: str
    problem: str
    advice: str


def doubts_about(settings: Settings, environment: Mapping[str, str]) -> list[Doubt]:
    """List what is probably wrong with the settings; nothing is opened and nobody is asked."""
    found = [_unknown(name) for name in sorted(environment) if _is_unknown(name)]
    found += [_too_wide(folder) for folder in settings.allowed.folders if folder == Path(folder.anchor)]
    found += _about_model(settings)
    found += _about_engine(settings)
    return found


def _is_unknown(name: str) -> bool:
    if os.name == "nt":  # names there have no case
        name = name.upper()
    if not name.upper().startswith(PREFIX) or name in _OTHER_NAMES or name.startswith(PREFIX + "TEST_"):
        return False
    return name not in {item.variable for item in SETTINGS}


def _unknown(name: str) -> Doubt:
    known = [item.variable.removeprefix(PREFIX) for item in SETTINGS]
    close = difflib.get_close_matches(name.upper().removeprefix(PREFIX), known, n=1, cutoff=0.6)
    advice = f"Did you mean {PREFIX}{close[0]}?" if close else "`witnessmark serve --help` lists the settings."
    return Doubt(setting=name, problem=f"{name[:_MAX_SHOWN]} is not a setting, and has no effect.", advice=advice)


def _too_wide(folder: Path) -> Doubt:
    return Doubt(
        setting="WITNESSMARK_ALLOW",
        problem=f"The allowed folder {folder} holds every file of this machine, keys and passwords among them.",
        advice="Allow only the folders that hold your documents.",
    )


def _about_model(settings: Settings) -> list[Doubt]:
    if settings.model is None or settings.model in {"auto", "offline"}:
        return []
    credentials = settings.credentials
    if isinstance(credentials, Credentials) and credentials.base_url != DEFAULT_BASE_URL:
        return []  # another endpoint has models of its own
    from witnessmark.plans.models import ModelUnknown, model_named

    try:
        model_named(settings.model)
    except ModelUnknown as error:
        problem = f"The model {settings.model[:_MAX_SHOWN]!r} is not one that witnessmark knows."
        return [Doubt(setting="WITNESSMARK_MODEL", problem=problem, advice=error.next_step)]
    return []


def _about_engine(settings: Settings) -> list[Doubt]:
    if settings.ocr in {"auto", "off"} or installed_engine(settings.ocr) is not None:
        return []
    extra = "ocr-rapidocr" if settings.ocr == "rapidocr" else "ocr"
    return [
        Doubt(
            setting="WITNESSMARK_OCR",
            problem=f"The OCR engine {settings.ocr} is not installed, so scans and images cannot be read.",
            advice=f"Run `pip install 'witnessmark[{extra}]'`, or set WITNESSMARK_OCR to auto.",
        )
    ]
