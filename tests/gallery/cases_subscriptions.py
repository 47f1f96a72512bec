"""Subscriptions to what does not happen, and for nobody."""

from __future__ import annotations

from gallery.case import Case, in_parts
from gov_core.cases.subscription import Subscription

CASES: list[Case] = [
    in_parts(
        "subscription.unknown_event",
        lambda city: city.add("subscriptions", Subscription("case_closd", None, "unit", "hook")),
        [("subscription.unknown_event", "subscriptions#case_closd//unit/hook")],
    ),
    in_parts(
        "subscription.unknown_unit",
        lambda city: city.add("subscriptions", Subscription("case_closed", None, "reportr", "hook")),
        [("subscription.unknown_unit", "subscriptions#case_closed//reportr/hook")],
    ),
    in_parts(
        "subscription.unknown_kind",
        lambda city: city.add("subscriptions", Subscription("case_closed", None, "@offices", "hook")),
        [("subscription.unknown_kind", "subscriptions#case_closed//@offices/hook")],
    ),
    in_parts(
        "subscription.unknown_matter",
        lambda city: city.add("subscriptions", Subscription(None, "ordr", "unit", "hook")),
        [("subscription.unknown_matter", "subscriptions#/ordr/unit/hook")],
    ),
]
