"""How long personal data are kept: configuration, for no paper names a time; the law says the shortest."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.errors import Fault, PrivacyError
from gov_core.storage.personal import RetentionPolicy

if TYPE_CHECKING:
    from pathlib import Path

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HINT: Final = 'write [retention] with keep_days = 365 and, if wanted, basis = "retention"'
_LONGEST: Final = 36_500


class Retention(NamedTuple):
    """Personal data go when all that their subject has to do with has been closed for long enough.

    Attributes:
        keep_days: Days since the last event of the last of its cases; natural ones, of 24 hours.
        basis: What receipts give as the reason, as a code.
    """

    keep_days: int
    basis: str = "retention"

    def policy(self, now: datetime) -> RetentionPolicy:
        """What a store is asked to erase.

        Args:
            now: What time it is, with a time zone.
        """
        before = now - timedelta(days=self.keep_days) - _EPOCH
        return RetentionPolicy(self.basis, before // timedelta(microseconds=1))

    @classmethod
    def load(cls, path: Path) -> Retention:
        """Read a file of configuration.

        Args:
            path: TOML with a table ``retention``.

        Raises:
            PrivacyError: ``retention.unreadable``, ``retention.invalid``.
        """
        try:
            table = tomllib.loads(path.read_text("utf-8")).get("retention")
        except (OSError, ValueError) as error:
            message = f"it cannot be read: {error}"
            raise PrivacyError([Fault("retention.unreadable", message, str(path), _HINT)]) from None
        return cls.of(table, str(path))

    @classmethod
    def of(cls, table: object, place: str = "") -> Retention:
        """Look at values that came from a file or a command line.

        Args:
            table: ``keep_days`` and, if wanted, ``basis``.
            place: Where they stand, for errors.

        Raises:
            PrivacyError: ``retention.invalid``: one is missing, one too many, or out of range.
        """
        from gov_core.cases.decide import is_code

        values: dict[str, Any] = dict(table) if isinstance(table, dict) else {}
        days, basis = values.pop("keep_days", None), values.pop("basis", "retention")
        wrong = []
        if type(days) is not int or not 0 <= days <= _LONGEST:
            wrong.append(f"keep_days is a whole number of days from 0 to {_LONGEST}")
        if not isinstance(basis, str) or not is_code(basis):
            wrong.append("basis is a code of small letters")
        if values:
            wrong.append(f"there is no {', '.join(sorted(values))}")
        if wrong:
            raise PrivacyError([Fault("retention.invalid", each, place, _HINT) for each in wrong])
        return cls(days, basis)
