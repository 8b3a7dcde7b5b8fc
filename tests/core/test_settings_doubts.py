"""Settings that are accepted and probably not meant so are named, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from witnessmark.documents.ocr.engine import installed_engine
from witnessmark.settings import SETTINGS, settings_from
from witnessmark.settings_doubts import Doubt, doubts_about


def _doubts(tmp_path: Path, environment: dict[str, str], **given: str) -> list[Doubt]:
    settings = settings_from(
        environment, start=tmp_path, home=str(tmp_path / "home"), allow=[str(tmp_path)], names_folders=True, **given
    )
    return doubts_about(settings, environment)


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("WITNESSMARK_ALOW", "WITNESSMARK_ALLOW"),
        ("WITNESSMARK_MAX_USD_A_DAY", "WITNESSMARK_MAX_USD_PER_DAY"),
        ("WITNESSMARK_MODELS", "WITNESSMARK_MODEL"),
        ("witnessmark_model", "WITNESSMARK_MODEL"),
    ],
)
def test_a_mistyped_name_is_reported_with_the_closest(tmp_path: Path, mistyped: str, meant: str) -> None:
    (doubt,) = _doubts(tmp_path, {mistyped: "1", "PATH": "/bin"})
    assert doubt.problem == f"{mistyped} is not a setting, and has no effect."
    assert doubt.advice == f"Did you mean {meant}?"


def test_a_name_like_no_setting_leads_to_the_list(tmp_path: Path) -> None:
    (doubt,) = _doubts(tmp_path, {"WITNESSMARK_COLOUR": "red"})
    assert "--help" in doubt.advice


def test_names_that_are_settings_are_in_no_doubt(tmp_path: Path) -> None:
    environment = {item.variable: "" for item in SETTINGS} | {"WITNESSMARK_TEST_KILLED_RUNS": "3"}
    assert _doubts(tmp_path, environment, model="claude-haiku-4-5") == []


def test_a_model_that_nobody_knows_is_reported_unless_the_endpoint_is_another(tmp_path: Path) -> None:
    (doubt,) = _doubts(tmp_path, {}, model="claude-opsu-5")
    assert "'claude-opsu-5'" in doubt.problem
    assert "Did you mean 'claude-opus-5'" in doubt.advice
    elsewhere = {"ANTHROPIC_API_KEY": "secret-of-a-gateway", "ANTHROPIC_BASE_URL": "http://localhost:11434"}
    assert _doubts(tmp_path, elsewhere, model="llama-vision") == []


@pytest.mark.skipif(installed_engine("rapidocr") is not None, reason="rapidocr is installed")
def test_an_engine_that_is_not_installed_is_reported(tmp_path: Path) -> None:
    (doubt,) = _doubts(tmp_path, {}, ocr="rapidocr")
    assert "rapidocr is not installed" in doubt.problem
    assert "witnessmark[ocr-rapidocr]" in doubt.advice
    assert _doubts(tmp_path, {}, ocr="auto") == []


def test_the_root_as_an_allowed_folder_is_reported(tmp_path: Path) -> None:
    settings = settings_from({}, start=tmp_path, home=str(tmp_path / "home"), allow=[tmp_path.anchor])
    (doubt,) = doubts_about(settings, {})
    assert "every file of this machine" in doubt.problem
