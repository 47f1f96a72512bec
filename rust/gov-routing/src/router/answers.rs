//! The answers of a batch, in columns: keys into dictionaries, with a bit for "there is one".

use super::codes::NONE;

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

/// Keys as narrow as their dictionary allows: writing them is a good part of what a batch costs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Keys {
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
}

/// One column of keys; a key without its bit is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// A key a row.
    pub keys: Keys,
    /// A bit a row, least significant first: whether the row has an answer.
    pub valid: Vec<u64>,
}

impl Keys {
    /// Zeros, as narrow as a dictionary of length `len` allows.
    #[must_use]
    pub fn new(rows: usize, len: usize) -> Self {
        if len <= 1 << 7 {
            Self::I8(vec![0; rows])
        } else if len <= 1 << 15 {
            Self::I16(vec![0; rows])
        } else {
            Self::I32(vec![0; rows])
        }
    }
}

impl KeyColumn {
    /// The keys of `rows` rows, below `len`.
    #[must_use]
    pub fn collect(rows: usize, len: usize, key: impl Fn(usize) -> Option<u32>) -> Self {
        let mut column = Self { keys: Keys::new(rows, len), valid: vec![0; rows.div_ceil(64)] };
        for (row, key) in (0..rows).filter_map(|row| key(row).map(|key| (row, key))) {
            match &mut column.keys {
                Keys::I8(keys) => keys[row] = key as i8,
                Keys::I16(keys) => keys[row] = key as i16,
                Keys::I32(keys) => keys[row] = key as i32,
            }
            column.valid[row / 64] |= 1 << (row % 64);
        }
        column
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.keys {
            Keys::I8(keys) => keys.len(),
            Keys::I16(keys) => keys.len(),
            Keys::I32(keys) => keys.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of a row, if it has one.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<u32> {
        let key = match &self.keys {
            Keys::I8(keys) => keys[row] as u32,
            Keys::I16(keys) => keys[row] as u32,
            Keys::I32(keys) => keys[row] as u32,
        };
        (self.valid[row / 64] >> (row % 64) & 1 == 1).then_some(key)
    }
}

/// The answers of a batch, a row an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// By [`Column`].
    pub columns: [KeyColumn; COLUMNS],
    /// A [`Status`](super::Status) each.
    pub status: Vec<i8>,
}

impl Answers {
    /// Answers with dictionaries of the lengths `lens`.
    pub(super) fn new(rows: usize, lens: [usize; COLUMNS]) -> Self {
        Self { columns: lens.map(|len| KeyColumn::collect(rows, len, |_| None)), status: vec![0; rows] }
    }

    /// One column of keys.
    #[must_use]
    pub fn column(&self, column: Column) -> &KeyColumn {
        &self.columns[column as usize]
    }

    /// The whole, to be cut up and filled.
    pub(super) fn as_part(&mut self) -> Part<'_> {
        Part {
            columns: self.columns.each_mut().map(|column| {
                let keys = match &mut column.keys {
                    Keys::I8(keys) => KeysMut::I8(keys),
                    Keys::I16(keys) => KeysMut::I16(keys),
                    Keys::I32(keys) => KeysMut::I32(keys),
                };
                (keys, &mut column.valid[..])
            }),
            status: &mut self.status,
        }
    }
}

/// The answers of one block: keys by [`Column`], [`NONE`] where there is no answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) columns: [&'a [u32]; COLUMNS],
    pub(super) status: &'a [i8],
}

/// Rows of [`Answers`] that one thread fills.
#[derive(Debug)]
pub(super) struct Part<'a> {
    columns: [(KeysMut<'a>, &'a mut [u64]); COLUMNS],
    status: &'a mut [i8],
}

#[derive(Debug)]
enum KeysMut<'a> {
    I8(&'a mut [i8]),
    I16(&'a mut [i16]),
    I32(&'a mut [i32]),
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
                let keys = match keys {
                    KeysMut::I8(keys) => KeysMut::I8(keys.split_off_mut(..rows).unwrap_or_default()),
                    KeysMut::I16(keys) => KeysMut::I16(keys.split_off_mut(..rows).unwrap_or_default()),
                    KeysMut::I32(keys) => KeysMut::I32(keys.split_off_mut(..rows).unwrap_or_default()),
                };
                (keys, valid.split_off_mut(..rows.div_ceil(64)).unwrap_or_default())
            }),
            status: self.status.split_off_mut(..rows).unwrap_or_default(),
        }
    }

    /// Writes as many rows as the part has.
    pub(super) fn store(&mut self, rows: Rows<'_>) {
        for ((keys, valid), from) in self.columns.iter_mut().zip(rows.columns) {
            match keys {
                KeysMut::I8(keys) => narrow(from, keys, |key| key as i8),
                KeysMut::I16(keys) => narrow(from, keys, |key| key as i16),
                KeysMut::I32(keys) => narrow(from, keys, |key| key as i32),
            }
            for (word, keys) in valid.iter_mut().zip(from.chunks(64)) {
                *word = bits(keys);
            }
        }
        self.status.copy_from_slice(rows.status);
    }
}

fn narrow<T>(from: &[u32], to: &mut [T], cast: impl Fn(u32) -> T) {
    for (to, &key) in to.iter_mut().zip(from) {
        *to = cast(if key == NONE { 0 } else { key });
    }
}

/// A bit for each of up to 64 keys that is there, least significant first.
fn bits(keys: &[u32]) -> u64 {
    let mut word = 0;
    for (byte, keys) in keys.chunks(8).enumerate() {
        let mut there = [0_u8; 8];
        for (there, &key) in there.iter_mut().zip(keys) {
            *there = u8::from(key != NONE);
        }
        // Byte i, which is 0 or 1, comes to bit 56 + i.
        word |= (u64::from_le_bytes(there).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * byte);
    }
    word
}
