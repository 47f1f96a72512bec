//! Events in, answers out: where an event is, and who handles it.
//!
//! [`Router`] joins a [`GridIndex`], a [`DecisionTable`] and the coordinate system of a city. It works on columns,
//! in blocks that fit the cache: locate, look the rules up, write keys. An event that gets no unit leaves this
//! path and is judged on its own; each gets exactly one [`Status`].

mod answers;
mod block;
mod codes;
mod components;
mod events;
mod history;
mod places;
mod precision;
mod status;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

pub use answers::{Answers, COLUMNS, Column, KeyColumn, Keys};
pub use codes::{CodeBook, Codes, NONE, UNKNOWN};
pub use components::Component;
pub use events::{Degrees, Event, Events};
pub use history::{History, Version};
pub use precision::Precision;
pub use status::Status;

use crate::table::{self, Cell, DecisionTable, Findings, TableFault, TableSpec, TableWarning};
use crate::{Crs, GridIndex, RoutingError};
use answers::Part;
use block::{Block, ROWS, UNDECIDED};
use components::{Components, Known};
use places::Places;

/// The answer for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Key of the place, if the event could be located.
    pub place: Option<u32>,
    /// The rule that decides and the team that answers; there is one exactly if the event is routed.
    pub decision: Option<table::Answer>,
    /// Who manages the thing that a routed event is about, and so leads in place of the team's lead.
    pub manager: Option<u32>,
    /// What became of it.
    pub status: Status,
}

/// The router of one city.
///
/// Places are numbered by key: the grids by slot, then the places above and below them in the order of the city's list
/// ([`Router::places`] gives the position in that list).
#[derive(Debug)]
pub struct Router {
    index: Arc<GridIndex>,
    table: DecisionTable,
    crs: Crs,
    places: Places,
    /// Codes of the two limits by rule, [`NONE`] where there is none; the last is for events that no rule decides.
    limits: Vec<[u32; 2]>,
    /// Lead and group of assistants by team, if any rule names assistants; without them a team is its lead.
    crews: Vec<[u32; 2]>,
    assists: Vec<Vec<u32>>,
    components: Components,
    /// Lengths of the dictionaries, by [`Column`].
    lens: [usize; COLUMNS],
}

impl Router {
    /// Compiles the rules of a city onto its grids; `index` has the grids of `spec`, by slot.
    ///
    /// # Errors
    ///
    /// Every fault of the rules.
    pub fn compile(
        index: Arc<GridIndex>,
        spec: &TableSpec,
        crs: Crs,
    ) -> Result<(Self, Findings<TableWarning>), Findings<TableFault>> {
        let (table, warnings) = DecisionTable::compile(spec)?;
        let limits = spec.rules.iter().map(|rule| [rule.respond, rule.resolve]);
        let limits: Vec<[u32; 2]> = limits.chain([[NONE, NONE]]).collect();
        let mut assists = Vec::new();
        let mut crews = Vec::new();
        if table.teams() > spec.unit_kinds.len() {
            let mut known = HashMap::new();
            for team in (0..table.teams() as u32).map_while(|team| table.team(team)) {
                let group = match team.assist {
                    [] => NONE,
                    units => *known.entry(units).or_insert_with(|| {
                        assists.push(units.to_vec());
                        assists.len() as u32 - 1
                    }),
                };
                crews.push([team.lead, group]);
            }
        }
        let places = Places::new(&spec.places, &spec.grids);
        let codes =
            limits.iter().flatten().filter(|&&code| code != NONE).max().map_or(0, |&code| code as usize + 1);
        let lens = [spec.places.len(), spec.unit_kinds.len(), spec.rules.len(), codes, codes, assists.len()];
        let components = Components::default();
        Ok((Self { index, table, crs, places, limits, crews, assists, components, lens }, warnings))
    }

    /// Lets events name things: the asset `classes + n` is the `n`th of them, where `classes` is the number of asset
    /// classes. One whose positions point nowhere has no place or no manager.
    #[must_use]
    pub fn with_components(mut self, classes: u32, components: &[Component]) -> Self {
        let keys: HashMap<u32, u32> = (0..).zip(self.places()).map(|(key, &place)| (place, key)).collect();
        let home = |thing: &Component| match (thing.place, thing.point) {
            (Some(place), _) => keys.get(&place).copied(),
            (None, Some([lon, lat])) => self.index.locate(lon, lat).ok().flatten(),
            (None, None) => None,
        };
        let known = components.iter().map(|thing| Known {
            class: thing.class,
            home: home(thing).unwrap_or(NONE),
            manager: thing
                .manager
                .filter(|&unit| (unit as usize) < self.lens[Column::Unit as usize])
                .unwrap_or(NONE),
        });
        self.components = Components::new(classes, known.collect(), &mut self.assists);
        self.lens[Column::Assist as usize] = self.assists.len();
        self
    }

    /// The class of the asset that events name by a position: that of a thing, or the class itself.
    #[must_use]
    pub fn asset_class(&self, asset: u32) -> u32 {
        self.components.get(asset).map_or(asset, |thing| thing.class)
    }

