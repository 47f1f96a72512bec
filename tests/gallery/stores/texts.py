"""Stores that do not give back what they were given: texts, numbers, times and bytes."""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gallery.stores.faulty import faulty
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import AppendResult
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.storage.sqlite._rows import ROW, case_row_of, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gov_core.errors import StorageError
    from gov_core.storage.protocol import Append, CaseRow, DueClock, Envelope

TEXTS = ("state", "procedure", "matter", "grade", "place", "path", "unit")
SHANGHAI = ZoneInfo("Asia/Shanghai")


class _ChangesTexts(MemoryCaseStore):
    """Changes the texts of rows on their way in."""

    changed: Callable[[str], str]

    def append_many(self, items: Iterable[Append], **options: Any) -> list[AppendResult | StorageError]:
        return super().append_many([self._with_texts(item) for item in items], **options)

    def _with_texts(self, item: Append) -> Append:
        row = item.row
        if row is None:
            return item
        texts = {
            name: self.changed(getattr(row, name)) for name in TEXTS if isinstance(getattr(row, name), str)
        }
        return item._replace(row=row._replace(**texts))


@faulty("fuse-t #16", "https://github.com/macos-fuse-t/fuse-t/issues/16", "S13")
class ComposedTexts(_ChangesTexts):
    """Texts are normalised to NFC, and are not what was given."""

    @staticmethod
    def changed(text: str) -> str:
        return unicodedata.normalize("NFC", text)


@faulty("node-postgres #2080", "https://github.com/brianc/node-postgres/issues/2080", "S14")
class CutAtNul(_ChangesTexts):
    """A text ends at its first NUL."""

    @staticmethod
    def changed(text: str) -> str:
        return text.partition("\0")[0]


@faulty("CodeQL #6611", "https://github.com/github/codeql/issues/6611", "S14")
class SurrogatesReplaced(_ChangesTexts):
    """Half of a surrogate pair is kept as a question mark, in place of being refused."""

    @staticmethod
    def changed(text: str) -> str:
        return text.encode(errors="replace").decode()


@faulty("INDIGO IAM #1136", "https://github.com/indigo-iam/iam/pull/1136", "S13")
class PaddedTexts(_ChangesTexts):
    """Spaces at the end of a text are taken for padding."""

    @staticmethod
    def changed(text: str) -> str:
        return text.rstrip(" ")


class _ChangesRows(MemoryCaseStore):
    """Changes rows and events on their way out of an append."""

    def _row(self, row: CaseRow) -> CaseRow:
        return row

    def _envelope(self, envelope: Envelope) -> Envelope:
        return envelope

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        result = super()._append(item, recorded_us)
        if isinstance(result, AppendResult) and not result.duplicate:
            case = self._cases[item.case_id]
            for at in range(-len(item.events), 0):
                event = case.events[at]
                changed = self._envelope(event.envelope)
                if changed != event.envelope:
                    case.events[at] = self._feed[at] = event._replace(envelope=changed)
            if item.row is not None:
                case.row = self._row(item.row)
        return result


@faulty("rails/arel #70", "https://github.com/rails/arel/pull/70", "X10")
class EmptyIsNull(_ChangesRows):
    """An empty text is kept as none at all."""

    def _row(self, row: CaseRow) -> CaseRow:
        return row._replace(unit=row.unit or None)  # type: ignore[arg-type]


@faulty("Sequelize #10765", "https://github.com/sequelize/sequelize/issues/10765", "S15")
class NumbersAsFloats(_ChangesRows):
    """Whole numbers pass through floating point, and lose their last digits above 2^53."""

    def _row(self, row: CaseRow) -> CaseRow:
        return row._replace(due_us=None if row.due_us is None else int(float(row.due_us)))


@faulty("PageSpace #1073", "https://github.com/2witstudios/PageSpace/pull/1073", "S12 S16")
class JsonWrittenAnew(_ChangesRows):
    """Events are kept as parsed JSON, and written anew when they are read."""

    def _envelope(self, envelope: Envelope) -> Envelope:
        try:
            data = json.dumps(json.loads(envelope.data), ensure_ascii=False).encode()
        except ValueError:
            return envelope
        return envelope._replace(data=data)


@faulty("CodiMD #521", "https://github.com/hackmdio/codimd/issues/521", "S18 S19")
class CutAt64K(_ChangesRows):
    """What is longer than the column is cut off without a word."""

    def _envelope(self, envelope: Envelope) -> Envelope:
        return envelope._replace(data=envelope.data[:65_535])


@faulty(
    "Stack Overflow: two times in 1927",
    "https://syntaxfix.com/question/34206/why-is-subtracting-these-two-times-in-1927-giving-a-strange-result",
    "S17",
)
class LocalTime(_ChangesRows):
    """Times are kept as the wall clock of Shanghai shows them, without their offset from UTC."""

    def _envelope(self, envelope: Envelope) -> Envelope:
        seconds, us = divmod(envelope.at_us, 1_000_000)
        try:
            wall = datetime.fromtimestamp(seconds, SHANGHAI).replace(tzinfo=None, fold=0)
        except (OverflowError, ValueError, OSError):
            return envelope
        return envelope._replace(at_us=int(wall.replace(tzinfo=SHANGHAI).timestamp()) * 1_000_000 + us)


@faulty("MongoAlchemy #135", "https://github.com/dayorbyte/MongoAlchemy/issues/135", "S17")
class Milliseconds(MemoryCaseStore):
    """Times of record are kept in milliseconds."""

    def _now_us(self) -> int:
        return super()._now_us() // 1000 * 1000


@faulty("FIND3 #211", "https://github.com/schollz/find3/issues/211", "S20")
class StatementsOfTexts(SqliteCaseStore):
    """A text is put into the statement that looks for it."""

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        with self._connections.reading(deadline_s) as connection:
            query = f"SELECT {ROW} FROM cases WHERE case_id = '{key(case_id)}'"  # noqa: S608 - the bug
            found = connection.execute(query).fetchone()
        return case_row_of(found) if found else None


@faulty("Open WebUI #15760", "https://github.com/open-webui/open-webui/issues/15760", "S81 X07")
class ErrorOfTheDriver(SqliteCaseStore):
    """A number that the driver cannot take raises the driver's error."""

    def due(self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None) -> tuple[DueClock, ...]:
        with self._connections.reading(deadline_s) as connection:
            connection.execute("SELECT 1 FROM due WHERE fires_us <= ?", (now_us,))
        return super().due(now_us, limit=limit, deadline_s=deadline_s)


@faulty("Unkey #4091", "https://github.com/unkeyed/unkey/issues/4091", "S13")
class CaseFolded(SqliteCaseStore):
    """Ids are compared without regard to upper and lower case."""

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        query = f"SELECT {ROW} FROM cases WHERE case_id = ? COLLATE NOCASE ORDER BY case_no"  # noqa: S608
        with self._connections.reading(deadline_s) as connection:
            found = connection.execute(query, (key(case_id),)).fetchone()
        return case_row_of(found) if found else None
