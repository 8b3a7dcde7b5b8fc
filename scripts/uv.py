"""Run the uv that `requirements/uv.txt` pins, as `python scripts/uv.py …`; needs Python 3.11 with pip and nothing else.

uv is brought into `.tools` on first need, its hash checked; the system's packages stay as they are. uv does not read
pip's configuration, so what that says about indexes and certificates is handed on, for this run only.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = ROOT / "requirements" / "uv.txt"
TOOLS = ROOT / ".tools"
PROGRAM = TOOLS / ("uv.exe" if os.name == "nt" else "uv")
FETCHED = TOOLS / "uv.txt"
"""The pin that `PROGRAM` was fetched by."""

UV_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", ""),
    "client-cert": ("SSL_CLIENT_CERT", ""),
    "proxy": ("ALL_PROXY", ""),
    "timeout": ("UV_HTTP_TIMEOUT", ""),
    "default-timeout": ("UV_HTTP_TIMEOUT", ""),
}
"""pip's setting → the variable by which uv takes it, and what separates several values there."""


def main() -> None:
    """Replace this process by uv with the same arguments."""
    environment = {
        **uv_settings(pip_settings(), os.environ),
        # pip takes the best version that any index has, uv by default only the first index that knows the name.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_PYTHON_DOWNLOADS": "never",
        # Where PYTHONDONTWRITEBYTECODE is set, as in many images, every start would compile everything again.
        "UV_COMPILE_BYTECODE": "1",
        **os.environ,
    }
    if sys.argv[1:3] == ["pip", "compile"]:
        # A lock is for every machine: wheels that lie on this one would leave out the hashes of all others.
        for local in ("UV_FIND_LINKS", "UV_INDEX"):
            environment.pop(local, None)
    uv = str(installed_uv())
    if os.name == "nt":
        # Windows' exec returns to the shell before the program has ended.
        sys.exit(subprocess.run([uv, *sys.argv[1:]], env=environment, check=False).returncode)
    os.execve(uv, [uv, *sys.argv[1:]], environment)


def installed_uv() -> Path:
    """Find the pinned uv, and fetch it when it is missing or another version is pinned by now."""
    if PROGRAM.exists() and FETCHED.exists() and FETCHED.read_bytes() == PIN.read_bytes():
        return PROGRAM
    print("Fetching uv into .tools …", file=sys.stderr)
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as package:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "-qq",
            "--root-user-action=ignore",
        ]
        pinned = ["--no-deps", "--require-hashes", "--requirement", str(PIN)]
        # A user's pip may be told to install for the user or only in virtual environments; neither goes with --target.
        environment = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
        subprocess.run([*pip, "--target", package, *pinned], env=environment, check=True)
        (Path(package) / "bin" / PROGRAM.name).replace(PROGRAM)
    FETCHED.write_bytes(PIN.read_bytes())
    return PROGRAM


def pip_settings() -> dict[str, str]:
    """Read pip's settings in force for an install: its environment over `[install]` over `[global]`."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found = sorted(_settings(listed), key=lambda setting: ("global", "install", ":env:").index(setting[0]))
    return {name: value for _, name, value in found}


def _settings(listed: str) -> Iterator[tuple[str, str, str]]:
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in {"global", "install", ":env:"} and name in UV_NAMES:
            yield section, name, ast.literal_eval(value)


def uv_settings(pip: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Say pip's settings in uv's words; what the environment says to uv already is left alone."""
    said: dict[str, str] = {}
    for name, value in pip.items():
        variable, separator = UV_NAMES[name]
        if value and variable not in environment:
            said[variable] = separator.join(value.split()) if separator else value
    return said


if __name__ == "__main__":
    main()
