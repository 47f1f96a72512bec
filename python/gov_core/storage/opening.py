"""A store by its address: ``memory://`` or ``sqlite:///cases.db``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from gov_core.errors import Fault, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gov_core.storage.protocol import CaseStore

HINT: Final = "memory:// or sqlite:///cases.db (in this folder) or sqlite:////srv/cases.db (from the root)"


def open_store(url: str) -> CaseStore:
    """Open a store of cases; one that is not there yet is made.

    Args:
        url: ``memory://``, ``sqlite:///relative.db`` or ``sqlite:////absolute.db``. In a path, ``%``, ``?``
            and ``#`` are written as ``%25``, ``%3F`` and ``%23``.

    Raises:
        StoreUnavailableError: There is no store at such an address, or it cannot be opened.
        SchemaMismatchError: The file is of something else, or of a newer release.
        IntegrityViolationError: The file is damaged.
    """
    scheme, separator, _ = url.partition("://")
    opener = _OPENERS.get(scheme)
    if not separator or opener is None:
        raise _refused(
            url, f"there is no kind of store called {scheme!r}" if separator else "it names no kind"
        )
    return opener(url)


def _memory(url: str) -> CaseStore:
    from gov_core.storage.memory import MemoryCaseStore

    if url != "memory://":
        raise _refused(url, "a store in memory has no name and no options")
    return MemoryCaseStore()


def _sqlite(url: str) -> CaseStore:
    from gov_core.storage.sqlite import SqliteCaseStore

    parts = urlsplit(url)
    if parts.netloc:
        raise _refused(
            url, f"{parts.netloc!r} stands where a host would; a file has none, so begin with sqlite:///"
        )
    if parts.query or parts.fragment:
        raise _refused(url, "a file has no options")
    path = unquote(parts.path.removeprefix("/"))
    if not path or path.endswith("/") or path == ":memory:":
        raise _refused(url, "it names no file")
    return SqliteCaseStore(path)


def _refused(url: str, why: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        (Fault("storage.address", f"{url!r} is no address of a store: {why}", "", HINT),)
    )


_OPENERS: Final[Mapping[str, Callable[[str], CaseStore]]] = {"memory": _memory, "sqlite": _sqlite}
