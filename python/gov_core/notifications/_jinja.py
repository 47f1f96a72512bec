"""Jinja2, or a word on how to get it."""

from __future__ import annotations

from gov_core.errors import Fault, NotificationError

try:
    import jinja2
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment
except ImportError:
    _missing = Fault(
        "template.no_driver",
        "texts need Jinja2, which is not there",
        "",
        'pip install "gov-core[notifications]"',
    )
    raise NotificationError([_missing]) from None

__all__ = ["ImmutableSandboxedEnvironment", "jinja2", "nodes"]
