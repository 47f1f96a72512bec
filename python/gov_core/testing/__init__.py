"""Kits that hold an adapter to its contract; the extra ``testing`` brings what they need.

`gov_core.testing.store` is for stores of cases, `gov_core.testing.notifier` for notifiers. Nothing else of
gov_core imports this package.
"""
