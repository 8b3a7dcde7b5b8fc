"""HTTP/1.1 on a loopback port, close enough to the socket to break a connection at any point."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

import h11

_READ = 256 * 1024
_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""Closing resets the connection instead of ending it politely."""


class Gone(Exception):
    """The connection is no more, by us or by the client."""


class Exchange:
    """One request and its response."""

    def __init__(self, connection: Connection, head: h11.Request) -> None:
        self._connection = connection
        url = urlsplit(head.target.decode("ascii"))
        self.method = head.method.decode("ascii")
        self.path = unquote(url.path)
        self.query = parse_qs(url.query, keep_blank_values=True)
        self.headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
        self.body_bytes = 0
        self.is_begun = False

    async def read(self) -> bytes | None:
        """Read the next piece of the body as it arrives; None at its end."""
        piece = await self._connection.body_piece()
        self.body_bytes += len(piece or b"")
        return piece

    async def drain(self) -> None:
        """Read what is left of the body, and forget it."""
        while await self.read() is not None:
            pass

    async def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head of the response."""
        self.is_begun = True
        await self._connection.send(h11.Response(status_code=status, headers=list(headers.items())))

    async def send(self, data: bytes) -> None:
        """Send a piece of the response's body."""
        await self._connection.send(h11.Data(data=data))

    async def end(self) -> None:
        """End the response."""
        await self._connection.send(h11.EndOfMessage())

    async def wait_until_given_up(self) -> None:
        """Wait until the client closes the connection."""
        await self._connection.wait_for_end()

    def reset(self) -> Gone:
        """Break the connection: `raise exchange.reset()`."""
        self._connection.reset()
        return Gone()

    def close(self) -> Gone:
        """Close the connection in the midst of whatever was being sent."""
        self._connection.close()
        return Gone()


class Connection:
    """A client's connection, with one request after the other on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)

    async def serve(self, handle: Callable[[Exchange], Awaitable[None]], cuts_off: Callable[[], bool]) -> None:
        """Take requests until either side ends; `cuts_off` is asked when the first byte of each has come."""
        while (head := await self._head(cuts_off)) is not None:
            exchange = Exchange(self, head)
            await handle(exchange)
            await exchange.drain()
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def body_piece(self) -> bytes | None:
        while self._http.their_state is h11.SEND_BODY:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise Gone from error  # it ended in the midst of the body
            if event is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    await self.send(h11.InformationalResponse(status_code=100, headers=[]))
                self._http.receive_data(await self._read())
            elif isinstance(event, h11.Data):
                return bytes(event.data)
            else:
                return None
        return None

    async def send(self, event: h11.Event) -> None:
        if (data := self._http.send(event)) is None:
            raise Gone
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise Gone from error

    async def wait_for_end(self) -> None:
        with contextlib.suppress(Gone):
            while await self._read():
                pass

    def reset(self) -> None:
        connection: socket.socket = self._writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self._writer.transport.abort()

    def close(self) -> None:
        self._writer.close()

    async def _head(self, cuts_off: Callable[[], bool]) -> h11.Request | None:
        asked = False
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                return event
            if event is not h11.NEED_DATA:
                return None
            data = await self._read()
            if data and not asked and cuts_off():
                self.reset()
                return None
            asked = asked or bool(data)
            self._http.receive_data(data)

    async def _read(self) -> bytes:
        try:
            return await self._reader.read(_READ)
        except OSError as error:
            raise Gone from error


class Server:
    """Listens on a port of its own, and hands on each exchange."""

    def __init__(self, handle: Callable[[Exchange], Awaitable[None]], cuts_off: Callable[[], bool]) -> None:
        self._handle, self._cuts_off = handle, cuts_off
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Begin to listen, and say on which port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=_READ)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def stop(self) -> None:
        """Close all connections, whatever is still under way on them."""
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio makes a task of each connection"
        self._tasks.add(task)
        try:
            await Connection(reader, writer).serve(self._handle, self._cuts_off)
        except (Gone, h11.ProtocolError, asyncio.CancelledError):
            pass  # the client has gone, speaks no HTTP, or the server stops: the connection ends here
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
