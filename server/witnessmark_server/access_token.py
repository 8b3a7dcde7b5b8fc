"""Access token of the HTTP server: made once, kept in the home, and asked of every client."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from witnessmark.errors import SetupError
from witnessmark.placing import make_private_folder, put

TOKEN_FILE = "http-token"  # noqa: S105 - the name of a file
TOKEN_BYTES = 32
_MIN_LENGTH, _MAX_LENGTH = 20, 500


class TokenUnusable(SetupError):
    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"The access token in {path} {problem}.",
            "Delete the file; the next start makes a new token. Or serve without one: --no-auth.",
        )


def access_token(home: Path) -> str:
    """Read the access token of a home, or make it.

    Shapes:  letters, digits, `-` and `_`; the file is readable for its owner alone
    Errors:  `TokenUnusable`
    """
    path = home / TOKEN_FILE
    try:
        make_private_folder(home)
        _make(path)
        if os.name == "posix":
            path.chmod(0o600)
        token = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenUnusable(path, "cannot be read or written") from error
    if not (_MIN_LENGTH <= len(token) <= _MAX_LENGTH and token.isprintable() and " " not in token):
        raise TokenUnusable(path, f"is not a token of {_MIN_LENGTH} or more characters without blanks")
    return token


def _make(path: Path) -> None:
    """Write a new token, unless there is one. Two servers that start together agree on one."""
    if path.exists():
        return
    draft = path.with_name(f".{TOKEN_FILE}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(TOKEN_BYTES) + "\n")
        with suppress(FileExistsError):
            put(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def is_authorized(authorization: str | None, token: str) -> bool:
    """Tell whether an `Authorization` header carries the token."""
    scheme, _, given = (authorization or "").strip().partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
