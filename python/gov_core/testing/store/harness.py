"""What the kit needs of a store under test: one small class, and more of it for more promises.

`Harness` is what every author writes. Each of the other protocols is a hook: a way to do something to the
store that no store offers by itself, such as killing a process that writes to it. A harness has a hook by
having its method; a promise that needs a hook which the harness has not is skipped, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias, get_args, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore, Head, RecordedEvent

T0: Final = 1_760_000_000_000_000
"""Where the clock of a harness stands at first, in microseconds since 1970 UTC."""
SECOND: Final = 1_000_000

FIRST_SCHEMA: Final = 1
"""Version of tables before which there were none to migrate; 0 is that of a store without any."""

Place: TypeAlias = Literal["memory", "file", "server"]
"""Where a store keeps its cases: in this process, in files that this process writes, or behind a server."""
PLACES: Final[tuple[Place, ...]] = get_args(Place)


@dataclass
class Clock:
    """A clock that stands still until it is moved; hand it to the store.

    Attributes:
        now_us: Microseconds since 1970 UTC.
    """

    now_us: int = T0

    def __call__(self) -> int:
        """What it shows."""
        return self.now_us


class Harness(Protocol):
    """One store under test. Made anew for every promise, with a folder of its own that is empty.

    Attributes:
        clock: What the store, and every other that the harness opens, takes its time from.
        place: Where it keeps its cases; settles which promises concern it.
    """

    clock: Clock
    place: Place

    def store(self) -> CaseStore:
        """The store; new and empty at first, and the same object until `reopen`."""
        ...

    def reopen(self) -> CaseStore:
        """Close the store and open it again; one in memory gives the same object."""
        ...

    def another(self) -> CaseStore:
        """Another store of this kind, new and empty, on the same clock."""
        ...

    def close(self) -> None:
        """Close every store it has opened and take away what they left."""
        ...


Make: TypeAlias = "Callable[[Path], Harness]"
"""Makes a harness, given an empty folder that is its own: most often the class itself."""


class HookMissingError(Exception):
    """A hook cannot do its work on this machine; the text says why, and the promise is skipped with it."""


@runtime_checkable
class Opens(Protocol):
    """Opens this very store in another process."""

    def opener(self) -> Callable[[], CaseStore]:
        """A function that opens the same store once more, beside those that are open.

        It is pickled and called in other processes, so it is a function of a module, or `functools.partial`
        of one; it uses the clock of the machine.
        """
        ...


@runtime_checkable
class Connects(Protocol):
    """Opens the same store once more in this process."""

    def beside(self) -> CaseStore:
        """The same store, opened beside those that are open, on the clock of the harness."""
        ...


@runtime_checkable
class Idles(Protocol):
    """Leaves a transaction open beside the store."""

    def idle_transaction(self) -> AbstractContextManager[None]:
        """Within, somebody else has a transaction open in the same database, has read in it, and waits."""
        ...


@runtime_checkable
class FillsDisk(Protocol):
    """Lets the disk be full."""

    def full_disk(self) -> AbstractContextManager[None]:
        """Within, nothing that needs more room can be written, or so the server says; afterwards it can."""
        ...


@runtime_checkable
class BreaksDisk(Protocol):
    """Lets writes to the disk fail."""

    def broken_disk(self) -> AbstractContextManager[None]:
        """Within, writes of the store fail with an I/O error, or the server says so; afterwards none does."""
        ...


@runtime_checkable
class CutsConnection(Protocol):
    """Cuts the connection between store and server."""

    def cut(self, moment: Literal["before_commit", "after_commit"]) -> AbstractContextManager[None]:
        """Within, the next write loses its connection, once.

        ``before_commit``: before the server has seen the commit, so nothing is written. ``after_commit``: the
        server has committed, and its answer does not arrive. What is sent afterwards connects anew.
        """
        ...


@runtime_checkable
class Stalls(Protocol):
    """Lets the other side fall silent without closing anything."""

    def stalled(self) -> AbstractContextManager[None]:
        """Within, whoever serves the store is stopped (SIGSTOP) and answers nothing; afterwards goes on."""
        ...


@runtime_checkable
class StopsServer(Protocol):
    """Lets the server die as with a loss of power, and starts it again."""

    def crash_server(self) -> None:
        """Stop the server without letting it finish anything, start it, and return when it serves."""
        ...


@runtime_checkable
class Weakens(Protocol):
    """Switches off what makes a store durable."""

    def weakened(self) -> Mapping[str, Callable[[], CaseStore]]:
        """By name of the switch: a function that opens this store while that switch is off."""
        ...


@runtime_checkable
class KeepsFiles(Protocol):
    """Puts a store of this kind into files of a given name; for stores with ``place`` ``file``."""

    def at(self, path: Path) -> Callable[[], CaseStore]:
        """A function, pickled like that of `Opens`, that opens a store whose files all begin with `path`."""
        ...


@runtime_checkable
class ShowsBytes(Protocol):
    """Shows all bytes that the store has left anywhere."""

    def raw_files(self) -> Iterable[Path]:
        """Every file that the store has, logs and temporary ones included, after closing it."""
        ...


@runtime_checkable
class Tampers(Protocol):
    """Changes the rows of the events behind the back of the store, as somebody with a database tool would."""

    def raw_rows(self) -> list[RecordedEvent]:
        """All events as they lie there, in the order of their positions."""
        ...

    def put_rows(self, rows: Sequence[RecordedEvent], heads: Mapping[str, Head] | None = None) -> None:
        """Replace all rows of events by these, and close and open the store.

        Args:
            rows: Distinct positions; versions, hashes and cases may be anything.
            heads: None leaves all else as it is. Otherwise this is the work of somebody who knows the store:
                the heads it keeps of cases become these, cases that are not among them go, and every record,
                checksum and number that it keeps beside the events is made to fit the rows.
        """
        ...


class OldStore(NamedTuple):
    """A store as an earlier release left it.

    Attributes:
        schema: Version of its tables.
        open: Opens it with this release.
    """

    schema: int
    open: Callable[[], CaseStore]


@runtime_checkable
class Ages(Protocol):
    """Makes stores as releases before and after this one have them."""

    def old_stores(self) -> Sequence[OldStore]:
        """One with some events for each earlier version of its tables; none if there was none."""
        ...

    def newer_store(self) -> Callable[[], CaseStore]:
        """A function that opens a store which says that a newer release has written it."""
        ...


def sentence_of(hook: type) -> str:
    """What a harness with this hook can do: ``opens this very store in another process``."""
    line = (hook.__doc__ or "").strip().splitlines()[0].rstrip(".")
    return line[0].lower() + line[1:]
