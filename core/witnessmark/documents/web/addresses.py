"""Which addresses are public: where only something on the internet can answer, nothing of this machine's network."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Finds the addresses of a host; an `OSError` where it has none."""

# What `is_global` of some Python from 3.11 on lets through. Source: IANA's special-purpose address registries, 2026.
_NOT_PUBLIC_4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; a cloud's metadata is at 192.0.0.192
    IPv4Network("192.88.99.0/24"),  # relays to 6to4
    IPv4Network("168.63.129.16/32"),  # a cloud's agent: a public address that is routed inside that cloud alone
)
_NOT_PUBLIC_6 = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them, which holds an IPv4 address
    IPv6Network("2002::/16"),  # 6to4, which holds an IPv4 address
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),  # documentation, as the one before
)
_UNICAST_6 = IPv6Network("2000::/3")
"""All that was ever given to networks on the internet; whatever else there is means something special."""
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_PREFIX = int(_NAT64.network_address)


def is_public(address: Address) -> bool:
    """Say whether an address is on the internet and nowhere else.

    An IPv4 address inside an IPv6 one decides where the way still leads there (mapped, and NAT64, by which machines
    without IPv4 reach everything); tunnels that nobody runs any more (6to4, Teredo) are refused.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) - _NAT64_PREFIX))
        return address in _UNICAST_6 and address.is_global and not any(address in net for net in _NOT_PUBLIC_6)
    is_special = address.is_multicast or address.is_reserved or any(address in net for net in _NOT_PUBLIC_4)
    return address.is_global and not is_special


async def resolve_by_system(host: str, port: int) -> Sequence[Address]:
    """Ask the system for the addresses of a host, in the order in which it would try them."""
    import anyio

    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(answer[4][0]) for answer in found))
