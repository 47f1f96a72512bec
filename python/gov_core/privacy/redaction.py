"""Values are kept out of logs where they are logged; this is for what slips through all the same.

What looks like a phone number, a mailbox, an identity number or an exact point is blotted out of messages and
tracebacks. It is a net with holes: a name is a word like others, and no pattern finds it.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOT: Final = "[…]"

# Identity numbers, mobile phones, landlines with their area, mailboxes, degrees to 11 m or closer.
_PATTERNS: Final = re.compile(
    r"(?<![\w.])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)"
    r"|(?<![\w.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\w.]*\w)"
    r"|(?<![\w.-])0\d{2,3}[- ]\d{7,8}(?!\w)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.])-?\d{1,3}\.\d{4,}(?![\w.])"
)
_TEXT: Final = logging.Formatter()
_OWN: Final = logging.makeLogRecord({}).__dict__.keys() - {"exc_text", "stack_info"}
"""What a record says of itself: where it was logged, by whom, at what level."""


def redacted(text: str) -> str:
    """A text with what looks personal blotted out.

    Args:
        text: Any.
    """
    return _PATTERNS.sub(BLOT, text)


class Redaction(logging.Filter):
    """Blots out what looks personal, in the message of a record and in its traceback.

    For a handler, where it sees all that goes there: ``handler.addFilter(Redaction())``. `install` adds it to
    all handlers there are. Texts that came as ``extra`` are looked at too, other values of it are not.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is always let through."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit must not end the program that logs
            message = str(record.msg)
        record.msg, record.args = redacted(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _TEXT.formatException(record.exc_info)
        # What formats the exception itself, as formatters for JSON do, would write it out in full.
        record.exc_info = None
        for name, value in record.__dict__.items():
            if isinstance(value, str) and name not in _OWN:
                record.__dict__[name] = redacted(value)
        return True


def install(loggers: Iterable[str] = ("", "gov_core")) -> int:
    """Put a redaction before every handler of some loggers that has none.

    Args:
        loggers: Their names; the empty one is the root.

    Returns:
        How many handlers got one.
    """
    handlers = [handler for name in loggers for handler in logging.getLogger(name or None).handlers]
    bare = [one for one in handlers if not any(isinstance(each, Redaction) for each in one.filters)]
    for handler in bare:
        handler.addFilter(Redaction())
    return len(bare)
