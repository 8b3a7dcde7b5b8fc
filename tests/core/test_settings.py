"""Settings from the environment and from flags."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from witnessmark.limits import MIB
from witnessmark.settings import SettingInvalid, Settings, settings_from


def _read(tmp_path: Path, environment: dict[str, str], **flags: Any) -> Settings:
    return settings_from(environment, start=tmp_path, home=str(tmp_path / "home"), allow=[str(tmp_path)], **flags)


def test_memory_is_bounded_by_environment_and_by_flag(tmp_path: Path) -> None:
    environment = {"WITNESSMARK_PARSER_MIB": "900", "WITNESSMARK_OCR_MIB": "1800"}
    limits = _read(tmp_path, environment, ocr_mib="2400").limits
    assert limits.worker_address_bytes == 900 * MIB
    assert limits.for_ocr().worker_address_bytes == 2400 * MIB
    assert limits.for_ocr().worker_resident_bytes == 1600 * MIB


def test_the_ocr_engine_is_chosen_by_flag_before_environment(tmp_path: Path) -> None:
    assert _read(tmp_path, {"WITNESSMARK_OCR": "rapidocr"}, ocr="off").ocr == "off"
    assert _read(tmp_path, {"WITNESSMARK_OCR": "rapidocr"}).ocr == "rapidocr"
    assert _read(tmp_path, {}).ocr == "auto"


def test_urls_are_fetched_unless_they_are_switched_off(tmp_path: Path) -> None:
    assert _read(tmp_path, {}).urls
    assert _read(tmp_path, {"WITNESSMARK_URLS": "off"}, urls="on").urls
    assert not _read(tmp_path, {"WITNESSMARK_URLS": "OFF"}).urls


@pytest.mark.parametrize(
    "environment",
    [
        {"WITNESSMARK_OCR": "best"},
        {"WITNESSMARK_OCR_MIB": "2 GB"},
        {"WITNESSMARK_PARSER_MIB": "10"},
        {"WITNESSMARK_URLS": "perhaps"},
    ],
    ids=["engine", "unit", "too little", "neither on nor off"],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid, match=next(iter(environment))):
        _read(tmp_path, environment)


def test_five_dollars_a_day_are_the_limit_where_the_operator_sets_none(tmp_path: Path) -> None:
    spending = _read(tmp_path, {}).spending
    assert (spending.per_day_usd, spending.per_month_usd) == (Decimal(5), None)
    assert spending.strictest_setting is None  # a model whose price is not known may be asked
    assert _read(tmp_path, {"WITNESSMARK_MAX_USD_PER_DAY": "None"}).spending.per_day_usd is None
    own = _read(tmp_path, {}, max_usd_per_day="20").spending
    assert (own.per_day_usd, own.strictest_setting) == (Decimal(20), "WITNESSMARK_MAX_USD_PER_DAY")
