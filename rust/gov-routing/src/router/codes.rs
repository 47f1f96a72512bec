//! What events call things by, as positions in the city's lists.

use std::collections::HashMap;

pub use crate::table::NONE;

/// The event names something the city does not have; [`NONE`] is an event that says nothing.
pub const UNKNOWN: u32 = u32::MAX - 1;

/// The ids of one list of the city, such as its matters, by position.
///
/// # Examples
///
/// ```
/// use gov_routing::router::{CodeBook, NONE, UNKNOWN};
/// let matters = CodeBook::new(["noise", "101"]);
/// assert_eq!(matters.text("noise"), 0);
/// assert_eq!(matters.number(101), 1); // a number stands for its decimal text
/// assert_eq!(matters.text("nose"), UNKNOWN);
/// assert_eq!(matters.text(""), NONE);
/// ```
#[derive(Debug, Clone)]
pub struct CodeBook {
    texts: HashMap<Box<str>, u32, foldhash::fast::RandomState>,
    numbers: HashMap<i128, u32, foldhash::fast::RandomState>,
    /// `numbers` from 0 on, as far as they fit: a load instead of a hash.
    dense: Vec<u32>,
}

/// Numbers below this are looked up in a plain array: 256 kB at most, which stays in the second-level cache.
const DENSE: i128 = 1 << 16;

impl CodeBook {
    /// A list of ids; of equal ones the first counts.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut book = Self { texts: HashMap::default(), numbers: HashMap::default(), dense: Vec::new() };
        for (position, id) in ids.into_iter().enumerate() {
            book.texts.entry(id.into()).or_insert(position as u32);
            let Some(number) = id.parse::<i64>().ok().filter(|number| number.to_string() == id) else {
                continue;
            };
            let number = i128::from(number);
            book.numbers.entry(number).or_insert(position as u32);
            if (0..DENSE).contains(&number) {
                let at = number as usize;
                if book.dense.len() <= at {
                    book.dense.resize(at + 1, UNKNOWN);
                }
                if book.dense[at] == UNKNOWN {
                    book.dense[at] = position as u32;
                }
            }
        }
        book
    }

    /// The position of an id; [`UNKNOWN`] if the list has no such id, [`NONE`] for an empty text.
    #[inline]
    #[must_use]
    pub fn text(&self, id: &str) -> u32 {
        match self.texts.get(id) {
            Some(&position) => position,
            None if id.is_empty() => NONE,
            None => UNKNOWN,
        }
    }

    /// The position of the id that is this number in decimal, without leading zeros or a plus sign.
    #[inline]
    #[must_use]
    pub fn number(&self, id: i128) -> u32 {
        match usize::try_from(id).ok().and_then(|at| self.dense.get(at)) {
            Some(&position) => position,
            None => self.numbers.get(&id).copied().unwrap_or(UNKNOWN),
        }
    }

    /// Whether any id is a number.
    #[must_use]
    pub fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }
}

/// One column of events whose values are positions in a list, whatever it looks like outside.
pub trait Codes: Sync {
    /// Writes the positions of the rows from `start` on: below the length of the list, [`NONE`] or [`UNKNOWN`].
    fn read(&self, start: usize, out: &mut [u32]);
}

/// Positions that are there already.
impl<T: AsRef<[u32]> + Sync> Codes for T {
    fn read(&self, start: usize, out: &mut [u32]) {
        out.copy_from_slice(&self.as_ref()[start..start + out.len()]);
    }
}
