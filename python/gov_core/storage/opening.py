"""A store by its address: ``memory://``, ``sqlite:///cases.db``, ``postgresql://host/db``, or of a plugin."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from gov_core.errors import Fault, StoreUnavailableError
from gov_core.plugins import broken, find, load, make

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gov_core.plugins import Group, Plugin
    from gov_core.storage.protocol import CaseStore

GROUP: Final[Group] = "gov_core.storage"
HINT: Final = (
    "memory:// or sqlite:///cases.db (in this folder) or sqlite:////srv/cases.db (from the root)"
    " or postgresql://user@host/database?schema=cases"
)


def open_store(url: str) -> CaseStore:
    """Open a store of cases; one that is not there yet is made.

    Args:
        url: ``memory://``, ``sqlite:///relative.db`` or ``sqlite:////absolute.db``. In a path, ``%``, ``?``
            and ``#`` are written as ``%25``, ``%3F`` and ``%23``. ``postgresql://user@host:5432/database``
            is what libpq takes, options of it after ``?`` included, and ``schema``, ``connections`` (how many
            at once), ``timeout_s`` and ``notify`` (0 or 1) of `PostgresCaseStore` beside them. Any
            other scheme is the name of a plugin under the entry points ``gov_core.storage``, which reads the
            rest of the address.

    Raises:
        StoreUnavailableError: There is no store at such an address, or it cannot be opened.
        SchemaMismatchError: The file is of something else, or of a newer release.
        IntegrityViolationError: The file is damaged.
        PluginError: The plugin of this scheme cannot be imported, raises what it may not, or does not give a
            store that is what it says.
    """
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise _refused(url, "it names no kind")
    if _NO_TEXT.search(unquote(url)):
        raise _refused(url, "it holds a letter that no name has (NUL, or half of a pair)")
    if (opener := BUILT_IN.get(scheme)) is not None:
        return opener(url)
    if (plugin := find(GROUP, scheme)) is not None:
        return _plugged_in(plugin, url)
    raise _refused(url, f"there is no kind of store called {scheme!r}, and no plugin brings one")


def _plugged_in(plugin: Plugin, url: str) -> CaseStore:
    from gov_core.storage.describing import wrong_with

    opener = load(plugin)
    if not callable(opener):
        raise broken(plugin, [f"{plugin.target} cannot be called with an address"])
    store: CaseStore = make(plugin, lambda: opener(url))
    if wrong := wrong_with(store):
        with suppress(Exception):  # whatever it is, it may hold something open
            store.close()
        raise broken(plugin, wrong)
    return store


def _memory(url: str) -> CaseStore:
    from gov_core.storage.memory import MemoryCaseStore

    if url != "memory://":
        raise _refused(url, "a store in memory has no name and no options")
    return MemoryCaseStore()


def _sqlite(url: str) -> CaseStore:
    from gov_core.storage.sqlite import SqliteCaseStore

    try:
        parts = urlsplit(url)
    except ValueError:  # its words repeat the address
        raise _refused(url, "its host cannot be read") from None
    if parts.netloc:
        raise _refused(url, "it names a host; a file has none, so begin with sqlite:///")
    if parts.query or parts.fragment:
        raise _refused(url, "a file has no options")
    path = unquote(parts.path.removeprefix("/"))
    if not path or path.endswith("/") or path == ":memory:":
        raise _refused(url, "it names no file")
    return SqliteCaseStore(path)


def _postgresql(url: str) -> CaseStore:
    try:
        from gov_core.storage.postgres import PostgresCaseStore
    except ImportError as error:  # of psycopg, or of the libpq that it looks for
        hint = "pip install 'gov-core[postgres]'"
        message = "stores in PostgreSQL need psycopg with a libpq, which is not there"
        raise StoreUnavailableError((Fault("storage.no_driver", message, "", hint),)) from error

    front, _, query = _partition(url)
    theirs, ours = [], {}
    for pair in query.split("&"):
        name, _, value = map(unquote, pair.partition("="))
        if name not in _OPTIONS:
            theirs.append(pair)  # as it is: libpq reads addresses otherwise than browsers do
            continue
        try:
            ours[name] = _OPTIONS[name](value)
        except (ValueError, KeyError):
            raise _refused(url, f"{name} cannot be {value!r}") from None
    return PostgresCaseStore(f"{front}?{'&'.join(theirs)}".removesuffix("?"), **ours)


def _partition(url: str) -> tuple[str, str, str]:
    """What stands before the options of an address of libpq, which lets a password hold ``?`` and ``#``."""
    password = _PASSWORD.match(url)
    begin = password.end() if password else 0
    front, mark, query = url[begin:].partition("?")
    return url[:begin] + front, mark, query


def _refused(url: str, why: str) -> StoreUnavailableError:
    message = f"{public(url)!r} is no address of a store: {why}"
    return StoreUnavailableError((Fault("storage.address", message, "", HINT),))


def public(url: str) -> str:
    """An address without what may be secret: who asks, and what options are given."""
    return _VALUES.sub("=…", _WHO.sub("", url))


_NO_TEXT: Final = re.compile(r"[\0\ud800-\udfff]")
_PASSWORD: Final = re.compile(r"[a-z]+://[^@/]*@")
_WHO: Final = re.compile(r"(?s)(?<=://).*@|\A(?!.*://).*@")
_VALUES: Final = re.compile(r"(?s)=.*")


def _above_zero(text: str) -> int:
    if (value := int(text)) < 1:
        raise ValueError(text)
    return value


_OPTIONS: Final[Mapping[str, Callable[[str], Any]]] = {
    "schema": str,
    "connections": _above_zero,
    "timeout_s": _above_zero,
    "notify": {"0": False, "1": True}.__getitem__,
}
BUILT_IN: Final[Mapping[str, Callable[[str], CaseStore]]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "postgres": _postgresql,
}
