"""`witnessmark`, and `python -m witnessmark_server`."""

from __future__ import annotations

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line."""
    # The collector would run dozens of times while hundreds of modules are made, and find nothing.
    gc.disable()
    from witnessmark_server.cli import main as run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
