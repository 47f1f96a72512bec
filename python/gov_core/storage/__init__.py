"""Where cases are kept: the contract of a store, and the stores that come with gov_core."""

from __future__ import annotations
