"""Stores that do not forget, or forget what they should keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gallery.stores.faulty import ChangedSql, faulty
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from gov_core.storage.personal import Erasure, RetentionPolicy, RetentionReport


@faulty("vue-people #14", "https://github.com/pulilab/vue-people/issues/14", "S92")
class KeysMarkedAsGone(ChangedSql):
    """An erased key is marked as gone, and its bytes stay in the row."""

    sql: ClassVar = {r"wrapped = zeroblob\(length\(wrapped\)\), ": ""}


@faulty("Modern SQLite: secure delete", "https://antonz.org/sqlite-secure-delete/", "S92")
class BytesInFreePages(ChangedSql):
    """Erased values are deleted, and their bytes stay in what is free of the page."""

    first = ("PRAGMA secure_delete = OFF",)
    sql: ClassVar = {
        "^UPDATE personal SET live = 0, .* WHERE no": "DELETE FROM personal WHERE ?1 IS NOT NULL AND no"
    }


@faulty("samograph #220", "https://github.com/NikolayS/samograph/issues/220", "X40")
class ErasedIsTakenAgain(MemoryCaseStore):
    """Values of a subject that was erased are taken, as those of any other."""

    def _append(self, item: Any, recorded_us: int) -> Any:
        known = self._subjects._erasures
        self._subjects._erasures = {}
        try:
            return super()._append(item, recorded_us)
        finally:
            self._subjects._erasures = known

    def _all_can(self, items: Any) -> None:
        super()._all_can(item._replace(personal=()) for item in items)


@faulty("OpenRegister #3553", "https://github.com/ConductionNL/openregister/pull/3553", "X42")
class HoldNotAsked(MemoryCaseStore):
    """Who erases does not ask whether a hold runs."""

    def erase(self, subject: str, **options: Any) -> Erasure:
        with self._use():
            holds, self._subjects._holds = self._subjects._holds, {}
            try:
                return super().erase(subject, **options)
            finally:
                self._subjects._holds = holds


@faulty("gbrain #3987", "https://github.com/garrytan/gbrain/pull/3987", "S95")
class DryRunOfItsOwn(SqliteCaseStore):
    """The dry run goes through a query of its own, which knows nothing of holds."""

    def apply_retention(self, policy: RetentionPolicy, *, dry_run: bool, **options: Any) -> RetentionReport:
        report = super().apply_retention(policy, dry_run=dry_run, **options)
        if not dry_run:
            return report
        return report._replace(erased=tuple(sorted((*report.erased, *report.held))), held=())


@faulty("open-isms #78", "https://github.com/NISD2/open-isms/pull/78", "S93")
class SnapshotsOutliveErasure(ChangedSql):
    """Snapshots, which were made of what is erased, stay."""

    sql: ClassVar = {r"^DELETE FROM snapshots WHERE case_id = \?$": "DELETE FROM snapshots WHERE ?1 IS NULL"}


@faulty("Zom #484", "https://github.com/zom/Zom-Android-XMPP/issues/484", "S93 S94")
class NeighboursErased(ChangedSql):
    """With a subject go all whom its cases know of, too."""

    sql: ClassVar = {
        r"^SELECT no FROM personal WHERE subject = \? AND live$": """
            SELECT no FROM personal WHERE live AND (subject = ?1 OR subject IN (
                SELECT other.subject FROM subject_cases own JOIN subject_cases other USING (case_no)
                WHERE own.subject = ?1
            ))
        """
    }
