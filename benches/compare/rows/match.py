"""match: decision tables alone. Ours is benches/rust/table.rs, `lookup_batch`: 200 matters x 3 grades.

The rivals answer the same rule book (its doc says how it is made) on events drawn alike. They get it unfolded
as a skilled user would: one table of rules by street, matter and grade, and one of units by kind and grid.
"""

from __future__ import annotations

import itertools
import re
import subprocess

import numpy as np

from compare.goal import Goal, at_least, at_most, only
from compare.trial import BENCHES, Record, contest, output_of, per_item, tell, timed

SIZES = (265, 10_000)
RIVALS = ("polars_join", "python_dict", "numpy_gather")
EVENTS = 1_000_000
MATTERS, ROOTS, GRADES, KINDS = 200, 20, 3, 3
GRIDS_A_COMMUNITY, GRIDS_A_STREET = 10, 60
_BENCH = ["cargo", "bench", "--quiet", "--locked", "-p", "gov-routing", "--bench", "table"]


def run() -> list[Record]:
    records = _ours()
    for grids in SIZES:
        records += [contest("match", rival, grids=grids) for rival in RIVALS]
    return records


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for grids, limit in ((265, 4), (10_000, 10)):
        own = only(records, contestant="gov_core", grids=grids, named=False)["ns"]
        cells = f"{grids:,} grids x 200 matters x 3 grades"
        found.append(at_most(cells, own, limit, "ns/event"))
        for rival, ratio in (("polars_join", 4), ("python_dict", 40)):
            its = only(records, contestant=rival, grids=grids)["ns"]
            found.append(at_least(f"{cells}: {rival}, {its:.0f} ns", its / own, ratio, "x"))
        its = only(records, contestant="numpy_gather", grids=grids)["ns"]
        found.append(Goal(f"{cells}: numpy_gather, {its:.0f} ns", "", f"{its / own:.3g} x"))
    named = only(records, contestant="gov_core", grids=10_000, named=True)["ns"]
    found.append(at_most("10,000 grids, each with a rule of its own", named, 10, "ns/event"))
    return found


def _ours() -> list[Record]:
    """Run the Rust bench on one core and read its table: the second figure of the column "median"."""
    subprocess.run([*_BENCH, "--no-run"], cwd=BENCHES.parent, check=True)
    text = output_of([*_BENCH, "--", "lookup_batch"])
    records = []
    lines = text.splitlines()
    for line, below in itertools.pairwise(lines):
        if city := re.search(r"grids: (\d+), named: (\w+)", line):
            rate, unit = re.findall(r"([\d.]+) ([KMG]?)item/s", below)[2]
            ns = 1e9 / (float(rate) * {"": 1, "K": 1e3, "M": 1e6, "G": 1e9}[unit])
            shape = {"grids": int(city[1]), "named": city[2] == "true"}
            records.append({"contestant": "gov_core", "threads": 1, "runs": 200, "ns": ns} | shape)
            tell(f"  gov_core {shape}: {ns:.2f} ns")
    return records


