//! Working time as one line: windows in which it runs, and how much has run before each of them.
//!
//! Adding working time is looking up on that line and back again, so it costs the same for an hour and for a
//! year. Which days are holidays, what a time zone is and how long a working day is, the caller knows: here a
//! time is a number.
#![forbid(unsafe_code)]

/// Windows that make no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// There is not one end for each start.
    #[error("{starts} windows start and {ends} end")]
    Uneven {
        /// How many starts there are.
        starts: usize,
        /// How many ends there are.
        ends: usize,
    },
    /// A window is empty, begins before the one in front of it has ended, or lies outside of the line.
    #[error("window {0} is empty, or not between its neighbours")]
    Unordered(usize),
}

/// Where on the line time counts.
///
/// Windows hold their start and not their end. Times are on the line from its first to its last, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenHours {
    starts: Vec<i64>,
    ends: Vec<i64>,
    /// How much has run before each window, and after the last.
    before: Vec<i64>,
    first: i64,
    last: i64,
}

impl OpenHours {
    /// Makes the line from `first` to `last` with windows in ascending order; they may touch.
    ///
    /// # Errors
    ///
    /// [`WindowError`] if they are in no order.
    pub fn new(starts: Vec<i64>, ends: Vec<i64>, first: i64, last: i64) -> Result<Self, WindowError> {
        if starts.len() != ends.len() {
            return Err(WindowError::Uneven { starts: starts.len(), ends: ends.len() });
        }
        let mut before = Vec::with_capacity(starts.len() + 1);
        let (mut ran, mut edge) = (0, first);
        for (window, (&start, &end)) in starts.iter().zip(&ends).enumerate() {
            if start < edge || end <= start || end > last {
                return Err(WindowError::Unordered(window));
            }
            before.push(ran);
            ran += end - start;
            edge = end;
        }
        before.push(ran);
        Ok(Self { starts, ends, before, first, last })
    }

    /// The first and the last time on the line.
    #[must_use]
    pub fn span(&self) -> (i64, i64) {
        (self.first, self.last)
    }

    /// The earliest time by which `work` has run since `at`; `at` itself for no work.
    ///
    /// `None` if `at` is not on the line, if so much does not run on it any more, or if `work` is negative.
    ///
    /// # Examples
    ///
    /// ```
    /// # use gov_calendar::OpenHours;
    /// let office = OpenHours::new(vec![8, 14], vec![12, 18], 0, 24)?;
    /// assert_eq!(office.add(9, 3), Some(12)); // not 14: by noon it has run
    /// assert_eq!(office.add(9, 4), Some(15));
    /// assert_eq!(office.add(9, 8), None);
    /// # Ok::<(), gov_calendar::WindowError>(())
    /// ```
    #[must_use]
    pub fn add(&self, at: i64, work: i64) -> Option<i64> {
        if work <= 0 {
            return (work == 0 && self.holds(at)).then_some(at);
        }
        let wanted = self.ran(at)?.checked_add(work)?;
        // The first of `before` is 0, so there always is a window in front.
        let window = self.before.partition_point(|&before| before < wanted) - 1;
        let start = self.starts.get(window)?;
        Some(start + wanted - self.before[window])
    }

    /// How much runs from `start` to `end`, negative if `end` is earlier; `None` if one is not on the line.
    #[must_use]
    pub fn between(&self, start: i64, end: i64) -> Option<i64> {
        Some(self.ran(end)? - self.ran(start)?)
    }

    fn holds(&self, at: i64) -> bool {
        self.first <= at && at <= self.last
    }

    /// How much has run since the line began.
    fn ran(&self, at: i64) -> Option<i64> {
        if !self.holds(at) {
            return None;
        }
        let Some(window) = self.starts.partition_point(|&start| start <= at).checked_sub(1) else {
            return Some(0);
        };
        Some(self.before[window] + at.min(self.ends[window]) - self.starts[window])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Windows from lengths of pauses and of work, on a line that goes on a little after them.
    fn line(lengths: &[(i64, i64)]) -> OpenHours {
        let (mut starts, mut ends, mut edge) = (vec![], vec![], 0);
        for &(pause, work) in lengths {
            starts.push(edge + pause);
            edge += pause + work;
            ends.push(edge);
        }
        OpenHours::new(starts, ends, 0, edge + 3).expect("in order")
    }

    fn counts(hours: &OpenHours, at: i64) -> bool {
        hours.starts.iter().zip(&hours.ends).any(|(&start, &end)| start <= at && at < end)
    }

    proptest! {
        #[test]
        fn agrees_with_counting(
            lengths in prop::collection::vec((0_i64..5, 1_i64..5), 0..8),
            at in -2_i64..80,
            work in 0_i64..40,
        ) {
            let hours = line(&lengths);
            let last = hours.span().1;
            let mut counted = if at < 0 || at > last { None } else { Some(at) };
            let mut left = work;
            while let Some(now) = counted {
                if left == 0 {
                    break;
                }
                left -= i64::from(counts(&hours, now));
                counted = (now < last).then_some(now + 1);
            }
            prop_assert_eq!(hours.add(at, work), counted);
            if let Some(due) = counted {
                prop_assert_eq!(hours.between(at, due), Some(work));
                prop_assert_eq!(hours.between(due, at), Some(-work));
            }
        }
    }

    #[test]
    fn a_line_without_windows_runs_nowhere() {
        let never = OpenHours::new(vec![], vec![], 0, 10).expect("in order");
        assert_eq!((never.add(3, 0), never.add(3, 1), never.between(0, 10)), (Some(3), None, Some(0)));
    }

    #[test]
    fn no_sum_overflows() {
        let hours = line(&[(1, 4)]);
        assert_eq!(hours.add(2, i64::MAX), None);
        assert_eq!(hours.add(2, -1), None);
        assert_eq!(hours.add(i64::MIN, 1), None);
        assert_eq!(hours.between(i64::MIN, i64::MAX), None);
    }

    #[test]
    fn windows_in_no_order_are_refused() {
        let made = |starts: &[i64], ends: &[i64]| OpenHours::new(starts.to_vec(), ends.to_vec(), 0, 100);
        assert_eq!(made(&[1], &[]), Err(WindowError::Uneven { starts: 1, ends: 0 }));
        assert_eq!(made(&[1, 5], &[6, 9]), Err(WindowError::Unordered(1)));
        assert_eq!(made(&[1, 5], &[1, 9]), Err(WindowError::Unordered(0)));
        assert_eq!(made(&[-1], &[1]), Err(WindowError::Unordered(0)));
        assert_eq!(made(&[99], &[101]), Err(WindowError::Unordered(0)));
        assert!(made(&[1, 5], &[5, 9]).is_ok());
    }
}
