//! How sure a location is: metres to the border, or to the nearest grid from outside.

use super::answers::{Answers, Column};
use super::block::{Block, ROWS};
use super::events::Events;
use super::status::Status;
use super::{NONE, Router};
use crate::{Nearest, RoutingError};

/// How sure the locations of a batch are, a row an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    /// Metres to the border of the grid, where coordinates lie in the grid of the answer; else NaN.
    pub border_m: Vec<f64>,
    /// The nearest grid of an event that is out of area, by key of its place; else `None`.
    pub nearest: Vec<Option<Nearest>>,
}

impl Router {
    /// Measures how sure the locations of answers are; `answers` are those of [`Router::route_batch`].
    ///
    /// Grids farther than `within_m` from a point are not looked for. `threads` changes nothing but the time.
    ///
    /// # Errors
    ///
    /// [`RoutingError::LengthMismatch`] if the columns differ in length, [`RoutingError::BadDistance`] if
    /// `within_m` is NaN or negative.
    pub fn measure_batch(
        &self,
        events: &Events<'_>,
        answers: &Answers,
        within_m: f64,
        threads: usize,
    ) -> Result<Precision, RoutingError> {
        events.check()?;
        let rows = answers.status.len();
        if rows != events.len {
            return Err(RoutingError::LengthMismatch { left: events.len, right: rows });
        }
        self.index.locate_nearest_batch(&[], &[], within_m, &mut [], 1)?; // refuses a bad distance once for all
        let places = answers.column(Column::Place);
        Ok(Precision::measured(rows, threads, |start, part| {
            let asked = |row: usize| Some((answers.status[row], places.get(row)));
            self.measure_part(events, asked, Some, within_m, start, part);
        }))
    }

    /// Measures some rows; `asked` says of a row, if it is to be measured, its status and the key of its place, `key`
    /// the key of a grid.
    pub(super) fn measure_part(
        &self,
        events: &Events<'_>,
        asked: impl Fn(usize) -> Option<(i8, Option<u32>)>,
        key: impl Fn(u32) -> Option<u32>,
        within_m: f64,
        start: usize,
        (border_m, nearest): Measured<'_>,
    ) {
        let mut block = Block::default();
        for from in (0..border_m.len()).step_by(ROWS) {
            let rows = ROWS.min(border_m.len() - from);
            if events.coordinates.is_none() || !(0..rows).any(|at| asked(start + from + at).is_some()) {
                continue;
            }
            block.locate(self, events, start + from, rows);
            let (xs, ys) = block.points(events, start + from, rows);
            for at in 0..rows {
                let (row, x, y, slot) = (start + from + at, xs[at], ys[at], block.slots()[at]);
                let Some((status, place)) = asked(row) else { continue };
                if status == Status::OutOfArea as i8 {
                    let near = self.index.locate_nearest(x, y, within_m).ok().flatten();
                    nearest[from + at] =
                        near.and_then(|near| Some(Nearest { slot: key(near.slot)?, ..near }));
                } else if slot != NONE && place.is_some() && place == key(slot) {
                    border_m[from + at] =
                        self.index.border_distance_m(x, y).ok().flatten().unwrap_or(f64::NAN);
                }
            }
        }
    }
}

/// Rows of both columns of a [`Precision`].
pub(super) type Measured<'a> = (&'a mut [f64], &'a mut [Option<Nearest>]);

impl Precision {
    /// Fills the columns of as many rows, sharing them out among threads; `measure` gets the first row of its piece.
    pub(super) fn measured(
        rows: usize,
        threads: usize,
        measure: impl Fn(usize, Measured<'_>) + Sync,
    ) -> Self {
        let mut precision = Self { border_m: vec![f64::NAN; rows], nearest: vec![None; rows] };
        let share = rows.div_ceil(threads.max(1)).next_multiple_of(ROWS).max(ROWS);
        let pieces = precision.border_m.chunks_mut(share).zip(precision.nearest.chunks_mut(share));
        std::thread::scope(|scope| {
            for (piece, part) in pieces.enumerate() {
                let measure = &measure;
                scope.spawn(move || measure(piece * share, part));
            }
        });
        precision
    }
}
