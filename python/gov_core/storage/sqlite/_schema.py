"""The schema of the file: whose it is, which version it has, and the steps from one to the next."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gov_core.storage.failures import damaged, not_ours, too_new

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID: Final = 0x67C0CA5E
"""Stands in bytes 68 to 71 of the file, where `file` and others look for whose it is."""


def migrations() -> list[tuple[int, str]]:
    """Number and SQL of every step, in order."""
    folder = files(__package__) / "migrations"
    steps = sorted((step.name, step) for step in folder.iterdir() if step.name.endswith(".sql"))
    return [(int(name[:4]), step.read_text(encoding="utf-8")) for name, step in steps]


def latest() -> int:
    """The schema this release writes."""
    return migrations()[-1][0]


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of a file; 0 of an empty one. Reads only.

    Raises:
        SchemaMismatchError: It is of something else, or newer than this release.
    """
    if path.stat().st_size == 1:
        raise not_ours(path, "it has a single byte")  # which SQLite takes for an empty file
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN")  # somebody else may be making the file right now
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    finally:
        if begun and connection.in_transaction:
            connection.execute("ROLLBACK")
    if application == APPLICATION_ID:
        if not 0 < version <= latest():
            raise too_new(path, version, latest())
        return int(version)
    if application or version or tables:
        raise not_ours(path, f"application id {application:#x}, {tables} tables and indexes")
    return 0


def migrate(connection: sqlite3.Connection, path: Path) -> int:
    """Bring a file up to date, each step in one transaction; the schema it then has.

    Several processes may do so at once: each looks again when it is its turn.
    """
    for number, sql in migrations():
        if version_of(connection, path) >= number:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection, path) < number:
                for statement in statements(sql):
                    connection.execute(statement)
                if number == 1:
                    connection.execute("INSERT INTO store VALUES (1, ?, 0)", (uuid4().hex,))
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return version_of(connection, path)


def identity(connection: sqlite3.Connection, path: Path) -> str:
    """The id of the store.

    Raises:
        IntegrityViolationError: It is gone.
    """
    found = connection.execute("SELECT id FROM store").fetchone()
    if found is None:
        raise damaged(path, "it does not say which store it is")
    return str(found[0])


def statements(sql: str) -> list[str]:
    """The statements of a script; `executescript` would commit what is open."""
    found, begun = [], ""
    for line in sql.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return found
