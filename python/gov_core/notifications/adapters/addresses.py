"""Where a worker may connect to: the guard against requests into one's own network (SSRF).

A name is resolved once, every address it has is looked at, and the connection is made to one of those very
addresses; a second answer of the name server (DNS rebinding) is never asked for. Networks of one's own, the
machine itself, link-local ranges and the metadata services of clouds are refused, unless a network is named
as allowed.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from gov_core.errors import Fault, NotificationError
from gov_core.notifications.adapters.resolving import Resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NEVER: Final = tuple(
    map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2001:db8::/32", "3fff::/20"))
)
"""Metadata services, relays and examples that the registry of special addresses does not tell, or not in all
its versions."""

_UNICAST: Final = ip_network("2000::/3")
"""All of IPv6 that the open internet uses: site-local, IPv4-compatible and translated addresses lie outside,
and are global to `ipaddress`."""

_NAT64: Final = ip_network("64:ff9b::/96")


class Target(NamedTuple):
    """What an URL names.

    Attributes:
        secure: Whether by TLS.
        host: Name or address, as it stands in the certificate.
        port: Of the service.
        path: What is asked for, with its query.
        authority: Host, and port if it is not the usual one, for the header.
    """

    secure: bool
    host: str
    port: int
    path: str
    authority: str


class ForbiddenAddressError(Exception):
    """A name leads to where nobody may connect to."""


def resolved(host: str, port: int) -> list[Address]:
    """All addresses of a name, by the resolver of the machine.

    Raises:
        OSError: It has none, or the resolver does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Decides where a worker may connect to.

    Attributes:
        allow: Networks that are allowed although they are nobody's business outside: ``10.20.0.0/16``.
        http: Whether plain HTTP is allowed.
        resolve: Finds the addresses of a name.
    """

    allow: Sequence[Network] = ()
    http: bool = False
    resolve: Callable[[str, int], Sequence[Address]] = resolved
    _resolver: Resolver = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_resolver", Resolver(self.resolve))

    def addresses(self, target: Target, timeout_s: float) -> list[Address]:
        """The addresses to connect to, each of them allowed.

        Args:
            target: Whose.
            timeout_s: How long the resolver may take.

        Raises:
            ForbiddenAddressError: One of its addresses is not allowed.
            OSError: It has none, or the resolver took too long.
        """
        found = self._resolver.addresses(target.host, target.port, timeout_s)
        if not all(map(self.allows, found)):
            raise ForbiddenAddressError
        return found

    def allows(self, address: Address) -> bool:
        """Whether a connection may be made to an address."""
        inner = _embedded(address)
        if any(one in network for one in (address, inner) for network in self.allow):
            return True
        return _is_open(inner) and (address in _NAT64 or _is_open(address))


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks as they are written in a file.

    Raises:
        NotificationError: ``channel.bad_network``: one of them is none; all that are.
    """
    found, faults = [], []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError:
            hint = "write it as 10.20.0.0/16"
            faults.append(Fault("channel.bad_network", f'"{text}" is no network', "", hint))
    if faults:
        raise NotificationError(faults)
    return tuple(found)


def target_of(url: str, *, http: bool = False) -> Target:
    """What an URL names.

    Args:
        url: ``https://host[:port]/path``.
        http: Whether ``http://`` is allowed.

    Raises:
        NotificationError: ``channel.bad_url``: it is none, holds a password, or is not encrypted.
    """
    why = ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if "%" not in (parts.hostname or "%") else ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except (ValueError, UnicodeError):
        parts, host, port = urlsplit(""), "", 0
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        why = "it is no URL with a host"
    elif parts.scheme not in ("https", "http"):
        why = f"nothing is sent by {parts.scheme or 'no scheme'}"
    elif parts.scheme == "http" and not http:
        why = "it is not encrypted"
    elif "@" in parts.netloc:
        why = "a password in it would end up in logs"
    elif parts.fragment:
        why = "a fragment is never sent"
    if why:
        hint = "give https://host/path; plain HTTP has to be allowed in the channel"
        raise NotificationError([Fault("channel.bad_url", f"this is no address to send to: {why}", "", hint)])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    usual = port == (443 if parts.scheme == "https" else 80)
    return Target(parts.scheme == "https", host, port, path, shown if usual else f"{shown}:{port}")


def _is_open(address: Address) -> bool:
    """Whether an address is one of the open internet, whatever lies inside of it."""
    used = isinstance(address, IPv4Address) or address in _UNICAST
    never = address.is_multicast or any(address in network for network in _NEVER)
    return used and address.is_global and not never


def _embedded(address: Address) -> Address:
    """The IPv4 address inside of an IPv6 one that leads to it; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
