"""The rules of a city as plain tables for joins: what the author of `compare.pipeline` would prepare once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from compare.inputs import cached, city_folder

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city import City


def unfolded(grids: int) -> Path:
    """Return a folder with three Parquet files, read off the answers for every grid, matter and grade.

    - grids: each grid's id, path and outline, and which row of rules it is ``like``.
    - rules: by ``like``, matter and grade: the rule, its limits and the number of its ``chain`` of units.
    - units: by chain and grid, the unit.
    """

    def make(folder: Path) -> None:
        from gov_core.city import City

        city = City.load(city_folder(grids))
        rule, unit = _answers(city)
        rows, like = np.unique(rule.reshape(grids, -1), axis=0, return_inverse=True)
        chains: dict[tuple[str, ...], int] = {}
        chain = np.array([chains.setdefault(rule.unit, len(chains)) for rule in city.rules], np.int32)
        folder.mkdir()
        pq.write_table(_grids(city, like.ravel()), folder / "grids.parquet")
        pq.write_table(_rules(city, rows, chain), folder / "rules.parquet")
        pq.write_table(_units(city, rule, unit, chain), folder / "units.parquet")

    return cached(f"unfolded-{grids}", make)


def _answers(city: City) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the rule and the unit of every cell, by grid, matter and grade."""
    from gov_core.routing import Router

    matters, grades = [matter.code for matter in city.matters], list(city.grades or ())
    shape = (len(city.grids), len(matters), len(grades))
    columns = zip(("place", "matter", "grade"), (city.grids, matters, grades), np.indices(shape), strict=True)
    cells = {
        name: pa.DictionaryArray.from_arrays(axis.ravel().astype(np.int32), list(values))
        for name, values, axis in columns
    }
    routed = Router.compile(city).route_batch(pa.table(cells))
    return (
        _positions(routed["rule"], [rule.id for rule in city.rules]),
        _positions(routed["unit"], [unit.id for unit in city.units]),
    )


def _positions(column: pa.ChunkedArray, names: list[str]) -> np.ndarray:
    """Turn a dictionary column without nulls into positions in a list of names."""
    whole = column.combine_chunks()
    assert whole.null_count == 0
    position = {name: at for at, name in enumerate(names)}
    known = np.array([position[name] for name in whole.dictionary.to_pylist()], np.int32)
    return known[whole.indices.to_numpy()]


def _grids(city: City, like: np.ndarray) -> pa.Table:
    return pa.table(
        {
            "grid": np.arange(len(like), dtype=np.int32),
            "place": list(city.grids),
            "path": ["/".join(city.path(place)) for place in city.grids],
            "like": like.astype(np.int32),
            "wkb": pa.array(city.geometries, pa.binary()),
        }
    )


def _rules(city: City, rows: np.ndarray, chain: np.ndarray) -> pa.Table:
    matters, grades = np.array([m.code for m in city.matters]), np.array(city.grades)
    like, matter, grade = (axis.ravel() for axis in np.indices((len(rows), len(matters), len(grades))))
    rule = rows.ravel()
    named = {
        "rule": [rule.id for rule in city.rules],
        "respond_within": [rule.respond_within and str(rule.respond_within) for rule in city.rules],
        "resolve_within": [rule.resolve_within and str(rule.resolve_within) for rule in city.rules],
    }
    return pa.table(
        {
            "like": like.astype(np.int32),
            "matter": matters[matter],
            "grade": grades[grade],
            "chain": chain[rule],
        }
        | {name: pa.array(values).take(pa.array(rule)) for name, values in named.items()}
    )


def _units(city: City, rule: np.ndarray, unit: np.ndarray, chain: np.ndarray) -> pa.Table:
    cells = len(rule) // len(city.grids)
    key = chain[rule].astype(np.int64) * len(city.grids) + np.arange(len(rule)) // cells
    key, first = np.unique(key, return_index=True)
    return pa.table(
        {
            "chain": (key // len(city.grids)).astype(np.int32),
            "grid": (key % len(city.grids)).astype(np.int32),
            "unit": pa.array([unit.id for unit in city.units]).take(pa.array(unit[first])),
        }
    )
