"""What ``gov-core route --compare`` has to say: which events change hands between two versions."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gov_core.routing import Comparison

_SHOWN = 20
"""Moves, and places, shown on a terminal; `--json` has all."""


def print_comparison(comparison: Comparison, *, as_json: bool) -> None:
    """Print to stdout how many events go from which unit to which, and where they are."""
    if as_json:
        json.dump(_as_object(comparison), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _in_words(comparison))


def _as_object(comparison: Comparison) -> dict[str, Any]:
    return {
        "old_digest": comparison.old.digest,
        "new_digest": comparison.new.digest,
        "events": comparison.events,
        "changed": comparison.changed,
        "moves": [
            {"from": old, "to": new, "events": count, "sample": comparison.samples[old, new]}
            for (old, new), count in comparison.moves.most_common()
        ],
        "places": [{"place": place, "events": count} for place, count in comparison.places.most_common()],
    }


def _in_words(comparison: Comparison) -> list[str]:
    events, changed = comparison.events, comparison.changed
    share = changed / events if events else 0.0
    lines = [f"{changed:,} of {events:,} events change hands ({share:.2%})"]
    for (old, new), count in comparison.moves.most_common(_SHOWN):
        sample = comparison.samples[old, new]
        ids = ", ".join([*sample, *["…"] * (count > len(sample))])
        lines.append(f"  {count:>10,}  {old or 'nobody'} -> {new or 'nobody'}  ({ids})")
    lines += _rest(len(comparison.moves))
    if changed:
        lines.append("where they are")
        lines += [
            f"  {count:>10,}  {place or 'nowhere'}" for place, count in comparison.places.most_common(_SHOWN)
        ]
        lines += _rest(len(comparison.places))
    return lines


def _rest(count: int) -> list[str]:
    return [f"  … and {count - _SHOWN:,} more (--json lists all)"] if count > _SHOWN else []
