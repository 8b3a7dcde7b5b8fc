"""Folders that are the user's alone, and files that get their name whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make a folder and the missing ones above it, for their owner alone; one that exists stays as it is.

    Errors:  OSError
    """
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(folder)


def put(temporary: Path, target: Path) -> None:
    """Give a finished file its name; a name that is taken raises `FileExistsError`, where a rename would replace it."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: claim the name first
        with target.open("xb"):
            pass
        temporary.replace(target)
