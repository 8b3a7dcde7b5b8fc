"""Fetches the document behind a URL into a file that nobody else sees."""

from __future__ import annotations

import http
import logging
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

import anyio

from witnessmark import __version__
from witnessmark.documents.allowed import FileTooLarge
from witnessmark.documents.content import CHUNK_BYTES, Content
from witnessmark.documents.web.addresses import Address, Resolve, is_public, resolve_by_system
from witnessmark.documents.web.names import document_name
from witnessmark.documents.web.url import UrlNotAllowed, host_of, https_url
from witnessmark.errors import InputError, SetupError
from witnessmark.limits import Limits
from witnessmark.placing import make_private_folder

if TYPE_CHECKING:
    import ssl

    import httpcore2
    import httpx2

logger = logging.getLogger(__name__)

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NEXT = "Open it in a browser to see, or download the file and pass its path."


class UrlUnreachable(InputError):
    """No server, no connection, or an answer that breaks off."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(f"The URL at {host!r} cannot be fetched: {why}.", f"{_NEXT} Proxies are not used.")
        self.host = host


class UrlNotTrusted(InputError):
    """TLS cannot tell that the server is the one that the URL names."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The URL at {host!r} is not fetched: the server's certificate is not valid for it.",
            "Check the address; certificates of a company of its own are trusted with SSL_CERT_FILE.",
        )
        self.host = host


class UrlRefused(InputError):
    """The server answers, and not with a document."""

    def __init__(self, host: str, status: int) -> None:
        super().__init__(f"The URL at {host!r} was answered with {_in_words(status)}.", _next_after(status))
        self.host, self.status = host, status


class UrlTooSlow(InputError):
    def __init__(self, host: str, *, seconds: float) -> None:
        super().__init__(
            f"The URL at {host!r} was not fetched within {seconds:g} seconds.",
            "Try again later, or download the file and pass its path.",
        )
        self.host, self.seconds = host, seconds


class UrlCompressed(InputError):
    """The server compresses what it was asked to send as it is: how much would come of it cannot be known."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The URL at {host!r} is sent compressed only, which is not taken.", "Download the file and pass its path."
        )
        self.host = host


class DownloadNotKept(SetupError):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"A document from the web cannot be kept in {str(folder)!r} while it is read.",
            "Set WITNESSMARK_HOME to a folder of yours, or free some disk space.",
        )


class CertificatesUnreadable(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "The certificates that servers are verified with cannot be read.",
            "Let SSL_CERT_FILE name a file of certificates, or leave it unset.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document from the web."""

    content: Content
    url: str | None
    """The URL as given, where it led straight to the document. Where it redirected there is none: what it redirects to
    is often signed for minutes, and who fetches it again may be led elsewhere."""