    /// The index of the grids.
    #[must_use]
    pub fn index(&self) -> &Arc<GridIndex> {
        &self.index
    }

    /// The compiled rules.
    #[must_use]
    pub fn table(&self) -> &DecisionTable {
        &self.table
    }

    /// The coordinate system of the grids, and of events that name none.
    #[must_use]
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// By key of a place: its position in the list of the spec.
    #[must_use]
    pub fn places(&self) -> &[u32] {
        self.places.positions()
    }

    /// The groups of assisting units that occur, each once; empty if no rule has any.
    #[must_use]
    pub fn assists(&self) -> &[Vec<u32>] {
        &self.assists
    }

    /// The lead unit of a team, and the group of its assistants, if there are any.
    #[must_use]
    pub fn crew(&self, team: u32) -> (u32, Option<u32>) {
        match self.crews.get(team as usize) {
            Some(&[lead, group]) => (lead, Some(group).filter(|&group| group != NONE)),
            None => (team, None),
        }
    }

    /// Who leads a routed event, and the group of those who assist, if there are any.
    #[must_use]
    pub fn crew_of(&self, answer: &Answer) -> Option<(u32, Option<u32>)> {
        let (lead, group) = self.crew(answer.decision?.team);
        let Some(manager) = answer.manager else { return Some((lead, group)) };
        let rest = group.map(|group| self.components.without(group, manager));
        Some((manager, rest.filter(|&group| group != NONE)))
    }

    /// Routes columns of events; answers are in the order of the events.
    ///
    /// `threads` changes nothing but the time it takes.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if the coordinates differ in length from `events.len`.
    pub fn route_batch(&self, events: &Events<'_>, threads: usize) -> Result<Answers, RoutingError> {
        events.check()?;
        let mut answers = Answers::new(events.len, self.lens);
        in_threads(answers.as_part(), threads, |start, part| self.route_part(events, start, part));
        Ok(answers)
    }

    /// Routes one event, exactly as a batch of it alone.
    #[must_use]
    pub fn route(&self, event: &Event) -> Answer {
        let (lon, lat) = ([event.lon.unwrap_or(f64::NAN)], [event.lat.unwrap_or(f64::NAN)]);
        let (no_lon, no_lat) = (|_| event.lon.is_none(), |_| event.lat.is_none());
        let events = Events {
            len: 1,
            coordinates: Some([
                Degrees { values: &lon, is_null: Some(&no_lon) },
                Degrees { values: &lat, is_null: Some(&no_lat) },
            ]),
            crs: Some(&[event.crs]),
            place: Some(&[event.place]),
            matter: &[event.matter],
            grade: Some(&[event.grade]),
            asset: Some(&[event.asset]),
        };
        let mut block = Block::default();
        block.run(self, &events, 0, 1);
        block.answer(self, &events, 0, 0)
    }

    /// The slot that an event at a place is decided by, if it is one: of the place itself, of the grid it lies in,
    /// or of the only grid below it.
    #[must_use]
    pub fn slot(&self, key: u32) -> Option<u32> {
        if self.places.is_grid(key) {
            return Some(key);
        }
        let is_place = (key as usize) < self.places.positions().len();
        match is_place.then(|| self.places.slots(key))? {
            [slot] => Some(*slot),
            _ => None,
        }
    }

    /// Rule and team for an event that names a place that is no grid: those of the grid it lies in, or of all grids
    /// below it if they agree; else [`UNDECIDED`].
    fn decide_beyond(&self, key: u32, matter: u32, grade: u32, asset: u32) -> [u32; 2] {
        let decide = |&slot: &u32| {
            let answer = self.table.lookup(Cell { slot, matter, grade, asset });
            answer.map_or([NONE, NONE], |answer| [answer.rule, answer.team])
        };
        match self.places.slots(key) {
            [first, others @ ..] => {
                let first = decide(first);
                if others.iter().all(|slot| decide(slot) == first) { first } else { [UNDECIDED, NONE] }
            }
            [] => [UNDECIDED, NONE],
        }
    }

    fn route_part(&self, events: &Events<'_>, mut start: usize, mut part: Part<'_>) {
        let mut block = Block::default();
        while part.len() > 0 {
            let mut piece = part.cut(ROWS);
            block.run(self, events, start, piece.len());
            piece.store(block.finish(self, events, start));
            start += piece.len();
        }
    }
}

/// Shares rows out among threads, in pieces that end on a whole word of bits.
fn in_threads(mut part: Part<'_>, threads: usize, work: impl Fn(usize, Part<'_>) + Sync) {
    let share = part.len().div_ceil(threads.max(1)).next_multiple_of(ROWS);
    if share >= part.len() {
        return work(0, part);
    }
    std::thread::scope(|scope| {
        let mut start = 0;
        while part.len() > 0 {
            let (at, piece, work) = (start, part.cut(share), &work);
            start += share;
            scope.spawn(move || work(at, piece));
        }
    });
}
