"""Stores that do not know what became of a call when the server or the network fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gallery.stores.faulty import faulty
from gov_core.errors import Fault, OutcomeUnknownError, StoreUnavailableError
from gov_core.storage.postgres import PostgresCaseStore

if TYPE_CHECKING:
    from gov_core.storage.protocol import Append, AppendResult, Head


@faulty("idempot-js #185", "https://github.com/idempot-dev/idempot-js/issues/185", "S78")
class LostAnswerIsAFailure(PostgresCaseStore):
    """When the answer to a commit does not arrive, the caller hears that nothing was written."""

    def append(self, item: Append, **options: Any) -> AppendResult:
        try:
            return super().append(item, **options)
        except OutcomeUnknownError as error:
            raise StoreUnavailableError((Fault("storage.unavailable", str(error)),)) from error


@faulty("YugabyteDB #2012", "https://github.com/yugabyte/yugabyte-db/issues/2012", "S78")
class LostAnswerIsAConflict(PostgresCaseStore):
    """When the answer to a commit does not arrive it is sent again as something new, and meets itself."""

    def append(self, item: Append, **options: Any) -> AppendResult:
        try:
            return super().append(item, **options)
        except OutcomeUnknownError:
            return super().append(item._replace(command_id=f"{item.command_id}/again"), **options)


@faulty("lib/pq #584", "https://github.com/lib/pq/issues/584", "S79")
class DeadlineOfTheServer(PostgresCaseStore):
    """Only the server is told how long a call may take, and a server that is silent tells nobody."""

    def __init__(self, conninfo: str, **options: Any) -> None:
        super().__init__(conninfo, timeout_s=3.0, **options)

    def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        del deadline_s
        return super().head(case_id)


@faulty("mimic-iv #46", "https://github.com/MIT-LCP/mimic-iv/issues/46", "S83")
class CommandsNotLogged(PostgresCaseStore):
    """The table of commands is not logged, and is empty when the server had no time to end."""

    def __init__(self, conninfo: str, **options: Any) -> None:
        super().__init__(conninfo, **options)
        with self._connections.writing() as transaction:
            transaction.script("ALTER TABLE gov.commands SET UNLOGGED")
