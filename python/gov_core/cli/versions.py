"""``gov-core show-versions``: what a bug report needs."""

from __future__ import annotations

import sys

from gov_core.cli._app import app


@app.command("show-versions")
def show_versions() -> None:
    """Print the versions of gov-core, Python, the platform and every dependency."""
    from gov_core import show_versions as collect

    for name, version in collect().items():
        sys.stdout.write(f"{name:<16} {version}\n")
