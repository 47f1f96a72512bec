"""The router in plain Python: slow, short, and the oracle the fast one is tested against.

Nothing in this package imports the Rust extension, so it also runs where there is no wheel. It needs the
extra ``reference`` (rtree).
"""

from gov_core.routing.reference.router import ReferenceRouter

__all__ = ["ReferenceRouter"]
