"""Looks over a whole city and tells all that is wrong or odd with it, one family of checks a file.

`City.load` refuses what cannot be read, `Router.compile` what has no single answer. A city may pass both and
still be drawn badly: ground that no grid covers, a grid that sticks out of its community, a matter nobody
answers for. What each code means is in the catalogue, one file a family, read when it is asked for.
"""

from gov_core.checker._catalogue import Diagnostic, catalogue, diagnostic, source_in_words
from gov_core.checker._check import check
from gov_core.checker._finding import Finding, Severity
from gov_core.checker.hard_rules import HARD_RULES

__all__ = [
    "HARD_RULES",
    "Diagnostic",
    "Finding",
    "Severity",
    "catalogue",
    "check",
    "diagnostic",
    "source_in_words",
]
