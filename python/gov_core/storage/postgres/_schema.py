"""The schema of a store: whose it is, which version it has, and the steps from one to the next."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gov_core.storage.failures import damaged, not_ours, too_new
from gov_core.storage.postgres._errors import not_flushed

if TYPE_CHECKING:
    from gov_core.storage.postgres._connections import Connections, Transaction

_LOCK: Final = 0x67C0CA5E
"""Of those who migrate, whichever schema: held until the end of a transaction, never longer."""

_SWITCHES: Final = ("fsync", "full_page_writes", "synchronous_commit")


def migrations() -> list[tuple[int, str]]:
    """Number and SQL of every step, in order."""
    folder = files(__package__) / "migrations"
    steps = sorted((step.name, step) for step in folder.iterdir() if step.name.endswith(".sql"))
    return [(int(name[:4]), step.read_text(encoding="utf-8")) for name, step in steps]


def latest() -> int:
    """The schema this release writes."""
    return migrations()[-1][0]


def opened(connections: Connections, schema: str, *, width: int) -> tuple[int, str]:
    """Make or migrate the store, if that is to be done; its version and its id.

    Args:
        connections: To the database.
        schema: Name of the schema, without quotes.
        width: Events of one partition, for a store that is made.

    Raises:
        SchemaMismatchError: The schema is of something else or newer, or the server would lose what it took.
        IntegrityViolationError: The store does not say which it is.
    """
    with connections.reading(deadline_s=None) as transaction:
        _check_server(transaction, connections.place)
        version = version_of(transaction, schema, connections.place)
    for number, sql in migrations():
        if number <= version:
            continue
        with connections.writing(extra_s=3600) as transaction:
            # Another one may do the same right now: it is looked at again when it is our turn.
            transaction.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            if version_of(transaction, schema, connections.place) >= number:
                continue
            if number == 1:
                transaction.script(f"CREATE SCHEMA IF NOT EXISTS {transaction.schema[:-1]}")
            transaction.script(sql)
            if number == 1:
                transaction.execute("INSERT INTO gov.gov_core_schema VALUES (%s)", (number,))
                row = (uuid4().hex, width)
                transaction.execute("INSERT INTO gov.store VALUES (true, %s, 0, 0, 0, 0, %s)", row)
                transaction.execute("SELECT gov.make_room(1)")
            transaction.execute("UPDATE gov.gov_core_schema SET version = %s", (number,))
    with connections.reading() as transaction:
        version = version_of(transaction, schema, connections.place)
        found = transaction.execute("SELECT id FROM gov.store").fetchone()
    if found is None:
        raise damaged(connections.place, "it does not say which store it is")
    return version, str(found[0])


def version_of(transaction: Transaction, schema: str, place: str) -> int:
    """The schema of a store; 0 of one that is not there yet. Reads only.

    Raises:
        SchemaMismatchError: It is of something else, or newer than this release.
    """
    query = (
        "SELECT count(*), count(*) FILTER (WHERE c.relname = 'gov_core_schema' AND c.relkind = 'r')"
        " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s"
    )
    relations, ours = transaction.one(query, (schema,))
    if not relations:
        return 0
    if not ours:
        raise not_ours(place, f"the schema has {relations} tables and indexes of something else")
    found = transaction.execute("SELECT version FROM gov.gov_core_schema").fetchall()
    if len(found) != 1:
        raise not_ours(place, f"it states {len(found)} versions")
    ((version,),) = found
    if not 0 < version <= latest():
        raise too_new(place, version, latest())
    return int(version)


def _check_server(transaction: Transaction, place: str) -> None:
    for switch in _SWITCHES:
        (value,) = transaction.one("SELECT current_setting(%s)", (switch,))
        if value == "off":
            raise not_flushed(place, f"{switch} is off")
    (encoding,) = transaction.one("SELECT current_setting('server_encoding')")
    if encoding != "UTF8":
        raise not_ours(place, f"the database is in {encoding}, and texts are in UTF8")
