"""Connections to addresses that were checked, and to no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import anyio
from httpcore2 import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

from witnessmark.documents.web.addresses import Address, Resolve
from witnessmark.documents.web.url import UrlNotAllowed

MOST_ADDRESSES = 6


class CheckedBackend(AsyncNetworkBackend):
    """Asks for a host's addresses once, refuses them unless all are public, and connects to one of them.

    It stands below TLS and HTTP, which go on by the host's name: a name server that answers otherwise the next time is
    not asked a next time. One private address among public ones is no accident, so it refuses the host.
    """

    def __init__(self, resolve: Resolve, is_public: Callable[[Address], bool], *, redirects: int) -> None:
        self._resolve = resolve
        self._is_public = is_public
        self._redirects = redirects
        self._inner = AnyIOBackend()
        self._opened: list[AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        failure: ConnectError | ConnectTimeout = ConnectError()
        for address in await self._addresses(host, port, seconds=timeout):
            try:
                stream = await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (ConnectError, ConnectTimeout) as error:
                failure = error
            else:
                self._opened.append(stream)
                return stream
        raise failure

    async def _addresses(self, host: str, port: int, *, seconds: float | None) -> Sequence[Address]:
        try:
            with anyio.fail_after(seconds):
                addresses = await self._resolve(host, port)
        except TimeoutError as error:
            raise ConnectTimeout from error
        except (OSError, UnicodeError) as error:
            raise ConnectError from error
        if not all(map(self._is_public, addresses)):
            raise UrlNotAllowed("leads to an address that is not public", redirects=self._redirects)
        return addresses[:MOST_ADDRESSES]

    async def aclose(self) -> None:
        """Close every connection: one that is given up while TLS begins is in nobody else's hands."""
        with anyio.CancelScope(shield=True):
            for stream in self._opened:
                await stream.aclose()
