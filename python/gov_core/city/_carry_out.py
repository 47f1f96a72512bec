"""The steps of a reorganisation, carried out on the rows of a city."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import singledispatch
from typing import TYPE_CHECKING

from gov_core.checklists import Transfer
from gov_core.city._closest import Closest
from gov_core.city._ground import apportion, assign, outline_of, union
from gov_core.city._sheets import BY_PART
from gov_core.city._stage import Stage, key_of
from gov_core.city._step import (
    Abolish,
    AbolishLevel,
    Establish,
    Merge,
    Move,
    Redraw,
    Split,
    TransferDuty,
    VillageToCommunity,
)
from gov_core.city._timeline import undated
from gov_core.errors import CityError, Fault
from gov_core.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from gov_core.city._city import City
    from gov_core.city._step import Step
    from gov_core.city._successions import Successions


def carry_out(steps: Iterable[Step], on: date, source: str, city: City) -> tuple[City, City, Successions]:
    """The version before, the version after, and what took over from what."""
    newest = city.versions[-1]
    # What begins on the day itself would be lost: the day before does not have it.
    if newest >= on:
        message, hint = f"the city has a version of {newest}", "choose a day after its newest version"
        raise CityError([Fault("reorganisation.late", message, "versions", hint)])
    before = city.as_of(on - timedelta(days=1))
    stage = Stage.of(before, on, source)
    for number, step in enumerate(steps, start=1):
        stage.where = f"step {number} ({type(step).__name__})"
        carry(step, stage)
    _settle_dates(stage)
    if stage.faults:
        raise CityError(stage.faults)
    after = stage.city(before)
    return before, after, stage.successions


def _settle_dates(stage: Stage) -> None:
    """What is new begins on the day, whenever a row like it began, and ends in a later reorganisation."""
    stage.where = "steps"
    for part, rows in {"places": stage.places, **stage.tables}.items():
        for at, row in enumerate(rows):
            if (alone := undated(row)) is row:
                continue
            if row.valid_to is not None or (row.valid_from or stage.on) > stage.on:
                message = f"{part}#{key_of(part, row)} begins later, or ends"
                stage.fault("dated", message, f"leave its dates out: what is new begins on {stage.on}")
            rows[at] = alone


@singledispatch
def carry(step: object, stage: Stage) -> None:
    """Carries out one step; each kind of step has its own way below."""
    stage.fault("step", f"{type(step).__name__} is no step", "see gov_core.city.Reorganisation")


@carry.register
def _merge(step: Merge, stage: Stage) -> None:
    part = "places" if isinstance(step.into, Place) else "units"
    old = [row for name in step.ids if (row := stage.take(part, name)) is not None]
    if len(set(step.ids)) < 2:
        stage.fault("merge", "a merger takes at least two different ids", "name those that become one")
    if len(old) < len(step.ids):
        return
    if isinstance(step.into, Place):
        _merge_places(step, old, stage)
    else:
        serves = tuple(dict.fromkeys(place for unit in old for place in unit.serves))
        stage.replace_all("units", step.ids, [replace(step.into, serves=step.into.serves or serves)])
    stage.rename(part, dict.fromkeys(step.ids, (step.into.id,)))


def _merge_places(step: Merge, old: list[Place], stage: Stage) -> None:
    into = step.into
    assert isinstance(into, Place)  # noqa: S101  # the caller has looked
    levels = {place.level for place in old} | {into.level}
    if len(levels) > 1:
        stage.fault(
            "merge", f"places of {' and '.join(sorted(levels))} cannot become one", "one level a merger"
        )
        return
    parents = tuple(dict.fromkeys(place.parent for place in old))
    if into.parent is None and len(parents) == 1:
        into = replace(into, parent=parents[0])
    counts = {
        count: sum(known)
        for count in ("households", "population")
        if getattr(into, count) is None and None not in (known := [getattr(place, count) for place in old])
    }
    outlines = [stage.outlines.pop(name) for name in step.ids if name in stage.outlines]
    stage.replace_all("places", step.ids, [replace(into, **counts)])
    if step.outline is not None:
        stage.outlines[into.id] = step.outline
    elif len(outlines) == len(step.ids):
        stage.outlines[into.id] = union(outlines)
    _recount([place for place in old if place.parent != into.parent], into.parent, stage)


@carry.register
def _split(step: Split, stage: Stage) -> None:
    names = tuple(row.id for row in step.into)
    if len(set(names)) < 2:
        stage.fault("split", "a split gives at least two", "name each new one")
        return
    part = "places" if isinstance(step.into[0], Place) else "units"
    old = stage.take(part, step.id)
    if old is None:
        return
    ground = stage.drawn(old.level, stage.places, stage.outlines) if part == "places" else {}
    stage.replace_all(part, (step.id,), list(step.into))
    if part == "places":
        stage.outlines.pop(step.id, None)
        stage.outlines.update(step.outlines)
    stage.rename(part, {step.id: names}, moves=step.moves)
    if part == "places":
        _share_out(old, names, ground, stage)


def _share_out(old: Place, names: tuple[str, ...], ground: Mapping[str, BaseGeometry], stage: Stage) -> None:
    """Gives the parts of a split place the counts they do not state; people are not lost on the way."""
    drawn = stage.drawn(old.level, stage.places, stage.outlines)
    if old.id in ground and drawn.keys() >= set(names):
        shares = assign({name: drawn[name] for name in names}, {old.id: ground[old.id]})
        stage.places = apportion(stage.places, [old], shares)
    parts = [place for place in stage.places if place.id in names]
    for count in ("households", "population"):
        number = getattr(old, count)
        if number and None in (getattr(place, count) for place in parts):
            message = f"of the {number} {count} of {old.id} it is not said which part has how many"
            stage.fault("uncounted", message, f"state {count} of each part, or of none and draw them")


@carry.register
def _abolish(step: Abolish, stage: Stage) -> None:
    if step.part == "places":
        stage.fault("abolish", "the ground of a place has to go somewhere", "Merge, Redraw or AbolishLevel")
        return
    if step.part not in BY_PART or stage.take(step.part, step.id) is None:
        if step.part not in BY_PART:
            stage.fault("unknown_part", f'"{step.part}" is no part of a city', Closest(BY_PART)(step.part))
        return
    if step.successor is not None and stage.take(step.part, step.successor) is None:
        return
    stage.replace_all(step.part, (step.id,), [])
    stage.rename(step.part, {step.id: () if step.successor is None else (step.successor,)})


@carry.register
def _abolish_level(step: AbolishLevel, stage: Stage) -> None:
    above_grids = stage.levels[: stage.levels.index(stage.partition)]
    if step.level not in above_grids:
        hint = (
            Closest(above_grids)(step.level)
            or f"levels above the {stage.partition}: {', '.join(above_grids)}"
        )
        stage.fault("unknown_level", f'"{step.level}" is no level that can end', hint)
        return
    ended = {place.id: place for place in stage.places if place.level == step.level}
    below = defaultdict(list)
    for place in stage.places:
        if place.parent in ended:
            below[place.parent].append(place.id)
    stage.levels = tuple(level for level in stage.levels if level != step.level)
    stage.places = [
        replace(place, parent=ended[place.parent].parent) if place.parent in ended else place
        for place in stage.places
        if place.id not in ended
    ]
    for name in ended:
        stage.outlines.pop(name, None)
    stage.rename("places", {name: tuple(below[name]) for name in ended})
    for part, rows in stage.tables.items():
        for row in rows:
            for spot in (getattr(row, "at", None), *(getattr(row, "serves", None) or ())):
                if spot == f"@{step.level}":
                    key = BY_PART[part].key_of(row)
                    stage.fault(
                        "level_in_use", f'{part}#{key} names "@{step.level}"', "end it, or name a level"
                    )


@carry.register
def _establish(step: Establish, stage: Stage) -> None:
    sheet = BY_PART.get(step.part)
    if sheet is None:
        stage.fault("unknown_part", f'"{step.part}" is no part of a city', Closest(BY_PART)(step.part))
    elif not isinstance(step.row, sheet.record):
        stage.fault(
            "establish", f"{step.part} hold {sheet.record.__name__}, not {type(step.row).__name__}", ""
        )
    elif sheet.key_of(step.row) in {sheet.key_of(row) for row in stage.tables[step.part]}:
        stage.fault("establish", f'{step.part} hold "{sheet.key_of(step.row)}" already', "give it its own id")
    else:
        stage.tables[step.part].append(step.row)


@carry.register
def _move(step: Move, stage: Stage) -> None:
    parent, place = stage.take("places", step.parent), stage.take("places", step.place)
    if parent is not None and place is not None:
        stage.replace_all("places", (step.place,), [replace(place, parent=step.parent)])
        _recount([place], step.parent, stage)


def _recount(moved: Iterable[Place], parent: str | None, stage: Stage) -> None:
    """Lets the counts of wider places follow places that went to another parent, and their outlines."""
    above = {place.id: place.parent for place in stage.places}

    def path(name: str | None) -> list[str]:
        found: list[str] = []
        while name is not None and name not in found:
            found.append(name)
            name = above.get(name)
        return found

    by: dict[str, Counter[str]] = defaultdict(Counter)
    for place in moved:
        left, entered = path(place.parent), path(parent)
        for names, sign, others in ((left, -1, entered), (entered, 1, left)):
            for name in names:
                if name not in others:
                    for count in ("households", "population"):
                        by[name][count] += sign * (getattr(place, count) or 0)
    stage.places = [
        replace(
            place,
            **{
                count: number + by[place.id][count]
                for count in ("households", "population")
                if (number := getattr(place, count)) is not None
            },
        )
        if place.id in by
        else place
        for place in stage.places
    ]
    for name in by.keys() & stage.outlines.keys():
        level = next(place.level for place in stage.places if place.id == name)
        del stage.outlines[name]
        own = stage.drawn(level, stage.places, stage.outlines).get(name)
        if own is not None:
            stage.outlines[name] = outline_of(own)


@carry.register
def _transfer(step: TransferDuty, stage: Stage) -> None:
    for code in step.items:
        item = stage.take("items", code)
        if item is None:
            continue
        checklist = None if item.holder else stage.take("checklists", item.checklist)
        if not item.holder and checklist is None:
            continue
        source = item.holder[0] if checklist is None else checklist.holder
        if source == step.target:
            stage.fault("transfer", f'"{source}" holds {code} already', "name another target")
            continue
        moved = replace(
            item,
            holder=(step.target,),
            checklist=step.checklist or item.checklist,
            transferred_from=source,
        )
        stage.replace_all("items", (code,), [moved])
        transfer = Transfer(
            item=code,
            source=source,
            target=step.target,
            on=stage.on,
            funds_yuan=step.funds_yuan,
            earmarked=step.earmarked,
            decided_by=step.decided_by,
            account=step.account,
            origin=stage.source,
        )
        stage.tables["transfers"].append(transfer)


@carry.register
def _village(step: VillageToCommunity, stage: Stage) -> None:
    village = stage.take("places", step.village)
    if village is None:
        return
    into = replace(
        step.into,
        kind=step.into.kind or "village_to_community",
        parent=step.into.parent or village.parent,
        households=village.households if step.into.households is None else step.into.households,
        population=village.population if step.into.population is None else step.into.population,
    )
    stage.replace_all("places", (step.village,), [into])
    if into.parent != village.parent:
        _recount([village], into.parent, stage)
    if step.village in stage.outlines:
        stage.outlines[into.id] = stage.outlines.pop(step.village)
    stage.rename("places", {step.village: (into.id,)})
    for unit in (step.committee, step.station):
        if unit is not None:
            carry(Establish("units", replace(unit, serves=unit.serves or (into.id,))), stage)
    if step.villagers_committee is not None:
        carry(Abolish("units", step.villagers_committee, step.committee.id), stage)


@carry.register
def _redraw(step: Redraw, stage: Stage) -> None:
    old_levels, old_tiling = stage.levels, stage.partition
    new_levels, new_tiling = step.levels or old_levels, step.partition or old_tiling
    if not _redraw_fits(step, new_levels, new_tiling, stage):
        return
    old_drawn = {level: stage.drawn(level, stage.places, stage.outlines) for level in old_levels}
    # A building has no ground of its own to compare: it stays where it is named again.
    with_ground = {name for drawn in old_drawn.values() for name in drawn}
    again = {place.id for place in step.places} - with_ground
    mapping: dict[str, tuple[str, ...]] = {place.id: () for place in stage.places if place.id not in again}
    places = list(step.places)
    stage.levels, stage.partition = new_levels, new_tiling
    for level in reversed(old_levels):
        follower = step.follows.get(level, level)
        new = stage.drawn(follower, step.places, step.outlines) if follower in new_levels else {}
        shares = assign(new, old_drawn[level])
        went: dict[str, list[str]] = defaultdict(list)
        for name, (main, _) in shares.items():
            if main is not None:
                went[main].append(name)
        for name in old_drawn[level]:
            took = {new: parts[name] for new, (_, parts) in shares.items() if parts.get(name)}
            most = (max(took, key=took.__getitem__),) if took else ()
            mapping[name] = tuple(went[name]) or most
        places = apportion(places, [place for place in stage.places if place.level == level], shares)
    stage.places = places
    stage.outlines = dict(step.outlines)
    stage.rename("places", mapping, moves=step.moves, by_point=True)


def _redraw_fits(step: Redraw, levels: tuple[str, ...], tiling: str, stage: Stage) -> bool:
    """Whether the new places are drawn in full; notes what is not."""
    before = len(stage.faults)
    if tiling not in levels:
        stage.fault("redraw", f'"{tiling}" tiles the city and is no new level', Closest(levels)(tiling))
        return False
    ids = {place.id for place in step.places}
    drawn = {place.level for place in step.places}
    if missing := [level for level in levels[: levels.index(tiling) + 1] if level not in drawn]:
        stage.fault("redraw", f"there is no new {' and no new '.join(missing)}", "name places of all levels")
    if unknown := [name for name in step.outlines if name not in ids]:
        message = f"outlines of {', '.join(unknown[:5])} belong to no new place"
        stage.fault("redraw", message, Closest(ids)(unknown[0]))
    tiles = [place.id for place in step.places if place.level == tiling]
    if undrawn := [name for name in tiles if name not in step.outlines]:
        message = f"{', '.join(undrawn[:5])} have no outline"
        stage.fault("redraw", message, "draw each place that tiles the city")
    for level, follower in step.follows.items():
        if level not in stage.levels or follower not in levels:
            stage.fault("redraw", f'"{follower}" cannot follow "{level}"', "from an old level to a new one")
    return len(stage.faults) == before
