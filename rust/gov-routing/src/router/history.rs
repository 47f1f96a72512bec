//! Several versions of a city over time, behind one set of dictionaries.

use std::sync::Arc;

use super::answers::{Answers, COLUMNS, Part};
use super::block::{Block, ROWS};
use super::codes::Codes;
use super::events::Events;
use super::{Router, in_threads};
use crate::RoutingError;

/// One version of a city, and what its keys are called in the dictionaries that all versions share.
#[derive(Debug, Clone)]
pub struct Version {
    /// Routes the events of its time.
    pub router: Arc<Router>,
    /// By [`Column`] and key of `router`: the key in the shared dictionary.
    pub keys: [Vec<i32>; COLUMNS],
}

/// Versions of a city; each event is routed by one of them.
///
/// Keys of places are shared by all versions: the same place may lie on different paths in two of them, so a
/// caller keeps one dictionary of (place, path) pairs.
#[derive(Debug, Clone)]
pub struct History {
    versions: Vec<Version>,
}

impl History {
    /// Versions in the order of their positions; at least one.
    #[must_use]
    pub fn new(versions: Vec<Version>) -> Self {
        Self { versions }
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
        let mut answers = Answers::new(rows);
        in_threads(answers.as_part(), threads, |start, part| self.route_part(events, version, start, part));
        Ok(answers)
    }

    fn route_part(&self, events: &[Events<'_>], version: &dyn Codes, mut start: usize, mut part: Part<'_>) {
        let mut block = Block::default();
        let mut chosen = vec![0; ROWS];
        while part.len() > 0 {
            let mut piece = part.cut(ROWS);
            let rows = piece.len();
            let chosen = &mut chosen[..rows];
            version.read(start, chosen);
            for (at, (version, events)) in self.versions.iter().zip(events).enumerate() {
                if !chosen.contains(&(at as u32)) {
                    continue;
                }
                let mut own = Answers::new(rows);
                block.run(&version.router, events, start, rows);
                block.write(&version.router, events, start, &mut own.as_part());
                for row in (0..rows).filter(|&row| chosen[row] == at as u32) {
                    version.copy(&own, row, &mut piece);
                }
            }
            if let (Some(version), Some(events)) = (self.versions.first(), events.first())
                && chosen.iter().any(|&at| at as usize >= self.versions.len())
            {
                block.run(&version.router, events, start, rows);
                for row in (0..rows).filter(|&row| chosen[row] as usize >= self.versions.len()) {
                    piece.status[row] = block.judge_without_rules(events, start + row, row) as i8;
                }
            }
            start += rows;
        }
    }
}

impl Version {
    fn copy(&self, own: &Answers, row: usize, piece: &mut Part<'_>) {
        for (column, (keys, valid)) in piece.columns.iter_mut().enumerate() {
            if let Some(key) = own.columns[column].get(row) {
                keys[row] = self.keys[column][key as usize];
                valid[row / 64] |= 1 << (row % 64);
            }
        }
        piece.status[row] = own.status[row];
    }
}
