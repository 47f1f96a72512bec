"""Days on the command line."""

from __future__ import annotations

from datetime import date

import typer


def parse_day(text: str) -> date:
    """Read ``2020-01-31``; what is no day is wrong usage."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'"{text}" is no day; write it as 2020-01-31') from None