class _Book:
    """The rule book of benches/rust/table.rs and a million cells to look up."""

    def __init__(self, grids: int) -> None:
        rng = np.random.default_rng(7)
        self.grid = rng.integers(0, grids, EVENTS, dtype=np.int32)
        self.matter = rng.integers(0, MATTERS, EVENTS, dtype=np.int32)
        self.grade = rng.integers(0, GRADES, EVENTS, dtype=np.int32)
        self.communities = -(-grids // GRIDS_A_COMMUNITY)
        self.streets = -(-self.communities * GRIDS_A_COMMUNITY // GRIDS_A_STREET)
        self.street_of = (np.arange(grids) // GRIDS_A_STREET).astype(np.int32)
        street, matter, grade = (
            axis.ravel().astype(np.int32) for axis in np.indices((self.streets, MATTERS, GRADES))
        )
        own, highest = matter % ROOTS == street % ROOTS, grade == GRADES - 1
        # By street, matter and grade: the rule, and the unit or the kind (negative, minus one) that it names.
        self.cells = (street, matter, grade)
        self.rule = np.select([own, highest], [2 * MATTERS + street, 2 * matter + 1], 2 * matter)
        self.named = np.select([own, highest], [street, matter % self.streets], -1 - matter % KINDS)
        # By kind and grid: the unit.
        grid = np.arange(grids, dtype=np.int32)
        self.units = np.stack(
            [self.streets + self.communities + grid, self.streets + grid // GRIDS_A_COMMUNITY, self.street_of]
        )

    def check(self, rule: np.ndarray, unit: np.ndarray) -> None:
        """Assert the answers by the book's own words."""
        street, community = self.grid // GRIDS_A_STREET, self.grid // GRIDS_A_COMMUNITY
        own = self.matter % ROOTS == street % ROOTS
        highest = self.grade == GRADES - 1
        assert (
            rule == np.select([own, highest], [2 * MATTERS + street, 2 * self.matter + 1], 2 * self.matter)
        ).all()
        by_kind = [self.streets + self.communities + self.grid, self.streets + community, street]
        by_kind = np.choose(self.matter % KINDS, by_kind)
        assert (unit == np.select([own, highest], [street, self.matter % self.streets], by_kind)).all()


def polars_join(grids: int) -> Record:
    """Two left joins on integer keys."""
    import polars as pl

    book = _Book(grids)
    keys = ("street", "matter", "grade")
    rules = pl.DataFrame(dict(zip(keys, book.cells, strict=True)) | {"rule": book.rule, "named": book.named})
    kind, grid = (axis.ravel().astype(np.int32) for axis in np.indices(book.units.shape))
    units = pl.DataFrame({"kind": -1 - kind, "grid": grid, "unit": book.units.ravel()})
    rules = rules.cast({"named": pl.Int32})
    units = units.cast({"kind": pl.Int32})
    events = pl.DataFrame({"grid": book.grid, "matter": book.matter, "grade": book.grade})
    street_of = pl.Series(book.street_of)

    def match() -> pl.DataFrame:
        located = events.with_columns(street=street_of.gather(events["grid"]))
        ruled = located.join(rules, on=keys, how="left", maintain_order="left")
        found = ruled.join(
            units, left_on=["named", "grid"], right_on=["kind", "grid"], how="left", maintain_order="left"
        )
        return found.select("rule", pl.coalesce("unit", "named").alias("unit"))

    seconds, answers = timed(match)
    book.check(answers["rule"].to_numpy(), answers["unit"].to_numpy())
    return per_item(seconds, EVENTS)


def python_dict(grids: int) -> Record:
    """Two look-ups in dicts, a loop over lists."""
    book = _Book(grids)
    cells = zip(*(axis.tolist() for axis in book.cells), strict=True)
    rules = dict(zip(cells, zip(book.rule.tolist(), book.named.tolist(), strict=True), strict=True))
    units = {
        (-1 - kind, grid): unit
        for kind, row in enumerate(book.units.tolist())
        for grid, unit in enumerate(row)
    }
    street_of = book.street_of.tolist()
    columns = [column.tolist() for column in (book.grid, book.matter, book.grade)]

    def match() -> tuple[list[int], list[int]]:
        chosen, responsible = [], []
        for grid, matter, grade in zip(*columns, strict=True):
            rule, unit = rules[street_of[grid], matter, grade]
            chosen.append(rule)
            responsible.append(unit if unit >= 0 else units[unit, grid])
        return chosen, responsible

    seconds, (rule, unit) = timed(match)
    book.check(np.array(rule), np.array(unit))
    return per_item(seconds, EVENTS)


def numpy_gather(grids: int) -> Record:
    """Dense arrays and fancy indexing: what one writes by hand when all is known to be there."""
    book = _Book(grids)
    shape = (book.streets, MATTERS, GRADES)
    rules, named = book.rule.reshape(shape).astype(np.int32), book.named.reshape(shape).astype(np.int32)

    def match() -> tuple[np.ndarray, np.ndarray]:
        cell = np.ravel_multi_index((book.street_of[book.grid], book.matter, book.grade), shape)
        unit = named.ravel()[cell]
        asked = unit < 0
        unit[asked] = book.units[-1 - unit[asked], book.grid[asked]]
        return rules.ravel()[cell], unit

    seconds, (rule, unit) = timed(match)
    book.check(rule, unit)
    return per_item(seconds, EVENTS)
