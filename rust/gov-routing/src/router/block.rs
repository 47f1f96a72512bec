//! A few thousand events at a time, so that every intermediate column stays in the cache.

use std::collections::HashMap;

use super::answers::Rows;
use super::codes::{Codes, NONE, UNKNOWN};
use super::components::Known;
use super::events::Events;
use super::status::Status;
use super::{Answer, Router};
use crate::table::{self, Cells};
use crate::{Crs, UNCOVERED};

/// Events a block: nine columns of four or eight bytes take 190 kB, less than a second-level cache.
pub(super) const ROWS: usize = 4096;

/// In the place of a rule: the grids of a wide place are decided differently.
pub(super) const UNDECIDED: u32 = UNKNOWN;

/// Intermediate columns of one block; kept from block to block.
#[derive(Debug, Default)]
pub(super) struct Block {
    lon: Vec<f64>,
    lat: Vec<f64>,
    /// `lon` and `lat` hold converted coordinates.
    converted: bool,
    crs: Vec<u32>,
    given: Vec<u32>,
    /// Slot that the rules are looked up for; [`UNCOVERED`] if there is none.
    slots: Vec<u32>,
    /// Key of the place in the output; [`NONE`] if there is none.
    places: Vec<u32>,
    matters: Vec<u32>,
    grades: Vec<u32>,
    assets: Vec<u32>,
    /// What events say of assets, before things became their classes; only where some event names a thing.
    named: Option<Vec<u32>>,
    rules: Vec<u32>,
    teams: Vec<u32>,
    respond: Vec<u32>,
    resolve: Vec<u32>,
    assists: Vec<u32>,
    status: Vec<i8>,
    /// Decisions for wide places: (place, matter, grade, asset) to rule and team.
    wide: HashMap<[u32; 4], [u32; 2], foldhash::fast::RandomState>,
}

impl Block {
    /// Locates rows and looks the rules up.
    pub(super) fn run(&mut self, router: &Router, events: &Events<'_>, start: usize, rows: usize) {
        for column in [
            &mut self.slots,
            &mut self.places,
            &mut self.matters,
            &mut self.grades,
            &mut self.assets,
            &mut self.rules,
            &mut self.teams,
        ] {
            column.resize(rows, NONE);
        }
        events.matter.read(start, &mut self.matters);
        read(events.grade, start, &mut self.grades);
        read(events.asset, start, &mut self.assets);
        self.classify(router);
        self.locate(router, events, start, rows);
        self.place(router, events, start, rows);
        self.look_up(router, events);
    }

    /// Puts classes in the place of things.
    fn classify(&mut self, router: &Router) {
        self.named = None;
        if router.components.is_empty() {
            return;
        }
        if self.assets.iter().any(|&asset| router.components.get(asset).is_some()) {
            self.named = Some(self.assets.clone());
            for asset in &mut self.assets {
                *asset = router.asset_class(*asset);
            }
        }
    }

