//! The answers of a batch, in columns: keys into dictionaries, with a bit for "there is one".

/// Number of columns of keys.
pub const COLUMNS: usize = 6;

/// The columns of keys, in their order in [`Answers::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    /// Keys of places: slots first, then the places above the grids.
    Place,
    /// Positions in the city's units.
    Unit,
    /// Positions in the city's rules.
    Rule,
    /// Positions in the list of limits.
    RespondWithin,
    /// Positions in the list of limits.
    ResolveWithin,
    /// Positions in [`Router::assists`](super::Router::assists).
    Assist,
}

/// One column of keys; a key without its bit is 0.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The keys.
    pub keys: Vec<i32>,
    /// A bit a row, least significant first: whether the row has an answer.
    pub valid: Vec<u64>,
}

impl Keys {
    fn new(rows: usize) -> Self {
        Self { keys: vec![0; rows], valid: vec![0; rows.div_ceil(64)] }
    }

    /// The key of a row, if it has one.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<u32> {
        (self.valid[row / 64] >> (row % 64) & 1 == 1).then(|| self.keys[row] as u32)
    }
}

/// The answers of a batch, a row an event.
#[derive(Debug, Clone)]
pub struct Answers {
    /// By [`Column`].
    pub columns: [Keys; COLUMNS],
    /// A [`Status`](super::Status) each.
    pub status: Vec<i8>,
}

impl Answers {
    pub(super) fn new(rows: usize) -> Self {
        Self { columns: std::array::from_fn(|_| Keys::new(rows)), status: vec![0; rows] }
    }

    /// One column of keys.
    #[must_use]
    pub fn column(&self, column: Column) -> &Keys {
        &self.columns[column as usize]
    }

    /// The whole, to be cut up and filled.
    pub(super) fn as_part(&mut self) -> Part<'_> {
        Part {
            columns: self.columns.each_mut().map(|column| (&mut column.keys[..], &mut column.valid[..])),
            status: &mut self.status,
        }
    }
}

/// Rows of [`Answers`] that one thread fills.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) columns: [(&'a mut [i32], &'a mut [u64]); COLUMNS],
    pub(super) status: &'a mut [i8],
}

impl<'a> Part<'a> {
    pub(super) fn len(&self) -> usize {
        self.status.len()
    }

    /// Cuts off the first rows: a multiple of 64, or all that are left.
    pub(super) fn cut(&mut self, rows: usize) -> Part<'a> {
        let rows = rows.min(self.len());
        Part {
            columns: self.columns.each_mut().map(|(keys, valid)| {
                (
                    keys.split_off_mut(..rows).unwrap_or_default(),
                    valid.split_off_mut(..rows.div_ceil(64)).unwrap_or_default(),
                )
            }),
            status: self.status.split_off_mut(..rows).unwrap_or_default(),
        }
    }
}
