"""The command line: ``gov-core route``, ``check``, ``index`` and the rest, one file a command.

Data goes to stdout, notes and progress to stderr. Exit codes: 0 done, 1 an input was refused, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; the entry point ``gov-core``."""
    from gov_core.cli import (  # noqa: F401 - each adds its command to the app
        bench,
        case,
        certify,
        check,
        demo,
        diff,
        explain,
        generate,
        index,
        new,
        new_plugin,
        outbox,
        personal,
        plugins,
        presets,
        procedure,
        repair,
        replay,
        route,
        schema,
        show,
        store,
        versions,
    )
    from gov_core.cli._app import app, wants_traceback
    from gov_core.cli._report import print_error
    from gov_core.errors import GovCoreError

    try:
        app(prog_name="gov-core")
    except BrokenPipeError:
        # Whoever read stdout has enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (GovCoreError, OSError) as error:
        if wants_traceback():
            raise
        print_error(error)
        sys.exit(1)
