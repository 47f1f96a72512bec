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
    /// The nearest grid of an event that is out of area; else `None`.
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
        let mut precision = Precision { border_m: vec![f64::NAN; rows], nearest: vec![None; rows] };
        if events.coordinates.is_none() || rows == 0 {
            return Ok(precision);
        }
        let share = rows.div_ceil(threads.max(1)).next_multiple_of(ROWS);
        let pieces = precision.border_m.chunks_mut(share).zip(precision.nearest.chunks_mut(share));
        std::thread::scope(|scope| {
            for (piece, (border_m, nearest)) in pieces.enumerate() {
                scope.spawn(move || {
                    self.measure_part(events, answers, within_m, piece * share, border_m, nearest);
                });
            }
        });
        Ok(precision)
    }

    fn measure_part(
        &self,
        events: &Events<'_>,
        answers: &Answers,
        within_m: f64,
        start: usize,
        border_m: &mut [f64],
        nearest: &mut [Option<Nearest>],
    ) {
        let mut block = Block::default();
        for from in (0..border_m.len()).step_by(ROWS) {
            let rows = ROWS.min(border_m.len() - from);
            block.locate(self, events, start + from, rows);
            let (xs, ys) = block.points(events, start + from, rows);
            for at in 0..rows {
                let (row, x, y) = (start + from + at, xs[at], ys[at]);
                if answers.status[row] == Status::OutOfArea as i8 {
                    nearest[from + at] = self.index.locate_nearest(x, y, within_m).ok().flatten();
                } else if block.slots()[at] != NONE
                    && answers.column(Column::Place).get(row) == Some(block.slots()[at])
                {
                    border_m[from + at] =
                        self.index.border_distance_m(x, y).ok().flatten().unwrap_or(f64::NAN);
                }
            }
        }
    }
}
