"""What runs here: versions for bug reports and for the footer of a benchmark."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, version

__version__ = version("gov-core")


def show_versions() -> dict[str, str]:
    """Collect the versions that a bug report needs.

    Returns:
        The version of gov_core, Python, the platform, the SIMD level that the routing core chose on this
        CPU (``cpu_level``), and every declared dependency, ``"-"`` where an optional one is not installed.

    Examples:
        >>> import gov_core
        >>> gov_core.show_versions()["gov_core"] == gov_core.__version__
        True
    """
    from gov_core import _core

    found = {
        "gov_core": __version__,
        "python": sys.version.split()[0],
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "cpu_level": _core.cpu_level,
    }
    for name in _dependencies():
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def _dependencies() -> list[str]:
    """Name the declared dependencies, those of extras too, each once and in the order of pyproject.toml."""
    requires = distribution("gov-core").requires or []
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in requires)
    return list(dict.fromkeys(name.group().lower() for name in names if name))
