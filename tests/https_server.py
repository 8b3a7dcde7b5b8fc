"""A web server on loopback that speaks TLS with certificates of its own, and answers as badly as a test wants.

The names in its URLs are what a test's resolver says they are: `files.example` is 127.0.0.1 where the fetcher under
test is told so. A path is answered by a function that writes the bytes of the answer.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import AnyByteStream, ByteStream, SocketStream
from anyio.streams.tls import TLSStream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from witnessmark.documents.web.addresses import Address
from witnessmark.documents.web.fetcher import Fetcher
from witnessmark.limits import Limits

HOST = "files.example"
PUBLIC = ipaddress.ip_address("127.0.0.1")
"""What the tests' fetchers take for public: the address at which the server listens."""
PRIVATE = ipaddress.ip_address("127.0.0.2")

Answer = Callable[[ByteStream], Awaitable[None]]


def answer(body: bytes = b"", *, status: str = "200 OK", headers: Sequence[str] = ()) -> Answer:
    """Answer with a whole body, its length said unless a header says another."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if not any(header.lower().startswith(("content-length", "transfer-encoding")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def raw(content: bytes) -> Answer:
    async def write(stream: ByteStream) -> None:
        await stream.send(content)

    return write


def redirect(location: str, *, status: str = "302 Found") -> Answer:
    return answer(status=status, headers=[f"Location: {location}"])


def dripping(head: bytes, drop: bytes, *, every: float = 0.02) -> Answer:
    """Send `head`, then a drop again and again until nobody listens any more."""

    async def write(stream: ByteStream) -> None:
        await stream.send(head)
        while True:
            await stream.send(drop)
            await anyio.sleep(every)  # a slow server is slow

    return write


@dataclass(kw_only=True)
class HttpsServer:
    """What was asked of the server, and how to reach it."""

    port: int
    authority: Path
    """The certificate of the authority that signed the server's own."""
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """By path; a path with a query is looked up without it."""
    requests: list[bytes] = field(default_factory=list[bytes])
    """The heads of the requests, whole."""
    connections: int = 0
    left: anyio.Event = field(default_factory=anyio.Event)
    """Set when a client has gone while it was being answered."""

    def url(self, path: str, *, host: str = HOST) -> str:
        return f"https://{host}:{self.port}{path}"

    def serve(self, path: str, how: Answer) -> str:
        self.answers[path] = how
        return self.url(path)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)

    def fetcher(
        self, folder: Path, *, names: Mapping[str, Sequence[Address]] | None = None, **limits: float
    ) -> Fetcher:
        """Make a fetcher that finds the server under the name of every host, or under those in `names`."""

        async def resolve(host: str, port: int) -> Sequence[Address]:
            del port
            return (PUBLIC,) if names is None else names[host]

        return Fetcher(
            folder=folder,
            limits=Limits(workers=1, **limits),  # type: ignore[arg-type]  # whole numbers too
            resolve=resolve,
            is_public=lambda address: address == PUBLIC,
            trust=self.trust,
            ports=frozenset({self.port}),
        )


@asynccontextmanager
async def serving(names: Sequence[str] = (HOST, "other.example")) -> AsyncGenerator[HttpsServer]:
    """Serve until the block is left, with a certificate for `names`."""
    with tempfile.TemporaryDirectory() as folder:
        context, authority = _certificates(Path(folder), names)
        listener = await anyio.create_tcp_listener(local_host=str(PUBLIC))
        server = HttpsServer(port=listener.extra(anyio.abc.SocketAttribute.local_port), authority=authority)

        async def handle(stream: SocketStream) -> None:
            server.connections += 1
            try:
                async with stream:
                    await _answer_one(server, stream, context)
            except (anyio.BrokenResourceError, anyio.EndOfStream, ssl.SSLError, OSError):
                server.left.set()

        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, handle)
            try:
                yield server
            finally:
                tasks.cancel_scope.cancel()


async def _answer_one(server: HttpsServer, stream: AnyByteStream, context: ssl.SSLContext) -> None:
    secure = await TLSStream.wrap(stream, server_side=True, ssl_context=context, standard_compatible=False)
    async with secure:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await secure.receive()
        server.requests.append(head)
        path = head.split()[1].decode().partition("?")[0]
        await server.answers.get(path, answer(status="404 Not Found"))(secure)


def open_files_in(folder: Path) -> list[str]:
    """List what lies in a folder, and what this process still holds open that has no name there any more."""
    left = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    if sys.platform == "linux":
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                target = os.readlink(descriptor)  # noqa: PTH115 - " (deleted)" is no path
            except OSError:  # the descriptor that lists
                continue
            left += [target] if target.startswith(str(folder)) else []
    return left


def _certificates(folder: Path, names: Sequence[str]) -> tuple[ssl.SSLContext, Path]:
    """Make an authority, and a server's certificate that it signs."""
    now = dt.datetime.now(dt.UTC)
    key, its_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority made by a test")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])

    def started(name: x509.Name, public: ec.EllipticCurvePublicKey, *, is_authority: bool) -> x509.CertificateBuilder:
        uses = dict.fromkeys(_USES, False) | {"key_cert_sign": is_authority, "digital_signature": True}
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**uses), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        )

    authority = started(issuer, key.public_key(), is_authority=True).sign(key, hashes.SHA256())
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    server = started(subject, its_key.public_key(), is_authority=False)
    certificate = server.add_extension(alternatives, critical=False).sign(key, hashes.SHA256())
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + its_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "authority.pem"


_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
