"""Pictures of results as files, for a terminal that shows none."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from witnessmark.documents.allowed import absolute
from witnessmark.documents.web.url import is_url
from witnessmark.errors import SetupError, UsageError
from witnessmark.exports.folder import ExportFolder
from witnessmark.settings import Settings
from witnessmark_tools.remembered import RememberedResults
from witnessmark_tools.results import Picture
from witnessmark_tools.show_evidence import EvidenceShown

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


class OutputNotAPicture(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"--output {name[:60]!r} does not say what to write.", "End it with .png or .jpg.")


class OutputUnwritable(SetupError):
    exit_code = 3

    def __init__(self, name: str) -> None:
        super().__init__(f"The file {name[:200]!r} cannot be written.", "Name a file in a folder of yours.")


def check_output(output: str | None) -> None:
    """Refuse a name of no kind of picture before anything is done for it.

    Errors:  `OutputNotAPicture`
    """
    if output is not None and Path(output).suffix.lower() not in _FORMATS:
        raise OutputNotAPicture(output)


def with_file(result: EvidenceShown, output: str | None, settings: Settings) -> EvidenceShown:
    """Write the pictures of a result to where it was asked for, else into the export folder, and say where.

    Errors:  `OutputUnwritable`, `ExportFolderUnwritable`
    """
    first, *others = [
        _written(result, picture, output, settings, is_later=n > 0) for n, picture in enumerate(result.pictures)
    ]
    update = {"picture": result.picture.model_copy(update=first)}
    if others and result.later is not None:
        update["later"] = result.later.model_copy(update=others[0])
    return result.model_copy(update=update)


def _written(
    result: EvidenceShown, picture: Picture, output: str | None, settings: Settings, *, is_later: bool
) -> dict[str, str]:
    """Write one picture; that of the later document of a comparison beside the first."""
    suffix_of_later = "-after" if is_later else ""
    if output is None:
        stem = f"{result.documents[0].name.rsplit('.', 1)[0]}-{result.result_id}-evidence{suffix_of_later}"
        suffix = ".png" if picture.media_type == "image/png" else ".jpg"
        path = ExportFolder(settings.exports).write(stem + suffix, picture.content)
        media_type = picture.media_type
    else:
        path = absolute(output)
        path = path.with_stem(path.stem + suffix_of_later)
        format_ = _FORMATS[path.suffix.lower()]
        media_type = f"image/{format_.lower()}"
        try:
            path.write_bytes(_as(picture, format_))
        except OSError as error:
            raise OutputUnwritable(output) from error
    return {"path": str(path), "media_type": media_type}


def allowing_its_document(settings: Settings, arguments: dict[str, Any]) -> Settings:
    """Allow the documents of a result that was named: they were named themselves when the result was made."""
    named = arguments.get("result_id")
    kept = RememberedResults(settings.cache)
    known = kept.get(str(named)) if named else None
    if known is None:
        return settings
    others = [kept.get(name) for name in sorted({place.result_id for place in known.elsewhere.values()})]
    sources = [one.source for one in (known, *others) if one is not None and one.source is not None]
    files = settings.allowed.files | {Path(source).resolve() for source in sources if not is_url(source)}
    return replace(settings, allowed=replace(settings.allowed, files=files))


def _as(picture: Picture, format_: str) -> bytes:
    if picture.media_type == f"image/{format_.lower()}":
        return picture.content
    from PIL import Image

    target = io.BytesIO()
    with Image.open(io.BytesIO(picture.content)) as image:
        image.convert("RGB").save(target, format_, **({"quality": 92} if format_ == "JPEG" else {}))
    return target.getvalue()
