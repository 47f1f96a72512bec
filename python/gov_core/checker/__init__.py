"""Looks over a whole city and tells all that is wrong or odd with it, one family of checks a file.

`City.load` refuses what cannot be read, `Router.compile` what has no single answer. A city may pass both and
still be drawn badly: ground that no grid covers, a grid that sticks out of its community, a matter nobody
answers for.
"""

from gov_core.checker._check import check_city
from gov_core.checker._finding import Finding, Severity

__all__ = ["Finding", "Severity", "check_city"]
