"""Which URLs are taken: https, to a public host by its name, without credentials."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from typing import TYPE_CHECKING

from witnessmark.errors import InputError

if TYPE_CHECKING:
    import httpx2

_URL = re.compile(r"\s*https?:", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_LOCAL_ENDINGS = (".internal", ".local", ".localhost", ".home.arpa")
"""Source: RFC 6761, 6762, 8375; ICANN 2024 for .internal, where clouds keep their metadata."""


class UrlNotAllowed(InputError):
    """The URL, or one that it redirects to, is of a kind that is not fetched.

    Shapes:  `why` completes "The URL …" and holds nothing that a server said; `redirects` how many led there
    """

    def __init__(self, why: str, *, redirects: int = 0, instead: str = "") -> None:
        which = f"The URL redirects to one that {why}" if redirects else f"The URL {why}"
        otherwise = "Download the file and pass its path."
        super().__init__(f"{which}, so it is not fetched.", otherwise if redirects else instead or otherwise)
        self.redirects = redirects


def is_url(source: str) -> bool:
    """Say whether a source is meant as an address on the web, well formed or not."""
    return _URL.match(source) is not None


def https_url(text: str, *, ports: AbstractSet[int], base: httpx2.URL | None = None, redirects: int = 0) -> httpx2.URL:
    """Read a URL, or where a redirect from `base` leads, and judge what can be judged before its host is asked for.

    The same value is judged and connected to, so that two readers of a URL can never differ about its host.

    Shapes:  without its fragment
    Errors:  `UrlNotAllowed`
    """
    import httpx2

    try:
        read = httpx2.URL(text.strip())
        url = (base.join(read) if base else read).copy_with(fragment=None)
        host = host_of(url)
        if host.endswith("."):
            host = host.rstrip(".")
            url = url.copy_with(host=host)
    except (httpx2.InvalidURL, ValueError) as error:
        raise UrlNotAllowed("is not well formed", redirects=redirects, instead="Check how it is written.") from error
    if url.scheme != "https":
        instead = "Write https:// instead, or download the file and pass its path."
        kind = "is http, which anyone on the way can read and change" if url.scheme == "http" else "is not https"
        raise UrlNotAllowed(kind, redirects=redirects, instead=instead)
    if url.userinfo:
        raise UrlNotAllowed("holds a user name or a password", redirects=redirects)
    if (url.port or 443) not in ports:
        raise UrlNotAllowed("names another port than 443", redirects=redirects)
    if not _is_address(host) and not _HOST.fullmatch(host):
        raise UrlNotAllowed(
            "has no host that can be asked for", redirects=redirects, instead="Check how it is written."
        )
    if _is_local(host):
        raise UrlNotAllowed("names a host of this machine's own network", redirects=redirects)
    return url


def host_of(url: httpx2.URL) -> str:
    """Name the host of a URL in ASCII, an IPv6 address without brackets."""
    return url.raw_host.decode("ascii")


def _is_local(host: str) -> bool:
    # Such names mean the own network whatever they resolve to; so does one without a dot, `localhost` and `metadata`.
    return not _is_address(host) and ("." not in host or host.endswith(_LOCAL_ENDINGS))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
