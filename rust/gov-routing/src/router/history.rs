//! Several versions of a city over time, behind one set of dictionaries.

use std::sync::Arc;

use super::answers::{Answers, COLUMNS, Column, Part, Rows};
use super::block::{Block, ROWS};
use super::codes::{Codes, NONE};
use super::events::Events;
use super::precision::Precision;
use super::status::Status;
use super::{Router, in_threads};
use crate::RoutingError;

/// One version of a city, and what its keys are called in the dictionaries that all versions share.
#[derive(Debug, Clone)]
pub struct Version {
    /// Routes the events of its time.
    pub router: Arc<Router>,
    /// By [`Column`] and key of `router`: the key in the shared dictionary.
    pub keys: [Vec<u32>; COLUMNS],
}

/// Versions of a city; each event is routed by one of them.
///
/// Keys of places are shared by all versions: the same place may lie on different paths in two of them, so a
/// caller keeps one dictionary of (place, path) pairs.
#[derive(Debug, Clone)]
pub struct History {
    versions: Vec<Version>,
    /// Lengths of the shared dictionaries, by [`Column`].
    lens: [usize; COLUMNS],
}

impl History {
    /// Versions in the order of their positions; at least one.
    #[must_use]
    pub fn new(versions: Vec<Version>) -> Self {
        let len = |column: usize| {
            let keys = versions.iter().flat_map(|version| &version.keys[column]);
            keys.max().map_or(0, |&key| key as usize + 1)
        };
        Self { lens: std::array::from_fn(len), versions }
    }

    /// The versions.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// Routes each event by its version; answers are in the order of the events.
    ///
    /// `events` holds the same events once a version, as positions in the lists of that version's city; `version`
    /// the position of each event's version. An event without one is under no rule: it gets neither place nor unit
    /// and the status that can be given without a city (`BadCoordinate`, `NoLocation`, else `NoRule`).
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if columns differ in length, or `events` from the number of versions.
    pub fn route_batch(
        &self,
        events: &[Events<'_>],
        version: &dyn Codes,
        threads: usize,
    ) -> Result<Answers, RoutingError> {
        let rows = events.first().map_or(0, |events| events.len);
        if events.len() != self.versions.len() {
            return Err(RoutingError::LengthMismatch { left: self.versions.len(), right: events.len() });
        }
        for columns in events {
            columns.check()?;
            if columns.len != rows {
                return Err(RoutingError::LengthMismatch { left: rows, right: columns.len });
            }
        }
        let mut answers = Answers::new(rows, self.lens);
        in_threads(answers.as_part(), threads, |start, part| self.route_part(events, version, start, part));
        Ok(answers)
    }

    /// Measures how sure the locations of answers are, each in its version's map; see [`Router::measure_batch`].
    ///
    /// `events` and `version` are those of [`History::route_batch`], `answers` what it gave.
    ///
    /// # Errors
    ///
    /// As [`Router::measure_batch`].
    pub fn measure_batch(
        &self,
        events: &[Events<'_>],
        version: &dyn Codes,
        answers: &Answers,
        within_m: f64,
        threads: usize,
    ) -> Result<Precision, RoutingError> {
        let rows = answers.status.len();
        for (version, events) in self.versions.iter().zip(events) {
            events.check()?;
            if rows != events.len {
                return Err(RoutingError::LengthMismatch { left: events.len, right: rows });
            }
            version.router.index.locate_nearest_batch(&[], &[], within_m, &mut [], 1)?; // refuses a bad distance
        }
        let places = answers.column(Column::Place);
        Ok(Precision::measured(rows, threads, |start, (border_m, nearest)| {
            let mut chosen = vec![NONE; border_m.len()];
            version.read(start, &mut chosen);
            for (at, (version, events)) in self.versions.iter().zip(events).enumerate() {
                let asked = |row: usize| {
                    (chosen[row - start] == at as u32).then(|| (answers.status[row], places.get(row)))
                };
                let keys = &version.keys[Column::Place as usize];
                let key = |slot: u32| keys.get(slot as usize).copied();
                version.router.measure_part(events, asked, key, within_m, start, (border_m, nearest));
            }
        }))
    }

    fn route_part(&self, events: &[Events<'_>], version: &dyn Codes, mut start: usize, mut part: Part<'_>) {
        let mut block = Block::default();
        let mut chosen = vec![NONE; ROWS];
        let mut merged = Merged::default();
        while part.len() > 0 {
            let mut piece = part.cut(ROWS);
            let rows = piece.len();
            let chosen = &mut chosen[..rows];
            version.read(start, chosen);
            merged.clear(rows);
            for (at, (version, events)) in self.versions.iter().zip(events).enumerate() {
                if chosen.contains(&(at as u32)) {
                    block.run(&version.router, events, start, rows);
                    let own = block.finish(&version.router, events, start);
                    merged.take(own, version, |row| chosen[row] == at as u32);
                }
            }
            let is_left = |row: &usize| chosen[*row] as usize >= self.versions.len();
            if let (Some(version), Some(events)) = (self.versions.first(), events.first())
                && (0..rows).any(|row| is_left(&row))
            {
                block.run(&version.router, events, start, rows);
                for row in (0..rows).filter(is_left) {
                    merged.status[row] = block.judge_without_rules(events, start + row, row) as i8;
                }
            }
            piece.store(merged.rows());
            start += rows;
        }
    }
}

/// The answers of one block, from several versions.
#[derive(Default)]
struct Merged {
    columns: [Vec<u32>; COLUMNS],
    status: Vec<i8>,
}

impl Merged {
    fn clear(&mut self, rows: usize) {
        for column in &mut self.columns {
            column.clear();
            column.resize(rows, NONE);
        }
        self.status.clear();
        self.status.resize(rows, Status::NoRule as i8);
    }

    /// Takes over some rows of one version, with keys of the shared dictionaries.
    fn take(&mut self, own: Rows<'_>, version: &Version, wanted: impl Fn(usize) -> bool) {
        for row in (0..own.status.len()).filter(|&row| wanted(row)) {
            for ((to, from), keys) in self.columns.iter_mut().zip(own.columns).zip(&version.keys) {
                to[row] = keys.get(from[row] as usize).copied().unwrap_or(NONE);
            }
            self.status[row] = own.status[row];
        }
    }

    fn rows(&self) -> Rows<'_> {
        Rows { columns: self.columns.each_ref().map(|column| &column[..]), status: &self.status }
    }
}
