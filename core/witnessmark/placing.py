"""Giving a finished file its name, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


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
