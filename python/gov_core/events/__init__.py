"""Files of events, in and out: CSV, NDJSON and Parquet, streamed in constant memory.

`open_events` reads; one broken row never stops a file and never gets lost. `write_events` writes; a file
appears whole or not at all.
"""

from gov_core.events._open import open_events
from gov_core.events._problem import Problem, Problems
from gov_core.events._reader import EventReader
from gov_core.events._times import parse_time
from gov_core.events._write import check_output, write_events, write_text

__all__ = [
    "EventReader",
    "Problem",
    "Problems",
    "check_output",
    "open_events",
    "parse_time",
    "write_events",
    "write_text",
]