    /// The thing that a row names.
    fn thing<'a>(&self, router: &'a Router, at: usize) -> Option<&'a Known> {
        router.components.get(self.named.as_ref()?[at])
    }

    /// Finds the slots of coordinates; places that events name are not looked at.
    pub(super) fn locate(&mut self, router: &Router, events: &Events<'_>, start: usize, rows: usize) {
        self.slots.resize(rows, NONE);
        let Some([lon, lat]) = events.coordinates else {
            self.slots.fill(UNCOVERED);
            return;
        };
        self.convert(router, events, start, rows);
        let mut slots = std::mem::take(&mut self.slots);
        let (xs, ys) = self.points(events, start, rows);
        if router.index.locate_batch(xs, ys, &mut slots, 1).is_err() {
            slots.fill(UNCOVERED); // lengths are equal, so this does not happen
        }
        if lon.is_null.is_some() || lat.is_null.is_some() {
            for (at, slot) in slots.iter_mut().enumerate() {
                if lon.null(start + at) || lat.null(start + at) {
                    *slot = UNCOVERED;
                }
            }
        }
        self.slots = slots;
    }

    /// The slots that [`Block::locate`] found.
    pub(super) fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// Coordinates in the city's CRS; call after [`Block::locate`].
    pub(super) fn points<'a>(
        &'a self,
        events: &Events<'a>,
        start: usize,
        rows: usize,
    ) -> (&'a [f64], &'a [f64]) {
        match events.coordinates {
            Some([lon, lat]) if !self.converted => {
                (&lon.values[start..start + rows], &lat.values[start..start + rows])
            }
            _ => (&self.lon, &self.lat),
        }
    }

    /// Brings coordinates that name a CRS of their own into that of the city.
    fn convert(&mut self, router: &Router, events: &Events<'_>, start: usize, rows: usize) {
        self.converted = false;
        let (Some(column), Some([lon, lat])) = (events.crs, events.coordinates) else { return };
        self.crs.resize(rows, NONE);
        column.read(start, &mut self.crs);
        let own = Crs::ALL.iter().position(|&crs| crs == router.crs).map_or(NONE, |at| at as u32);
        if self.crs.iter().all(|&crs| crs == NONE || crs == own) {
            return;
        }
        self.converted = true;
        for (values, column) in [(&mut self.lon, lon), (&mut self.lat, lat)] {
            values.clear();
            values.extend_from_slice(&column.values[start..start + rows]);
        }
        for ((lon, lat), &crs) in self.lon.iter_mut().zip(&mut self.lat).zip(&self.crs) {
            if crs == NONE {
                continue;
            }
            // Bounds hold for what was given. NaN stands for "bad": it lies in no grid.
            let done = match Crs::ALL.get(crs as usize) {
                Some(&crs) if in_bounds(*lon, *lat) => {
                    let (lon, lat) = (std::slice::from_mut(lon), std::slice::from_mut(lat));
                    Crs::convert(crs, router.crs, lon, lat).is_ok()
                }
                _ => false,
            };
            if !done {
                (*lon, *lat) = (f64::NAN, f64::NAN);
            }
        }
    }

    /// Lets places that events name win over their coordinates; an event without either happens where its thing is.
    fn place(&mut self, router: &Router, events: &Events<'_>, start: usize, rows: usize) {
        self.places.copy_from_slice(&self.slots);
        if let Some(column) = events.place {
            self.given.resize(rows, NONE);
            column.read(start, &mut self.given);
        } else if self.named.is_none() {
            return;
        }
        for at in 0..rows {
            let key = if self.named.is_some() && self.nowhere(events, start + at, at) {
                self.thing(router, at).map_or(NONE, |thing| thing.home)
            } else if events.place.is_some() {
                self.given[at]
            } else {
                NONE
            };
            if key == NONE {
                continue;
            }
            let usable = key != UNKNOWN && !self.bad_coordinate(events, start + at, at);
            self.places[at] = if usable { key } else { NONE };
            self.slots[at] = if usable && router.places.is_grid(key) { key } else { UNCOVERED };
        }
    }

    fn look_up(&mut self, router: &Router, events: &Events<'_>) {
        let Self { slots, places, matters, grades, assets, rules, teams, wide, .. } = self;
        let cells = Cells {
            slots,
            matters,
            grades: events.grade.map(|_| &grades[..]),
            assets: events.asset.map(|_| &assets[..]),
        };
        if router.table.lookup_batch(&cells, rules, teams).is_err() {
            rules.fill(NONE); // lengths are equal, so this does not happen
        }
        if events.place.is_none() && self.named.is_none() {
            return;
        }
        for at in 0..slots.len() {
            let [key, matter, grade, asset] = [places[at], matters[at], grades[at], assets[at]];
            if slots[at] == UNCOVERED
                && key != NONE
                && ![matter, grade, asset].contains(&UNKNOWN)
                && matter != NONE
            {
                let decide = || router.decide_beyond(key, matter, grade, asset);
                [rules[at], teams[at]] = *wide.entry([key, matter, grade, asset]).or_insert_with(decide);
            }
        }
    }

    /// The answers of the rows that [`Block::run`] worked on.
    pub(super) fn finish(&mut self, router: &Router, events: &Events<'_>, start: usize) -> Rows<'_> {
        let last = router.limits.len() - 1;
        self.status.clear();
        self.status.resize(self.rules.len(), Status::Routed as i8);
        for at in 0..self.rules.len() {
            if self.rules[at] as usize >= last {
                self.status[at] = self.judge(events, start + at, at) as i8;
                self.rules[at] = NONE;
            }
        }
        for column in [&mut self.respond, &mut self.resolve, &mut self.assists] {
            column.resize(self.rules.len(), NONE);
        }
        for ((&rule, respond), resolve) in self.rules.iter().zip(&mut self.respond).zip(&mut self.resolve) {
            [*respond, *resolve] = router.limits[(rule as usize).min(last)];
        }
        if !router.crews.is_empty() {
            for (team, assist) in self.teams.iter_mut().zip(&mut self.assists) {
                [*team, *assist] = router.crews.get(*team as usize).copied().unwrap_or([NONE, NONE]);
            }
        }
        for at in 0..self.named.as_ref().map_or(0, Vec::len) {
            if let Some(manager) = self.manager(router, at).filter(|_| self.rules[at] != NONE) {
                self.teams[at] = manager;
                self.assists[at] = router.components.without(self.assists[at], manager);
            }
        }
        Rows {
            columns: [&self.places, &self.teams, &self.rules, &self.respond, &self.resolve, &self.assists],
            status: &self.status,
        }
    }

    /// Who manages the thing that a row names.
    fn manager(&self, router: &Router, at: usize) -> Option<u32> {
        self.thing(router, at).map(|thing| thing.manager).filter(|&manager| manager != NONE)
    }

    /// The answer of one row.
    pub(super) fn answer(&self, router: &Router, events: &Events<'_>, row: usize, at: usize) -> Answer {
        let (rule, team) = (self.rules[at], self.teams[at]);
        let decision = (rule < UNDECIDED).then_some(table::Answer { rule, team });
        Answer {
            place: Some(self.places[at]).filter(|&key| key != NONE),
            decision,
            manager: decision.and_then(|_| self.manager(router, at)),
            status: if decision.is_some() { Status::Routed } else { self.judge(events, row, at) },
        }
    }

    /// Why a row is not routed: the first that holds, in order of precedence.
    fn judge(&self, events: &Events<'_>, row: usize, at: usize) -> Status {
        if self.bad_coordinate(events, row, at) {
            Status::BadCoordinate
        } else if events.place.is_some() && self.given[at] == UNKNOWN {
            Status::UnknownPlace
        } else if (self.places[at] == NONE && self.nowhere(events, row, at)) || self.rules[at] == UNDECIDED {
            Status::NoLocation
        } else if self.places[at] == NONE {
            Status::OutOfArea
        } else if self.matters[at] >= UNKNOWN {
            Status::UnknownMatter
        } else if self.grades[at] == UNKNOWN {
            Status::UnknownGrade
        } else if self.assets[at] == UNKNOWN {
            Status::UnknownAsset
        } else {
            Status::NoRule
        }
    }

    /// Why a row that no version of the rules applies to is not routed: what can be said without a city.
    pub(super) fn judge_without_rules(&self, events: &Events<'_>, row: usize, at: usize) -> Status {
        if self.bad_coordinate(events, row, at) {
            Status::BadCoordinate
        } else if self.nowhere(events, row, at) {
            Status::NoLocation
        } else {
            Status::NoRule
        }
    }

    /// Whether a row names no place and lacks a coordinate.
    fn nowhere(&self, events: &Events<'_>, row: usize, at: usize) -> bool {
        let given = events.place.is_some() && self.given[at] != NONE;
        !given && events.coordinates.is_none_or(|columns| columns.iter().any(|column| column.null(row)))
    }

    /// Whether a coordinate that is there cannot be one, or is in a CRS nobody knows.
    fn bad_coordinate(&self, events: &Events<'_>, row: usize, at: usize) -> bool {
        let Some([lon, lat]) = &events.coordinates else { return false };
        let (no_lon, no_lat) = (lon.null(row), lat.null(row));
        let [x, y] = [lon.values[row], lat.values[row]];
        let unknown_crs = events.crs.is_some() && self.crs[at] == UNKNOWN && !(no_lon && no_lat);
        unknown_crs || !in_bounds(if no_lon { 0.0 } else { x }, if no_lat { 0.0 } else { y })
    }
}

/// Whether a coordinate is one: finite, within 180 and 90 degrees.
fn in_bounds(lon: f64, lat: f64) -> bool {
    lon.abs() <= 180.0 && lat.abs() <= 90.0
}

fn read(column: Option<&dyn Codes>, start: usize, out: &mut [u32]) {
    match column {
        Some(column) => column.read(start, out),
        None => out.fill(NONE),
    }
}
