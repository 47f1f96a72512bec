"""Other processes that use a store: opened there, killed, or left to their end.

They are forked from a server that has no threads and no store open, so that a fork takes neither the locks
nor the connections of a run with it; where there is no such server, they are started anew.
"""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_CONTEXT = multiprocessing.get_context(_METHOD)
if _METHOD == "forkserver":
    _CONTEXT.set_forkserver_preload(
        ["pytest", "gov_core.testing.store.durability", "gov_core.testing.store.feed"]
    )


@contextmanager
def child(work: Callable[..., None], *arguments: Any) -> Iterator[tuple[BaseProcess, Connection]]:  # noqa: ANN401
    """A process that does work; killed at the end if it has not ended.

    Args:
        work: A function of a module; its last argument is a pipe to send news through.
        arguments: Its arguments before the pipe.
    """
    # Before the first one the server learns what to import once, so that each process need not.
    _CONTEXT.set_forkserver_preload(["pytest", work.__module__, *map(_home, arguments)])
    here, there = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=work, args=(*arguments, there), daemon=True)  # type: ignore[attr-defined]
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()


def _home(argument: object) -> str:
    """The module that what is handed to a process comes from."""
    made = argument.func if isinstance(argument, partial) else argument
    return str(getattr(made, "__module__", None) or type(made).__module__)


def rest_of(pipe: Connection) -> list[Any]:
    """What a process had still said when it was killed."""
    said: list[Any] = []
    try:
        while True:
            said.append(pipe.recv())
    except (EOFError, OSError):
        return said