class _Download(NamedTuple):
    name: str
    file: BinaryIO
    redirects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches what https URLs name, from public addresses only, within limits.

    No proxy is used: a proxy looks the host up itself, so that no address could be checked.
    """

    folder: Path
    """Where a document lies while it is read; on POSIX without a name."""
    limits: Limits
    resolve: Resolve = resolve_by_system
    is_public: Callable[[Address], bool] = is_public
    trust: Callable[[], ssl.SSLContext] | None = None
    """Makes what certificates are verified with; None takes the system's, or SSL_CERT_FILE."""
    ports: frozenset[int] = frozenset({443})
    """Elsewhere than at 443 other services listen; a TLS greeting to them is nothing to send for a stranger."""

    async def fetch(self, source: str) -> Fetched:
        """Fetch a document.

        Shapes:  whoever closes the content deletes it
        Errors:  `UrlNotAllowed`, `UrlUnreachable`, `UrlNotTrusted`, `UrlRefused`, `UrlTooSlow`, `UrlCompressed`,
                 `FileTooLarge`, `DownloadNotKept`, `CertificatesUnreadable`; none holds the URL's path or query, nor a
                 word that a server said
        """
        given = https_url(source, ports=self.ports)
        host = host_of(given)
        download: _Download | None = None
        with ExitStack() as opened:
            with anyio.move_on_after(self.limits.url_seconds):
                download = await self._download(given, host, opened)
            if download is None:
                raise UrlTooSlow(host, seconds=self.limits.url_seconds)
            content = await anyio.to_thread.run_sync(Content, download.name, download.file)
            opened.pop_all()
        logger.info("fetched", extra={"host": host, "bytes": content.size, "redirects": download.redirects})
        return Fetched(content=content, url=None if download.redirects else str(given))

    async def _download(self, given: httpx2.URL, host: str, opened: ExitStack) -> _Download:
        trust = await anyio.to_thread.run_sync(self._trust)
        url = given
        for redirects in range(MOST_REDIRECTS + 1):
            async with self._asking(url, host, trust, redirects) as answer:
                headers = {name.lower(): value for name, value in answer.headers}
                if answer.status not in _REDIRECTS or b"location" not in headers:
                    name = document_name(headers.get(b"content-disposition", b""), url.path, host)
                    self._judge(answer.status, headers, host)
                    file = opened.enter_context(await anyio.to_thread.run_sync(self._file))
                    await self._save(answer, file, host)
                    return _Download(name, file, redirects)
            location = headers[b"location"].decode(errors="replace")
            url = https_url(location, ports=self.ports, base=url, redirects=redirects + 1)
        raise UrlNotAllowed(f"redirects more than {MOST_REDIRECTS} times")

    @asynccontextmanager
    async def _asking(
        self, url: httpx2.URL, host: str, trust: ssl.SSLContext, redirects: int
    ) -> AsyncGenerator[httpcore2.Response]:
        """Ask for a URL over a connection of its own: each hop verifies its host anew."""
        import httpcore2

        from witnessmark.documents.web.connection import CheckedBackend

        backend = CheckedBackend(self.resolve, self.is_public, redirects=redirects)
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [
            (b"Host", url.netloc),
            (b"User-Agent", f"witnessmark/{__version__}".encode()),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"close"),
        ]
        bounds = {"timeout": {"connect": self.limits.url_connect_seconds}}
        try:
            async with (
                httpcore2.AsyncConnectionPool(ssl_context=trust, network_backend=backend) as pool,
                pool.stream("GET", target, headers=headers, extensions=bounds) as answer,
            ):
                yield answer
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise _failure(error, host) from error
        finally:
            await backend.aclose()

    def _trust(self) -> ssl.SSLContext:
        import httpcore2

        try:
            return (self.trust or httpcore2.default_ssl_context)()
        except OSError as error:  # TLS's own errors are such
            raise CertificatesUnreadable from error

    def _judge(self, status: int, headers: dict[bytes, bytes], host: str) -> None:
        if status != http.HTTPStatus.OK:
            raise UrlRefused(host, status)
        if headers.get(b"content-encoding", b"identity").strip().lower() not in {b"identity", b""}:
            raise UrlCompressed(host)
        size = int(headers.get(b"content-length", b"0"))  # digits: h11 refuses others
        if size > self.limits.file_bytes:
            raise FileTooLarge(_shown(host), size=size, limit=self.limits.file_bytes)

    async def _save(self, answer: httpcore2.Response, file: BinaryIO, host: str) -> None:
        size, pending = 0, bytearray()
        async for piece in answer.aiter_stream():
            size += len(piece)
            if size > self.limits.file_bytes:
                raise FileTooLarge(_shown(host), size=None, limit=self.limits.file_bytes)
            pending += piece
            if len(pending) >= CHUNK_BYTES:
                await anyio.to_thread.run_sync(self._write, file, bytes(pending))
                pending.clear()
        await anyio.to_thread.run_sync(self._write, file, bytes(pending))

    def _file(self) -> BinaryIO:
        try:
            make_private_folder(self.folder)
            return cast("BinaryIO", tempfile.TemporaryFile(dir=self.folder, prefix="url-"))
        except OSError as error:
            raise DownloadNotKept(self.folder) from error

    def _write(self, file: BinaryIO, content: bytes) -> None:
        try:
            file.write(content)
            file.flush()
        except OSError as error:
            raise DownloadNotKept(self.folder) from error


def _shown(host: str) -> str:
    return f"https://{host}/…"


def _failure(error: Exception, host: str) -> InputError:
    """Say what went wrong by the kinds of errors on the way, without a word of theirs."""
    import socket
    import ssl

    import httpcore2

    causes: list[BaseException] = [error]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    kinds = tuple(type(cause) for cause in causes)
    if any(issubclass(kind, ssl.SSLCertVerificationError) for kind in kinds):
        return UrlNotTrusted(host)
    if any(issubclass(kind, socket.gaierror) for kind in kinds):
        return UrlUnreachable(host, "its server's name is not known")
    if any(issubclass(kind, ssl.SSLError) for kind in kinds):
        return UrlUnreachable(host, "its server does not speak TLS as it should")
    if isinstance(error, httpcore2.TimeoutException):
        return UrlUnreachable(host, "its server does not take the connection in time")
    if isinstance(error, httpcore2.ConnectError):
        return UrlUnreachable(host, "its server does not take the connection")
    return UrlUnreachable(host, "the answer breaks off or is no HTTP")


def _in_words(status: int) -> str:
    try:
        return f"{status} ({http.HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _next_after(status: int) -> str:
    if status in {401, 403, 407}:
        return "It wants a sign-in, or a link that is still valid: download the file and pass its path."
    if status in {404, 410}:
        return "Check the address: there is no document any more, or never was."
    if status == 429 or status >= 500:
        return "Try again later, or download the file and pass its path."
    return _NEXT
