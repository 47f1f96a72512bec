"""A receiver on loopback that fails as real ones do: refuses, hangs, drips, cuts, resets, redirects.

It runs in a thread of its own and speaks just enough HTTP/1.1. What it takes it keeps once for each id, as a
receiver does that knows repeats: how often an id came is counted beside.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

FaultKind = Literal["take", "answer", "reset", "lose", "cut", "drip", "flood", "hang"]
"""``take``: 200, with effect. ``answer``: another status, no effect. ``reset``: a reset, no effect.
``lose``: the effect happens, then a reset. ``cut``: the effect happens, and half an answer comes. ``drip``: a
byte of the answer every 50 ms, no effect. ``flood``: 200, and a body without end. ``hang``: nothing comes, no
effect."""

_LINGER: Final = struct.pack("ii", 1, 0)
"""Closing a socket with this sends a reset."""


class Request(NamedTuple):
    """What came.

    Attributes:
        path: What was asked for.
        headers: Lower case.
        body: As it came.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Id of the message, by whichever header it goes."""
        return self.headers.get("webhook-id", "") or self.headers.get("idempotency-key", "")


class Fault(NamedTuple):
    """What the receiver does with a request.

    Attributes:
        kind: See `FaultKind`.
        status: Of an answer.
        headers: Of an answer, beyond its length.
    """

    kind: FaultKind = "take"
    status: int = 503
    headers: tuple[tuple[str, str], ...] = ()


TAKE: Final = Fault()


def always(kind: FaultKind, status: int = 503, *headers: tuple[str, str]) -> Callable[[Request], Fault]:
    """A receiver that does the same with every request.

    Args:
        kind: What.
        status: Of an answer.
        *headers: Of an answer.
    """
    return lambda _: Fault(kind, status, headers)


@dataclass
class FaultServer:
    """A receiver; use it as a context manager.

    Attributes:
        decide: What to do with a request; called in the thread of the receiver.
        tls: Its certificate; plain HTTP if None.
        requests: All that came, in order.
        effects: What was taken, by id, in the order in which it was taken first.
        repeats: How often something came that had been taken before.
    """

    decide: Callable[[Request], Fault] = lambda request: TAKE  # noqa: ARG005
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    effects: dict[str, bytes] = field(default_factory=dict)
    repeats: int = 0
    port: int = 0
    _open: set[asyncio.Transport] = field(default_factory=set, repr=False)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/in"

    def take(self, request: Request) -> None:
        """Let the effect of a request happen, once for each id."""
        if request.id in self.effects:
            self.repeats += 1
        else:
            self.effects[request.id] = request.body

    def opened(self, transport: asyncio.Transport) -> None:
        """A connection was made."""
        self._open.add(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        """A connection has ended."""
        self._open.discard(transport)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        opened = self._loop.create_server(lambda: _Line(self), "127.0.0.1", 0, ssl=self.tls, backlog=512)
        server = self._loop.run_until_complete(opened)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        for transport in [*self._open]:
            transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.02))  # what was aborted closes its sockets
        self._loop.close()


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: FaultServer) -> None:
        self._server = server
        self._read = b""
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._transport is not None:
            self._server.closed(self._transport)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (request := self._next()) is not None:
            self._server.requests.append(request)
            self._do(request, self._server.decide(request))

    def _next(self) -> Request | None:
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", "0"))
        if len(rest) < size:
            return None
        self._read = rest[size:]
        return Request(first.split(" ")[1], headers, rest[:size])

    def _do(self, request: Request, fault: Fault) -> None:
        transport = self._transport
        if transport is None:
            return
        if fault.kind in ("take", "lose", "cut", "flood"):
            self._server.take(request)
        match fault.kind:
            case "take":
                transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            case "answer":
                more = "".join(f"{name}: {value}\r\n" for name, value in fault.headers)
                transport.write(f"HTTP/1.1 {fault.status} X\r\nContent-Length: 0\r\n{more}\r\n".encode())
            case "reset" | "lose":
                connected = transport.get_extra_info("socket")
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
                transport.abort()
            case "cut":
                transport.write(b"HTTP/1.1 200 O")
                transport.close()
            case "drip":
                self._task = asyncio.get_running_loop().create_task(self._drip())
            case "flood":
                transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
                self._task = asyncio.get_running_loop().create_task(self._flood())

    async def _drip(self) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 50:
            if self._transport is None or self._transport.is_closing():
                return
            self._transport.write(bytes((byte,)))
            await asyncio.sleep(0.05)

    async def _flood(self) -> None:
        while self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"x" * 65536)
            await asyncio.sleep(0)


def closed_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
