"""Each event under the rules of its day."""

from dataclasses import replace

import polars as pl

from gov_core import Router, RouterHistory
from gov_core.generate import generate_city, generate_events

before = generate_city(grids=40, seed=3)
events = pl.DataFrame(generate_events(before, 20_000, days=30))
router = Router.compile(before)

# The rule with most events goes to another unit in the middle of January.
busiest = router.route_batch(events)["rule"].drop_nulls().mode().item(0)
bureau = next(unit for unit in before.units if unit.kind == "ecology_bureau")
rules = [replace(rule, unit=(bureau.id,)) if rule.id == busiest else rule for rule in before.rules]
after = replace(before, rules=tuple(rules))

# Days are days of China; events carry their zone.
history = RouterHistory([("2025-01-01", router), ("2025-01-15", Router.compile(after))])
moved = history.route_batch(events).filter(pl.col("rule") == busiest)
late = pl.col("reported_at").dt.convert_time_zone("Asia/Shanghai").dt.day() >= 15
shown = (
    moved.group_by(late.alias("from the 15th"), pl.col("unit").cast(pl.String)).len().sort("from the 15th")
)
print(shown)

assert shown.filter(pl.col("from the 15th"))["unit"].to_list() == [bureau.id]
assert bureau.id not in shown.filter(~pl.col("from the 15th"))["unit"].to_list()
