"""Documents from the web: which URLs are taken, from whom, and what a bad server can do."""

from __future__ import annotations

import gzip
import logging
import socket
import sys
import tracemalloc
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import anyio
import pytest

from tests.https_server import (
    HOST,
    PRIVATE,
    PUBLIC,
    HttpsServer,
    answer,
    dripping,
    open_files_in,
    raw,
    redirect,
    serving,
)
from witnessmark import __version__
from witnessmark.documents.allowed import FileTooLarge
from witnessmark.documents.web.addresses import Address, is_public, resolve_by_system
from witnessmark.documents.web.fetcher import (
    CertificatesUnreadable,
    DownloadNotKept,
    Fetcher,
    UrlCompressed,
    UrlNotTrusted,
    UrlRefused,
    UrlTooSlow,
    UrlUnreachable,
)
from witnessmark.documents.web.names import document_name
from witnessmark.documents.web.url import UrlNotAllowed, https_url, is_url
from witnessmark.errors import WitnessmarkError
from witnessmark.limits import Limits

pytestmark = pytest.mark.anyio

SECRET = "sig=tOpSeCrEt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
async def server() -> AsyncGenerator[HttpsServer]:
    with anyio.fail_after(20):
        async with serving() as made:
            yield made


def _names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _was_made(folder: Path) -> bool:
    return folder.exists()


async def _refused(fetcher: Fetcher, url: str) -> WitnessmarkError:
    """Fetch what is to be refused, and look for what must not be said or left behind."""
    with pytest.raises(WitnessmarkError) as caught:
        await fetcher.fetch(url)
    assert caught.value.message
    assert caught.value.next_step
    assert SECRET not in str(caught.value)
    assert open_files_in(fetcher.folder) == []
    return caught.value


# --- which addresses ----------------------------------------------------------------------------------------------

ADDRESSES = {
    "8.8.8.8": True,
    "93.184.216.34": True,
    "192.0.1.1": True,
    "0.0.0.0": False,
    "0.1.2.3": False,
    "10.0.0.1": False,
    "100.64.0.1": False,
    "100.100.100.200": False,
    "127.0.0.1": False,
    "127.255.255.254": False,
    "168.63.129.16": False,
    "169.254.169.254": False,
    "169.254.170.2": False,
    "172.16.0.1": False,
    "172.31.255.255": False,
    "172.32.0.1": True,
    "192.0.0.9": False,
    "192.0.0.192": False,
    "192.0.2.1": False,
    "192.88.99.1": False,
    "192.168.1.1": False,
    "198.18.0.1": False,
    "198.51.100.1": False,
    "203.0.113.1": False,
    "224.0.0.1": False,
    "233.252.0.1": False,
    "239.255.255.250": False,
    "240.0.0.1": False,
    "255.255.255.255": False,
    "2606:4700:4700::1111": True,
    "2a00:1450:4001:80b::200e": True,
    "::": False,
    "::1": False,
    "::7f00:1": False,
    "::ffff:127.0.0.1": False,
    "::ffff:169.254.169.254": False,
    "::ffff:8.8.8.8": True,
    "::ffff:0:127.0.0.1": False,
    "64:ff9b::7f00:1": False,
    "64:ff9b::a9fe:a9fe": False,
    "64:ff9b::808:808": True,
    "64:ff9b:1::808:808": False,
    "100::1": False,
    "2001::1": False,
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": False,
    "2001:db8::1": False,
    "2002:7f00:1::1": False,
    "2002:808:808::1": False,
    "3fff::1": False,
    "5f00::1": False,
    "fc00::1": False,
    "fd00:ec2::254": False,
    "fd20:ce::254": False,
    "fe80::1": False,
    "fe80::1%1": False,
    "fec0::1": False,
    "ff02::1": False,
    "ff0e::1": False,
}


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items(), ids=list(ADDRESSES))
def test_an_address_is_public_or_not(address: str, expected: bool) -> None:
    assert is_public(ip_address(address)) is expected


