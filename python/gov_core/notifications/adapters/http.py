"""One POST over HTTP/1.1 within a deadline, to an address that was looked at, and nowhere else.

h11 reads and writes the protocol; the socket is ours, so that the deadline holds over a name server that is
slow, a handshake that hangs and an answer that comes a byte a second, and so that the connection goes to the
very address that the guard has allowed. Redirects are answers like others, never followed. Proxies of the
environment are not asked. Of an answer the status and Retry-After are kept; its body is read away, up to a
bound, so that the connection can be used again.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import h11

from gov_core.notifications.adapters.addresses import ForbiddenAddressError, Guard
from gov_core.notifications.protocol import Delivered, Gone, Outcome, Rejected, Retry, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gov_core.notifications.adapters.addresses import Target

HEAD_BYTES: Final = 16 * 1024
BODY_BYTES: Final = 64 * 1024
"""Largest head and body of an answer that are read; behind them the connection is closed."""

_BODY_S: Final = 0.25
"""How long the body of an answer may still take: the status is known, and at stake is only a connection that
could be used again."""

_IDLE: Final = 8
_FRESH_S: Final = 30.0
"""How many connections to one host are kept, and how long: then its name is resolved anew."""

_NEVER: Final = frozenset((400, 405, 413, 414, 415, 422))
"""Answers to what will not be taken the next time either."""


class Answer(NamedTuple):
    """What a receiver answered.

    Attributes:
        status: 200, 503 …
        retry_after: The header as it came; empty if there was none.
    """

    status: int
    retry_after: str


class Unanswered(NamedTuple):
    """No answer came.

    Attributes:
        error: Why, as a code.
        sent: Whether the request may have got there.
    """

    error: str
    sent: bool


class _Line:
    """A connection to one host."""

    def __init__(self, connected: socket.socket, opened_s: float) -> None:
        self.socket = connected
        self.opened_s = opened_s
        self.machine = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)

    def usable(self, now_s: float) -> bool:
        """Whether it is fresh, and the other end has neither closed it nor spoken out of turn."""
        if now_s - self.opened_s > _FRESH_S:
            return False
        readable, _, _ = select.select([self.socket], [], [], 0)
        return not readable

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


class HttpClient:
    """Makes requests, and keeps connections for the next; safe for several threads.

    Args:
        guard: Where it may connect to.
        tls: How certificates are judged; by the authorities of the machine if None.
        clock: A steady clock, in seconds.
    """

    def __init__(
        self,
        guard: Guard | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.guard = guard or Guard()
        self._tls = tls
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: dict[tuple[bool, str, int], list[_Line]] = {}

    def post(
        self, target: Target, headers: Sequence[tuple[str, str]], body: bytes, deadline_s: float
    ) -> Answer | Unanswered:
        """Make one request; never raises for what the other end does.

        Args:
            target: Where to.
            headers: Beyond those that every request has.
            body: What to send.
            deadline_s: How long it may take in all.
        """
        until = self._clock() + deadline_s
        try:
            request = h11.Request(
                method="POST",
                target=target.path,
                headers=[
                    ("Host", target.authority),
                    ("Content-Length", str(len(body))),
                    ("User-Agent", "gov-core"),
                    ("Accept", "*/*"),
                    *headers,
                ],
            )
        except (h11.LocalProtocolError, UnicodeEncodeError):  # they quote the header, which may be a secret
            return Unanswered("net.bad_header", sent=False)
        line = self._kept(target)
        if line is None:
            connected = self._connect(target, until)
            if isinstance(connected, Unanswered):
                return connected
            line = _Line(connected, self._clock())
        again = False
        try:
            answer = self._exchange(line, request, body, until)
            again = not isinstance(answer, Unanswered) and self._read_away(line, until)
        finally:
            if not again:
                line.close()
        if again:
            self._keep(target, line)
        return answer

    def close(self) -> None:
        """Close what is kept; it can be used again all the same."""
        with self._lock:
            lines = [line for kept in self._idle.values() for line in kept]
            self._idle.clear()
        for line in lines:
            line.close()

    def _connect(self, target: Target, until: float) -> socket.socket | Unanswered:
        try:
            addresses = self.guard.addresses(target, self._left(until))
        except ForbiddenAddressError:
            return Unanswered("net.forbidden", sent=False)
        except OSError:
            return Unanswered("net.dns", sent=False)
        failed = Unanswered("net.refused", sent=False)
        for address in addresses:
            connected = None
            try:
                connected = socket.create_connection((str(address), target.port), self._left(until))
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if target.secure:
                    connected.settimeout(self._left(until))
                    context = self._tls or _authorities()
                    return context.wrap_socket(connected, server_hostname=target.host)
            except ssl.SSLCertVerificationError:
                failed = Unanswered("tls.certificate", sent=False)
            except ssl.SSLError:
                failed = Unanswered("tls.handshake", sent=False)
            except TimeoutError:
                failed = Unanswered("net.timeout", sent=False)
            except OSError:
                pass
            else:
                return connected
            if connected is not None:
                connected.close()
        return failed

    def _exchange(self, line: _Line, request: h11.Request, body: bytes, until: float) -> Answer | Unanswered:
        machine = line.machine
        head = machine.send(request) or b""
        data = (machine.send(h11.Data(data=body)) or b"") + (machine.send(h11.EndOfMessage()) or b"")
        try:
            line.socket.settimeout(self._left(until))
            line.socket.sendall(head + data)
            while True:
                event = machine.next_event()
                if event is h11.NEED_DATA:
                    self._receive(line, until)
                elif isinstance(event, h11.Response):
                    found = (value for name, value in event.headers if name == b"retry-after")
                    return Answer(event.status_code, next(found, b"").decode("latin-1"))
                elif not isinstance(event, h11.InformationalResponse):
                    return Unanswered("net.cut", sent=True)
        except TimeoutError:
            return Unanswered("net.timeout", sent=True)
        except h11.RemoteProtocolError:
            return Unanswered("net.cut", sent=True)
        except (OSError, ssl.SSLError):
            return Unanswered("net.reset", sent=True)

    def _receive(self, line: _Line, until: float) -> None:
        line.socket.settimeout(self._left(until))
        line.machine.receive_data(line.socket.recv(65536))

    def _read_away(self, line: _Line, until: float) -> bool:
        """Whether the answer has come to its end, and the connection can be used again."""
        until = min(until, self._clock() + _BODY_S)
        read = 0
        try:
            while True:
                event = line.machine.next_event()
                if event is h11.NEED_DATA:
                    self._receive(line, until)
                elif isinstance(event, h11.Data):
                    read += len(event.data)
                    if read > BODY_BYTES:
                        return False
                else:
                    break
            if line.machine.our_state is not h11.DONE or line.machine.their_state is not h11.DONE:
                return False
            line.machine.start_next_cycle()
        except (OSError, h11.ProtocolError):
            return False
        return True

    def _left(self, until: float) -> float:
        left = until - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    def _kept(self, target: Target) -> _Line | None:
        key, now_s = (target.secure, target.host, target.port), self._clock()
        while True:
            with self._lock:
                kept = self._idle.get(key)
                line = kept.pop() if kept else None
            if line is None or line.usable(now_s):
                return line
            line.close()

    def _keep(self, target: Target, line: _Line) -> None:
        with self._lock:
            kept = self._idle.setdefault((target.secure, target.host, target.port), [])
            if len(kept) < _IDLE:
                kept.append(line)
                return
        line.close()


def outcome_of(answer: Answer | Unanswered, now_s: float) -> Outcome:
    """What an answer means for a message.

    Args:
        answer: What came, or did not.
        now_s: The present, in seconds since 1970, for a Retry-After that is a date.
    """
    if isinstance(answer, Unanswered):
        return Unknown(answer.error) if answer.sent else Retry(answer.error)
    status = answer.status
    if 200 <= status < 300:
        return Delivered()
    if status == 410:
        return Gone()
    if status in _NEVER:
        return Rejected(f"http.{status}")
    return Retry(f"http.{status}", retry_after_s(answer.retry_after, now_s))


def retry_after_s(text: str, now_s: float) -> float | None:
    """How long Retry-After asks for, in seconds; None if it says nothing that can be read.

    Args:
        text: Whole seconds, or a date as HTTP writes it.
        now_s: The present, in seconds since 1970.
    """
    from email.utils import parsedate_to_datetime

    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(int(text[:12]))
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now_s)
    except (ValueError, TypeError, OverflowError):
        return None


_context: list[ssl.SSLContext] = []


def _authorities() -> ssl.SSLContext:
    """The authorities of the machine, read once: that takes 20 ms."""
    if not _context:
        _context.append(ssl.create_default_context())
    return _context[0]
