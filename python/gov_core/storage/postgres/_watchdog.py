"""What ends a call when its time is over, whatever the server or the network do.

A server that is stopped or cut off answers nothing, and no timeout that it was told of fires. So the socket
is shut down here, from a thread of its own, and the call that waits on it fails at once.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_IDLE_S: Final = 30.0
"""With nothing to watch for so long the thread ends; the next call starts another."""


class Watch:
    """One call that is watched.

    Its socket is held by a descriptor of its own: the driver closes that of a lost connection at once, and
    the next file or socket that anybody opens gets its number.

    Attributes:
        fired: Whether its time was over and its socket has been shut down.
    """

    __slots__ = ("_held", "fired", "until")

    def __init__(self, descriptor: int, until: float) -> None:
        self._held = _held(descriptor)
        self.until = until
        self.fired = False

    def follow(self, descriptor: int) -> None:
        """Watch another socket from now on; at once shut down if time is over."""
        self.let_go()
        self._held = _held(descriptor)
        if self.fired:
            self.shut()

    def shut(self) -> None:
        """Shut the socket down."""
        self.fired = True
        with suppress(OSError):
            self._held.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """Touch it no more."""
        self._held.close()


class Watchdog:
    """Watches the sockets of one process."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._watched: set[Watch] = set()
        self._running = False
        self._wakes = 0.0

    @contextmanager
    def watching(self, descriptor: int, until: float) -> Iterator[Watch]:
        """Shut a socket down at a time of `time.monotonic`, unless this is left before.

        When it has been left, the socket will not be touched any more.
        """
        watch = Watch(descriptor, until)
        with self._changed:
            self._watched.add(watch)
            if not self._running:
                self._running = True
                Thread(target=self._run, name="gov_core watchdog", daemon=True).start()
            elif until < self._wakes:
                self._changed.notify()
        try:
            yield watch
        finally:
            with self._changed:
                self._watched.discard(watch)
                watch.let_go()

    def move(self, watch: Watch, descriptor: int) -> None:
        """Let a call go on with another socket."""
        with self._changed:
            watch.follow(descriptor)

    def abandon(self) -> None:
        """Let go of all sockets, in a child process, where none of the calls go on."""
        for watch in list(self._watched):
            watch.let_go()

    def _run(self) -> None:
        with self._changed:
            idle_since = monotonic()
            while True:
                now = monotonic()
                for watch in [each for each in self._watched if each.until <= now]:
                    self._watched.discard(watch)
                    watch.shut()
                if self._watched:
                    idle_since = now
                elif now - idle_since >= _IDLE_S:
                    self._running = False
                    return
                self._wakes = min((each.until for each in self._watched), default=now + _IDLE_S)
                self._changed.wait(self._wakes - now)


def _held(descriptor: int) -> socket.socket:
    # What it is said to be does not matter to a shutdown, and keeps Python from asking the system for it.
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, os.dup(descriptor))