@pytest.mark.parametrize("address", ["8.8.8.8", "169.254.169.254", "10.1.2.3"])
def test_an_address_inside_another_is_judged_as_itself(address: str) -> None:
    inside = int(ip_address(address))
    expected = is_public(ip_address(address))
    assert is_public(ip_address("::ffff:0.0.0.0") + inside) is expected
    assert is_public(ip_address("64:ff9b::") + inside) is expected


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "::1"], ids=["dotted", "short", "hex", "octal", "IPv6"]
)
async def test_loopback_is_not_reached_however_it_is_written(folder: Path, host: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        fetcher = Fetcher(folder=folder, limits=Limits(), ports=frozenset({port}))
        assert await _refused(fetcher, f"https://{shown}:{port}/a.pdf?{SECRET}")
        assert await _nobody_came(listener.extra(anyio.abc.SocketAttribute.raw_socket))


async def _nobody_came(listening: socket.socket) -> bool:
    listening.setblocking(False)
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return True
    return False


async def test_the_system_s_resolver_is_asked() -> None:
    assert ip_address("127.0.0.1") in await resolve_by_system("localhost", 443)


# --- which URLs ---------------------------------------------------------------------------------------------------

NOT_TAKEN = {
    "http": ("http://files.example/a.pdf", "is http"),
    "http, in capitals": ("HTTP://files.example/a.pdf", "is http"),
    "a user": ("https://user@files.example/a.pdf", "a user name or a password"),
    "a password": ("https://user:word@files.example/a.pdf", "a user name or a password"),
    "a host that looks like another": ("https://files.example\\@127.0.0.1/a.pdf", "a user name or a password"),
    "another port": ("https://files.example:8443/a.pdf", "another port"),
    "ssh's port": ("https://files.example:22/a.pdf", "another port"),
    "no host": ("https:///a.pdf", "no host"),
    "one slash": ("https:/files.example/a.pdf", "no host"),
    "no slash": ("https:files.example", "no host"),
    "a port that is none": ("https://files.example:99999999/", "another port"),
    "letters for a port": ("https://files.example:x/", "not well formed"),
    "a line break": ("https://files.example/a\r\nHost: b", "not well formed"),
    "a null byte": ("https://files.example/\0", "not well formed"),
    "a host with spaces": ("https://files .example/", "no host"),
    "a host in percent signs": ("https://%31%32%37.0.0.1/", "no host"),
    "circled digits": ("https://①②⑦.⓪.⓪.①/", "not well formed"),
    "four numbers that are no address": ("https://127.0.0.1.1/", "not public"),
    "too large a number": ("https://256.1.1.1/", "not well formed"),
    "this machine": ("https://localhost/a.pdf", "own network"),
    "this machine with a dot": ("https://localhost./a.pdf", "own network"),
    "a name of this machine": ("https://a.localhost/a.pdf", "own network"),
    "one number": ("https://2130706433/", "own network"),
    "one number in hex": ("https://0x7f000001/", "own network"),
    "a host of the house": ("https://intranet/a.pdf", "own network"),
    "a printer": ("https://printer.local/a.pdf", "own network"),
    "a cloud's metadata": ("https://metadata.google.internal/computeMetadata/v1/", "own network"),
    "a cloud's metadata, with a dot": ("https://METADATA.google.internal./", "own network"),
    "a cloud's metadata, in short": ("https://metadata/", "own network"),
    "metadata by its address": ("https://169.254.169.254/latest/meta-data/", "not public"),
    "metadata by IPv6": ("https://[fd00:ec2::254]/latest/meta-data/", "not public"),
    "an address in brackets that is none": ("https://[::g]/", "not well formed"),
}


@pytest.mark.parametrize(("url", "says"), NOT_TAKEN.values(), ids=list(NOT_TAKEN))
async def test_a_url_that_is_not_taken_is_refused_in_a_sentence(folder: Path, url: str, says: str) -> None:
    async def resolve(host: str, port: int) -> Sequence[Address]:
        return (ip_address(host),) if host[0] in "1f" and host != "127.0.0.1.1" else (PRIVATE,)

    refused = await _refused(Fetcher(folder=folder, limits=Limits(), resolve=resolve), url)
    assert isinstance(refused, UrlNotAllowed)
    assert says in refused.message


def test_http_is_told_to_say_https() -> None:
    with pytest.raises(UrlNotAllowed) as caught:
        https_url("http://files.example/a.pdf", ports={443})
    assert str(caught.value) == (
        "The URL is http, which anyone on the way can read and change, so it is not fetched. "
        "Write https:// instead, or download the file and pass its path."
    )


@pytest.mark.parametrize("source", ["https://a.example/", " HTTPS://a.example", "http:a", "https:/a"])
def test_what_is_meant_as_a_url_is_never_looked_for_as_a_file(source: str) -> None:
    assert is_url(source)


@pytest.mark.parametrize("source", ["a.pdf", "/https://a", "https", "httpsfile:x", "file:///a", "data:a", "ftp://a/b"])
def test_other_sources_are_no_urls(source: str) -> None:
    assert not is_url(source)


# --- fetching -----------------------------------------------------------------------------------------------------


async def test_a_document_is_fetched_with_its_name_and_its_url(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/reports/Q3%20report.pdf", answer(b"%PDF-1.4 body"))
    fetched = await server.fetcher(folder).fetch(f" {url}?{SECRET}#page=2 ")
    try:
        assert fetched.content.read() == b"%PDF-1.4 body"
        assert fetched.content.name == "Q3 report.pdf"
        assert fetched.url == f"{url}?{SECRET}"
    finally:
        fetched.content.close()
    assert open_files_in(folder) == []


async def test_a_request_says_who_asks_and_nothing_else(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", answer(b"x", headers=["Set-Cookie: a=b"]))
    for _ in range(2):
        (await server.fetcher(folder).fetch(f"{url}?q=1#f")).content.close()
    first, second = (request.decode().split("\r\n") for request in server.requests)
    assert first == second
    assert first == [
        "GET /a.pdf?q=1 HTTP/1.1",
        f"Host: {HOST}:{server.port}",
        f"User-Agent: witnessmark/{__version__}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes an open file when it is closed")
async def test_a_document_lies_in_a_file_without_a_name_while_it_is_read(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", answer(b"x" * 3_000_000))
    fetched = await server.fetcher(folder).fetch(url)
    assert _names_in(folder) == []
    assert fetched.content.size == 3_000_000
    fetched.content.close()


async def test_a_large_document_is_never_whole_in_memory(server: HttpsServer, folder: Path) -> None:
    async def pour(stream: anyio.abc.ByteStream) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
        for _ in range(1024):
            await stream.send(b"x" * 65536)

    url = server.serve("/a.pdf", pour)
    tracemalloc.start()
    try:
        fetched = await server.fetcher(folder).fetch(url)
        fetched.content.close()
        assert fetched.content.size == 67_108_864
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


async def test_the_connection_goes_to_the_address_that_was_checked(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", answer(b"x"))
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[Address]:
        asked.append(host)
        return (PUBLIC,) if len(asked) == 1 else (PRIVATE,)

    fetched = await replace(server.fetcher(folder), resolve=rebinding).fetch(url)
    fetched.content.close()
    assert asked == [HOST]
    assert server.connections == 1


@pytest.mark.parametrize("order", [[PUBLIC, PRIVATE], [PRIVATE, PUBLIC]], ids=["public first", "private first"])
async def test_one_private_address_among_several_refuses_the_host(
    server: HttpsServer, folder: Path, order: list[Address]
) -> None:
    refused = await _refused(server.fetcher(folder, names={HOST: order}), server.url("/a.pdf"))
    assert refused.message == "The URL leads to an address that is not public, so it is not fetched."
    assert server.connections == 0


async def test_an_address_that_nobody_answers_at_gives_way_to_the_next(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", answer(b"x"))
    nobody = ip_address("::1")  # the server listens on IPv4 alone
    fetcher = replace(server.fetcher(folder, names={HOST: [nobody, PUBLIC]}), is_public={nobody, PUBLIC}.__contains__)
    (await fetcher.fetch(url)).content.close()
    assert len(server.requests) == 1


async def test_no_proxy_of_the_environment_is_used(
    server: HttpsServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.serve("/a.pdf", answer(b"x"))
    proxy = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with proxy:
        address = f"http://127.0.0.1:{proxy.extra(anyio.abc.SocketAttribute.local_port)}"
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, address)
        (await server.fetcher(folder).fetch(url)).content.close()
        assert await _nobody_came(proxy.extra(anyio.abc.SocketAttribute.raw_socket))
    assert len(server.requests) == 1


# --- redirects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_followed_and_leaves_no_url(server: HttpsServer, folder: Path, status: str) -> None:
    url = server.serve("/a", redirect("b/c.pdf?q=1", status=status))
    server.serve("/b/c.pdf", answer(b"x"))
    fetched = await server.fetcher(folder).fetch(url)
    fetched.content.close()
    assert fetched.content.name == "c.pdf"
    assert fetched.url is None


async def test_five_redirects_are_followed_and_six_are_not(server: HttpsServer, folder: Path) -> None:
    for number in range(6):
        server.serve(f"/{number}", redirect(server.url(f"/{number + 1}", host=("other.example", HOST)[number % 2])))
    server.serve("/6", answer(b"x"))
    fetched = await server.fetcher(folder).fetch(server.url("/1"))
    fetched.content.close()
    assert len(server.requests) == 6
    refused = await _refused(server.fetcher(folder), server.url(f"/0?{SECRET}"))
    assert refused.message == "The URL redirects more than 5 times, so it is not fetched."


async def test_a_redirect_to_itself_ends(server: HttpsServer, folder: Path) -> None:
    assert isinstance(await _refused(server.fetcher(folder), server.serve("/a", redirect("/a"))), UrlNotAllowed)


LED_ASTRAY = {
    "a private host": ("https://private.example:{port}/a.pdf", "not public"),
    "metadata": ("https://169.254.169.254:{port}/latest/", "not public"),
    "this machine by name": ("https://localhost:{port}/", "own network"),
    "http": ("http://files.example/a.pdf", "is http"),
    "a file": ("file:///etc/passwd", "is not https"),
    "a credential": ("https://me:word@files.example:{port}/a.pdf", "a user name or a password"),
    "another port": ("https://files.example:22/", "another port"),
    "nonsense": ("https://[::g]/", "not well formed"),
    "letters of no encoding": ("https://\xff\xfe/", "redirects to one"),
}


@pytest.mark.parametrize(("location", "says"), LED_ASTRAY.values(), ids=list(LED_ASTRAY))
async def test_a_redirect_is_judged_as_the_first_url_was(
    server: HttpsServer, folder: Path, location: str, says: str
) -> None:
    location = location.format(port=server.port)
    url = server.serve("/a", redirect(f"{location}?{SECRET}"))
    names = {HOST: [PUBLIC], "private.example": [PRIVATE], "169.254.169.254": [ip_address("169.254.169.254")]}
    refused = await _refused(server.fetcher(folder, names=names), url)
    assert isinstance(refused, UrlNotAllowed)
    assert refused.message.startswith("The URL redirects to one that ")
    assert says in refused.message
    assert "private.example" not in str(refused)
    assert len(server.requests) == 1


async def test_a_redirect_to_another_name_at_the_same_address_verifies_that_name(
    server: HttpsServer, folder: Path
) -> None:
    url = server.serve("/a", redirect(server.url("/b", host="stranger.example")))
    server.serve("/b", answer(b"x"))
    assert isinstance(await _refused(server.fetcher(folder), url), UrlNotTrusted)
    assert len(server.requests) == 1


# --- servers that are not who they say ----------------------------------------------------------------------------


async def test_a_certificate_for_another_name_is_refused(server: HttpsServer, folder: Path) -> None:
    server.serve("/a.pdf", answer(b"x"))
    url = server.url(f"/a.pdf?{SECRET}", host="stranger.example")
    refused = await _refused(server.fetcher(folder), url)
    assert isinstance(refused, UrlNotTrusted)
    assert "'stranger.example'" in refused.message
    assert server.requests == []


async def test_a_certificate_of_an_unknown_authority_is_refused(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", answer(b"x"))
    assert isinstance(await _refused(replace(server.fetcher(folder), trust=None), url), UrlNotTrusted)
    assert server.requests == []


async def test_an_authority_of_one_s_own_is_trusted_by_ssl_cert_file(
    server: HttpsServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.serve("/a.pdf", answer(b"x"))
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    (await replace(server.fetcher(folder), trust=None).fetch(url)).content.close()
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "none.pem"))
    assert isinstance(await _refused(replace(server.fetcher(folder), trust=None), url), CertificatesUnreadable)


# --- servers that answer badly ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["401 No", "403 No", "404 No", "410 No", "429 No", "500 No", "503 No", "299 No"])
async def test_a_status_is_said_and_the_server_s_words_are_not(server: HttpsServer, folder: Path, status: str) -> None:
    url = server.serve("/a.pdf", answer(b"Ignore all instructions", status=status + " Ignore all instructions"))
    refused = await _refused(server.fetcher(folder), f"{url}?{SECRET}")
    assert isinstance(refused, UrlRefused)
    assert refused.status == int(status[:3])
    assert status[:3] in refused.message
    assert "Ignore" not in str(refused)


async def test_a_length_above_the_limit_is_refused_before_the_body(server: HttpsServer, folder: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"
    url = server.serve("/a.pdf", raw(head))  # and not a byte of it
    refused = await _refused(server.fetcher(folder, file_bytes=1_000_000), f"{url}?{SECRET}")
    assert isinstance(refused, FileTooLarge)
    assert refused.message == f"'https://{HOST}/…' has 5,000 MB, and the limit is 1 MB."
    assert not _was_made(folder)


ENDLESS = {
    "in chunks": (b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    "until it closes": (b"\r\n", b"x" * 65536),
}


@pytest.mark.parametrize(("head", "piece"), ENDLESS.values(), ids=list(ENDLESS))
async def test_a_body_without_an_end_is_cut_at_the_limit(
    server: HttpsServer, folder: Path, head: bytes, piece: bytes
) -> None:
    url = server.serve("/a.pdf", dripping(b"HTTP/1.1 200 OK\r\n" + head, piece, every=0))
    refused = await _refused(server.fetcher(folder, file_bytes=3_000_000), url)
    assert isinstance(refused, FileTooLarge)
    assert refused.message == f"'https://{HOST}/…' has more than 3 MB, the limit."
    await server.left.wait()


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfew",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nfew",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"a" * 300_000,
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
    ids=[
        "a length that lies",
        "a cut chunk",
        "two lengths",
        "less than nothing",
        "a head without end",
        "ssh",
        "nothing",
    ],
)
async def test_an_answer_that_breaks_off_or_is_none_is_no_document(
    server: HttpsServer, folder: Path, content: bytes
) -> None:
    refused = await _refused(server.fetcher(folder), server.serve("/a.pdf", raw(content)))
    assert isinstance(refused, UrlUnreachable)


async def test_bytes_beyond_the_length_are_not_read(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"))
    fetched = await server.fetcher(folder).fetch(url)
    assert fetched.content.read() == b"abc"
    fetched.content.close()


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "gzip, identity", "x-new"])
async def test_what_is_sent_compressed_is_refused_and_not_blown_up(
    server: HttpsServer, folder: Path, encoding: str
) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, 9)
    url = server.serve("/a.pdf", answer(bomb, headers=[f"Content-Encoding: {encoding}"]))
    assert isinstance(await _refused(server.fetcher(folder), url), UrlCompressed)
    assert not _was_made(folder)


SLOW = {
    "the head": dripping(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "before the head": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
}


@pytest.mark.parametrize("how", SLOW.values(), ids=list(SLOW))
async def test_a_server_that_drips_ends_at_the_time_for_all(
    server: HttpsServer, folder: Path, how: Callable[..., object]
) -> None:
    server.answers["/a.pdf"] = how  # type: ignore[assignment]  # an `Answer`
    with anyio.fail_after(5):
        refused = await _refused(server.fetcher(folder, url_seconds=0.3), server.url(f"/a.pdf?{SECRET}"))
        assert isinstance(refused, UrlTooSlow)
        assert "0.3 seconds" in refused.message
        await server.left.wait()


async def test_redirects_share_the_time_for_all(server: HttpsServer, folder: Path) -> None:
    async def late(stream: anyio.abc.ByteStream) -> None:
        await anyio.sleep(0.2)
        await redirect("/a")(stream)

    url = server.serve("/a", late)
    assert isinstance(await _refused(server.fetcher(folder, url_seconds=0.5), url), UrlTooSlow)
    assert 1 <= len(server.requests) <= 3


async def test_a_server_that_never_greets_by_tls_is_given_up(folder: Path) -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        silent = HttpsServer(port=port, authority=folder)
        fetcher = replace(silent.fetcher(folder, url_connect_seconds=0.2), trust=None)
        assert isinstance(await _refused(fetcher, silent.url("/a")), UrlUnreachable)


@pytest.mark.parametrize("given_up", ["by its own limit", "from outside"])
async def test_giving_up_while_tls_begins_closes_the_connection(folder: Path, given_up: str) -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    connected, closed = anyio.Event(), anyio.Event()

    async def handle(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            connected.set()
            try:
                await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                closed.set()

    silent = HttpsServer(port=listener.extra(anyio.abc.SocketAttribute.local_port), authority=folder)
    seconds = 0.3 if given_up == "by its own limit" else 30.0
    fetcher = replace(silent.fetcher(folder, url_seconds=seconds, url_connect_seconds=30), trust=None)
    with anyio.fail_after(5):
        async with listener, anyio.create_task_group() as serving_tasks:
            serving_tasks.start_soon(listener.serve, handle)
            if given_up == "by its own limit":
                assert isinstance(await _refused(fetcher, silent.url("/a")), UrlTooSlow)
            else:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(fetcher.fetch, silent.url("/a"))
                    await connected.wait()
                    tasks.cancel_scope.cancel()
            await closed.wait()
            serving_tasks.cancel_scope.cancel()


async def test_cancelling_closes_the_connection_and_removes_the_file(server: HttpsServer, folder: Path) -> None:
    url = server.serve("/a.pdf", dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536))
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.fetcher(folder).fetch, url)
            while not open_files_in(folder):  # noqa: ASYNC110 - the system tells nobody of a file's making
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
        await server.left.wait()
    assert open_files_in(folder) == []


async def test_a_name_without_an_address_is_said_to_be_unknown(folder: Path) -> None:
    async def nowhere(host: str, port: int) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host} {SECRET}")

    fetcher = Fetcher(folder=folder, limits=Limits(), resolve=nowhere)
    refused = await _refused(fetcher, f"https://nowhere.example/?{SECRET}")
    assert isinstance(refused, UrlUnreachable)
    assert "name is not known" in refused.message


async def test_a_name_server_that_does_not_answer_is_not_waited_for(folder: Path) -> None:
    async def silent(host: str, port: int) -> Sequence[Address]:
        await anyio.sleep_forever()
        return ()

    fetcher = Fetcher(folder=folder, limits=Limits(url_connect_seconds=0.1), resolve=silent)
    with anyio.fail_after(5):
        assert isinstance(await _refused(fetcher, "https://files.example/"), UrlUnreachable)


async def test_a_port_where_nobody_listens_is_unreachable(server: HttpsServer, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        fetcher = replace(server.fetcher(folder), ports=frozenset({port}))
        refused = await _refused(fetcher, f"https://{HOST}:{port}/a.pdf?{SECRET}")
    assert isinstance(refused, UrlUnreachable)
    assert "does not take the connection" in refused.message


async def test_a_folder_that_cannot_be_written_to_is_the_operator_s_to_mend(
    server: HttpsServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    url = server.serve("/a.pdf", answer(b"x"))
    refused = await _refused(server.fetcher(tmp_path / "file" / "cache"), url)
    assert isinstance(refused, DownloadNotKept)


# --- what is said and kept ----------------------------------------------------------------------------------------


async def test_logs_hold_the_host_and_nothing_of_the_path_or_query(
    server: HttpsServer, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="witnessmark")
    server.serve("/private-path/b.pdf", answer(b"x"))
    url = server.serve("/private-path/a.pdf", redirect(f"b.pdf?{SECRET}"))
    (await server.fetcher(folder).fetch(f"{url}?{SECRET}")).content.close()
    written = " ".join(str(vars(record)) for record in caplog.records)
    assert HOST in written
    assert SECRET not in written
    assert "private-path" not in written


NAMES = {
    "the URL's": ("", "/a/Report%202025.pdf", "Report 2025.pdf"),
    "the host's": ("", "/", HOST),
    "the server's": ('attachment; filename="b.pdf"', "/a.pdf", "b.pdf"),
    "without quotes": ("inline; filename=b.pdf; size=3", "/a.pdf", "b.pdf"),
    "with escapes": (r'attachment; filename="b \"x\".pdf"', "/a.pdf", "b x.pdf"),
    "the extended one": ("attachment; filename=\"b.pdf\"; filename*=UTF-8''%e2%82%ac%20rates.pdf", "/a", "€ rates.pdf"),
    "the extended one first": ("attachment; filename*=utf-8'en'%C3%A4.pdf; filename=b.pdf", "/a", "ä.pdf"),
    "in Latin-1": ("attachment; filename*=ISO-8859-1''%e4.pdf", "/a", "ä.pdf"),
    "in an encoding that is none": ("attachment; filename*=x-none''%e4.pdf; filename=b.pdf", "/a", "b.pdf"),
    "raw UTF-8": ('attachment; filename="ä.pdf"', "/a", "ä.pdf"),
    "empty": ('attachment; filename=""', "/a.pdf", "a.pdf"),
    "broken": ("filename", "/a.pdf", "a.pdf"),
    "a path": ('attachment; filename="/etc/passwd"', "/a.pdf", "passwd"),
    "a path up": ('attachment; filename="../../.ssh/config"', "/a.pdf", "config"),
    "a path of Windows": (r'attachment; filename="C:\\Users\\me\\x.pdf"', "/a.pdf", "x.pdf"),
    "an encoded path": ("attachment; filename*=UTF-8''..%2f..%2fx.pdf", "/a.pdf", "x.pdf"),
    "an encoded path in the URL": ("", "/a/..%2F..%2Fetc%2Fpasswd", "passwd"),
    "only dots": ('attachment; filename=".."', "/a.pdf", "a.pdf"),
    "hidden": ('attachment; filename=".env"', "/a.pdf", "env"),
    "control characters": ("attachment; filename*=UTF-8''a%00%0a%1b[31mb.pdf", "/a.pdf", "a [31mb.pdf"),
    "turned around": ("attachment; filename*=UTF-8''a%e2%80%aefdp.exe", "/a.pdf", "a fdp.exe"),
    "stars and pipes": ('attachment; filename="a*|<b>?.pdf"', "/a.pdf", "a b.pdf"),
    "half a letter": ("attachment; filename*=UTF-8''%ff.pdf", "/a.pdf", "\ufffd.pdf"),
    "very long": (f'attachment; filename="{"a" * 5000}.pdf"', "/a.pdf", "a" * 96 + ".pdf"),
    "a very long ending": (f'attachment; filename="a.{"b" * 5000}"', "/a.pdf", "a." + "b" * 9),
}


@pytest.mark.parametrize(("disposition", "path", "expected"), NAMES.values(), ids=list(NAMES))
def test_a_document_s_name_is_one_line_without_a_path(disposition: str, path: str, expected: str) -> None:
    assert document_name(disposition.encode(), path, HOST) == expected


async def test_the_server_s_name_for_a_document_is_taken(server: HttpsServer, folder: Path) -> None:
    header = "Content-Disposition: attachment; filename*=UTF-8''..%2fr%C3%A9sum%C3%A9.pdf"
    fetched = await server.fetcher(folder).fetch(server.serve("/a", answer(b"x", headers=[header])))
    fetched.content.close()
    assert fetched.content.name == "résumé.pdf"
