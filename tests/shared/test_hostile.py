"""Bad files, and what a good program does with each: finish or refuse in time and memory, say which, and go on."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from PIL import Image

from tests.shared.conftest import SHARED
from witnessmark.documents.pdfium import open_pdf
from witnessmark.errors import InputError
from witnessmark.plans.image_tokens import HIGH, seen_size
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.definition import Services
from witnessmark_tools.results import Result

HOSTILE = SHARED / "hostile"
FILES: list[dict[str, Any]] = json.loads((HOSTILE / "index.json").read_text())["files"] if HOSTILE.is_dir() else []

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not FILES, reason="../shared is not here"),
]


async def _call(services: Services, tool: str, source: Path | str, **arguments: Any) -> Result:
    definition = BY_NAME[tool]
    return await definition.call(definition.parse({"source": str(source), **arguments}), services)


async def _try(services: Services, tool: str, source: Path | str, **arguments: Any) -> Result | InputError:
    try:
        return await _call(services, tool, source, **arguments)
    except InputError as error:
        return error


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["file"])
async def test_a_bad_file_is_read_or_refused_in_time_and_the_next_one_is_read(
    services: Services, case: dict[str, Any]
) -> None:
    path = HOSTILE / case["file"]
    begun = time.monotonic()
    with anyio.fail_after(60):
        inspected = await _try(services, "inspect_document", path)
        answers = [await _try(services, tool, path, wait_seconds=8) for tool in ("read_text", "extract_tables")]
    assert all(answer.message and answer.next_step for answer in answers if isinstance(answer, InputError))
    expected = case["expect"].split(":")[0]
    if expected == "open":
        assert not isinstance(inspected, InputError), str(inspected)
    if expected == "reject":
        assert isinstance(inspected, InputError)
        assert case["file"] in inspected.message
        assert time.monotonic() - begun < 15
    if "encrypted and needs a password" in case["expect"]:
        assert isinstance(inspected, InputError)
        assert inspected.kind == "PasswordNeeded"
    good = await _call(services, "inspect_document", HOSTILE / "attachment.pdf")
    assert good.documents[0].pages >= 1


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["file"])
async def test_a_bad_file_is_made_ready_for_a_model_or_refused_in_time(
    services: Services, case: dict[str, Any]
) -> None:
    documents = services.documents
    with anyio.fail_after(40), suppress(InputError):
        async with documents.open(str(HOSTILE / case["file"])) as document:
            with suppress(InputError):
                for image in await documents.prepared_images(document, 1, purpose="reading", tier=HIGH):
                    with Image.open(io.BytesIO(image.content)) as shown:
                        shown.load()
                        assert shown.size == (image.width, image.height) == seen_size(*shown.size, HIGH)
                        assert len(image.content) <= 7_500_000
            pages = range(1, min(document.page_count, 30) + 1)
            async for part in documents.pdf_parts(document, pages, most_pages=10, most_bytes=20_000_000):
                with closing(part.content), open_pdf(part.content.read()) as cut:
                    assert cut.page_count == len(part.pages)


@pytest.mark.parametrize(
    ("file", "password"), [("pp-password-example.pdf", "test"), ("tb-encrypted.pdf", "userpassword")]
)
async def test_the_right_password_opens_and_a_wrong_one_is_said_to_be_wrong(
    services: Services, file: str, password: str
) -> None:
    assert not isinstance(await _try(services, "read_text", HOSTILE / file, password=password), InputError)
    refused = await _try(services, "inspect_document", HOSTILE / file, password="not this one")
    assert isinstance(refused, InputError)
    assert refused.kind == "PasswordWrong"


async def test_text_that_nobody_sees_is_flagged_and_left_out(services: Services) -> None:
    result = await _call(services, "read_text", HOSTILE / "inject-hidden.pdf")
    assert any("cannot be seen" in warning for warning in result.warnings)
    assert "99.9" not in result.to_text()


async def test_letters_without_a_meaning_are_not_quoted(services: Services) -> None:
    answer = await _try(services, "read_text", HOSTILE / "om-truetype_font_nomapping.pdf")
    assert isinstance(answer, InputError) or '"7+%-' not in answer.to_text()


async def test_five_thousand_pages_name_the_limit_and_the_range_that_works(services: Services) -> None:
    refused = await _try(services, "read_text", HOSTILE / "pages-5000.pdf")
    assert isinstance(refused, InputError)
    assert "600" in str(refused)
    last = await _try(services, "read_text", HOSTILE / "pages-5000.pdf", pages="4998-5000")
    assert isinstance(last, Result)


def _link(target: str, name: str, folder: Path) -> Path:
    path = folder / name
    path.symlink_to(target)
    return path


def _sparse(folder: Path) -> Path:
    path = folder / "big.pdf"
    with path.open("wb") as file:
        file.truncate(5 * 1024**3)
    return path


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.pdf")
    return folder / "pipe.pdf"


def _folder(folder: Path) -> Path:
    (folder / "dir.pdf").mkdir()
    return folder / "dir.pdf"


PATHS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a link out of the folders": (lambda folder: _link("/etc/passwd", "link.pdf", folder), "outside"),
    "a link above the folder": (lambda folder: _link("../../outside.pdf", "link.png", folder), "outside"),
    "a link to itself": (lambda folder: _link("loop", "loop", folder), "loop"),
    "a folder": (_folder, "folder"),
    "a pipe": (_fifo, "regular file"),
    "a device": (lambda _: Path("/dev/zero"), "outside"),
    "nothing there": (lambda folder: folder / "none.pdf", "none.pdf"),
    "five gigabytes": (_sparse, "big.pdf"),
}


@pytest.mark.parametrize("name", list(PATHS))
async def test_a_trick_with_a_path_is_refused_at_once(services: Services, tmp_path: Path, name: str) -> None:
    make, says = PATHS[name]
    folder = tmp_path / "documents"
    folder.mkdir()
    source = make(folder)
    begun = time.monotonic()
    with anyio.fail_after(5):
        refused = await _try(services, "read_text", source)
    assert isinstance(refused, InputError)
    assert says in str(refused)
    assert time.monotonic() - begun < 2
