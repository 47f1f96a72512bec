"""Finds the addresses of a name within a deadline, which the resolver of a machine knows nothing of."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ipaddress import IPv4Address, IPv6Address


class Resolver:
    """Asks for names in threads of their own; safe for several threads.

    A name that is being asked for is not asked for again: who wants it meanwhile waits for the same answer.
    So a name whose server is silent holds one thread, however often it is tried, and no other name waits for
    it. Nothing is kept for later. No thread keeps the program from ending.

    Args:
        resolve: Finds the addresses of a name, and may take long for it.
    """

    def __init__(self, resolve: Callable[[str, int], Sequence[IPv4Address | IPv6Address]]) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[Sequence[IPv4Address | IPv6Address]]] = {}

    def addresses(self, host: str, port: int, timeout_s: float) -> list[IPv4Address | IPv6Address]:
        """All addresses of a name; at least one.

        Args:
            host: The name.
            port: Of the service.
            timeout_s: How long it may take.

        Raises:
            TimeoutError: It took longer.
            OSError: It has none.
        """
        with self._lock:
            answer = self._asked.get((host, port))
            if answer is None:
                answer = Future()
                thread = threading.Thread(
                    target=self._ask, args=(answer, host, port), name="gov-core-resolve", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError as error:
                    raise OSError(*error.args) from error
                self._asked[host, port] = answer
        found = list(answer.result(max(0.0, timeout_s)))
        if not found:
            raise OSError("the name has no address")
        return found

    def _ask(self, answer: Future[Sequence[IPv4Address | IPv6Address]], host: str, port: int) -> None:
        try:
            found = self._resolve(host, port)
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
            self._forget(host, port)
            answer.set_exception(error)
        else:
            self._forget(host, port)
            answer.set_result(found)

    def _forget(self, host: str, port: int) -> None:
        with self._lock:
            del self._asked[host, port]
